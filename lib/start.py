"""Where `doitw` starts: an interrupt ends a command in one line before anything else is imported.

Not in lib/commands, whose modules import doit.
"""

import os
import signal
import sys

INTERRUPTED = 130  # exit code, as shells have it


def end(signum: int, frame: object) -> None:
    """End at once: nothing has been begun that would have to be put in order."""
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


def main() -> int:
    """Run doit with the words of the command line.

    Returns
    -------
    int
        Exit code.
    """
    signal.signal(signal.SIGINT, end)
    sys.argv[0] = "doitw"
    from lib.commands.main import CANNOT_START, in_one_line

    if "" in sys.argv[1:]:
        print("ERROR: a word is empty: leave it out", file=sys.stderr)
        return CANNOT_START
    try:
        from lib.commands.help import Main

        return Main().run(sys.argv[1:])
    except Exception as error:
        print(f"ERROR: {in_one_line(error)}", file=sys.stderr)
        return CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
