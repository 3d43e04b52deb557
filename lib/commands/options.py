"""Helpers shared by the commands."""

import getopt
import re
import signal
import sys
from typing import Any

from doit.cmd_base import DoitCmdBase
from doit.cmdparse import CmdParseError
from doit.exceptions import InvalidCommand, InvalidDodoFile, InvalidTask

from lib.commands.database import Database
from lib.commands.main import in_one_line

NOT_RECORDED = 2  # exit code; doit's for an error while steps run


class Command(DoitCmdBase):
    """A command that says in one line why it cannot go on."""

    # Where the database is and how files are compared is not for the command line: the steps rely on it.
    base_options = tuple(option | {"short": "", "long": ""} for option in DoitCmdBase.base_options)

    def get_backends(self) -> dict[str, Any]:
        """doit's, with our own for SQLite."""
        return {**super().get_backends(), "sqlite3": Database}

    def parse_execute(self, in_args: list[str]) -> int:
        """As doit's."""
        try:
            return super().parse_execute(in_args)
        except (CmdParseError, InvalidCommand, InvalidDodoFile, InvalidTask) as error:
            raise InvalidCommand(self._in_words(error)) from None
        except Exception as error:
            if self.pdb:
                raise
            raise InvalidCommand(in_one_line(error)) from None

    def _in_words(self, error):
        """What doit says of options, called as people wrote them."""
        # doit shows all options there are, as Python prints them.
        said = " ".join(re.sub(r" \(parsing options: .*", "", str(error), flags=re.S).split())
        said = re.sub(r"^Error parsing Command: (.*)", rf"\1; see `help {self.name}`", said)
        found = re.match(
            r"Error parsing parameter '(\w+)'(?:\. Provided '(.*)' but.*?: (.*)\.| <.*>\. .*: '(.*)')$", said
        )
        if not found:
            return said
        name, value, choices, no_integer = found.groups()
        option = self.cmdparser[name]
        flag = f"--{option.long}" if option.long else f"-{option.short}"
        return f"{flag} {value or no_integer}: must be {f'one of {choices}' if choices else 'an integer'}"

    def execute(self, params: dict, args: list[str]) -> int:
        """As doit's; that what was done cannot be recorded is a failure."""
        result = super().execute(params, args)
        problem = getattr(self.dep_manager and self.dep_manager.backend, "problem", "")
        if problem:
            print(f"ERROR: {problem}", file=sys.stderr)
        return result or (NOT_RECORDED if problem else 0)


class OptionsAnywhere(Command):
    """Take options after words too, as people write them; doit's own commands want them first."""

    def parse_execute(self, in_args: list[str]) -> int:
        """Move options before words, then parse as doit does."""
        short, long = self.cmdparser.get_short(), self.cmdparser.get_long()
        try:
            options, words = getopt.gnu_getopt(in_args, short, long)
        except getopt.GetoptError as error:
            raise InvalidCommand(f"{error}; see `help {self.name}`") from None
        with_value = {f"--{name[:-1]}" for name in long if name.endswith("=")}
        with_value |= {f"-{letter}" for letter, after in zip(short, short[1:], strict=False) if after == ":"}
        ordered = [part for name, value in options for part in ((name, value) if name in with_value else (name,))]
        return super().parse_execute([*ordered, "--", *words] if words else ordered)


def exit_quietly_on_sigpipe() -> None:
    """Exit silently when the reader of a pipe does, as in ``doit list | head``."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
