"""`doit settings`: print the current settings as a file for ``settings=``."""

from lib.commands.options import Command


class ShowSettings(Command):
    """Print all settings."""

    name = "settings"
    doc_purpose = "print all settings as TOML, for use with settings=FILE"
    doc_usage = "[TABLE ...]"
    doc_description = None
    cmd_options = ()

    def _execute(self, pos_args):
        from stages.settings import SETTINGS

        self.outstream.write(SETTINGS.as_toml(pos_args))
        return 0
