"""`doit settings`: all settings as they stand, as a file that ``settings=`` takes."""

from lib.commands.options import Command


class ShowSettings(Command):
    """Print all settings."""

    name = "settings"
    doc_purpose = "print all settings as TOML, to be changed and given as settings=FILE"
    doc_usage = ""
    doc_description = None
    cmd_options = ()

    def _execute(self):
        from stages.settings import SETTINGS

        self.outstream.write(SETTINGS.as_toml())
        return 0
