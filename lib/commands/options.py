"""Helpers shared by the commands."""

import getopt
import signal

from doit.cmd_base import DoitCmdBase


class OptionsAnywhere(DoitCmdBase):
    """Allow options after words; doit's own commands need them first."""

    def parse_execute(self, in_args: list[str]) -> int:
        """Move options before words, then parse as doit does."""
        short, long = self.cmdparser.get_short(), self.cmdparser.get_long()
        try:
            options, words = getopt.gnu_getopt(in_args, short, long)
        except getopt.GetoptError:
            return super().parse_execute(in_args)  # says what is wrong
        with_value = {f"--{name[:-1]}" for name in long if name.endswith("=")}
        with_value |= {f"-{letter}" for letter, after in zip(short, short[1:], strict=False) if after == ":"}
        ordered = [part for name, value in options for part in ((name, value) if name in with_value else (name,))]
        return super().parse_execute([*ordered, "--", *words] if words else ordered)


def exit_quietly_on_sigpipe() -> None:
    """Exit silently when the reader of a pipe does, as in ``doit list | head``."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
