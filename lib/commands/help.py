"""What can be typed: `doit help`, `-h`, `--help` and `--version`; a screen each."""

import textwrap
import tomllib
from typing import Any

from doit.cmd_help import Help as DoitHelp
from doit.doit_cmd import DoitMain
from doit.exceptions import InvalidCommand

from lib.commands.main import PROJECT
from lib.commands.names import expand
from lib.commands.options import Command
from lib.graph.step import GRAPH

WIDTH = 80  # characters
DAILY = (
    ("Build", ("run", "plan", "why", "list", "graph")),
    ("Use", ("pull", "read", "docs")),
    ("Compare", ("runs", "diff", "sweep", "settings")),
    ("Tidy up", ("clean", "forget", "info")),
)
NAMES = (
    "A NAME is an id (Q3.1.3/first_layer), what ids begin with (fits/mlp), a pattern (Q4.3/boxes_*), a question "
    "(Q3.1), a stage (training), or a number's key (q3.test_accuracy)."
)
SETTINGS = (
    ("source=embedded", "drawn data; source=course: the assignment's own"),
    ("mirror=DIR|URL", "where source=course looks first"),
    ("table.key=VALUE", "a setting: training.epochs=20; `settings` prints them all"),
    ("settings=FILE", "many of them, as TOML"),
    ("artifacts=DIR", "where to build to; data=DIR, cache=DIR likewise"),
)
# Options of doit's that say nothing to users of this project, or that it relies on.
HIDDEN = {"outfile", "verbosity", "reporter", "par_type", "pdb", "auto_delayed_regex", "failure_verbosity"}
HIDDEN |= {
    "dodoFile",
    "cwdPath",
    "seek_file",
    "dep_file",
    "backend",
    "codec_cls",
    "check_file_uptodate",
    "template",
    "sort",
}
WORDED = {
    "always": "check and restore what is fresh too",
    "continue": "go on after a failure with what does not depend on it",
    "single": "only the named steps, not what they read from",
    "subtasks": "each artifact of a sweep",
    "quiet": "ids alone",
    "status": "how they stand: U fresh, R stale, E failed",
    "private": "those without a caption too",
    "list_deps": "the files that they are made from",
    "hide_status": "without the reasons why it would run",
    "num_process": "how many steps at a time [one for each core]",
}


def version() -> str:
    """Of the project."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8")).get("project", {}).get("version", "")


def overview(commands: dict[str, Any]) -> str:
    """The first screen.

    Parameters
    ----------
    commands : dict of str to type
    """
    lines = [f"inkgraph {version()}: every artifact of the assignment, from the data to the PDF", ""]
    lines += ["  ./doitw [COMMAND] [NAME...] [SETTING=VALUE...]", ""]
    lines += ["Without a command it builds: everything, or what the names mean.", *_wrapped(NAMES), ""]
    for title, names in DAILY:
        lines += [title, *(_entry(name, commands[name].doc_purpose, 10) for name in names if name in commands)]
    listed = {name for _, names in DAILY for name in names} | {"help"}
    lines += _wrapped(f"Also: {', '.join(sorted({*commands, 'test'} - listed))}.")
    lines += ["", "Settings", *(_entry(*entry, 16) for entry in SETTINGS)]
    lines += ["", "`./doitw help COMMAND` (or COMMAND -h) shows its options and examples."]
    return "\n".join(lines)


def page(command: Command) -> str:
    """The screen of one command: its own options first, the words that are settings, examples."""
    lines = [f"./doitw {command.name} {command.doc_usage}".rstrip(), *_wrapped(command.doc_purpose)]
    if command.doc_description:
        lines += ["", *_wrapped(command.doc_description)]
    options = [_option(option) for option in _own_first(command)]
    if options:
        width = max(len(shown) for shown, _ in options)
        lines += ["", "Options", *(_entry(shown, text, width) for shown, text in options)]
    if "NAME" in command.doc_usage or "ID" in command.doc_usage:
        lines += ["", *_wrapped(NAMES)]
    lines += ["", "Settings", *(_entry(*entry, 16) for entry in SETTINGS)]
    examples = getattr(command, "examples", ())
    if examples:
        lines += ["", "Examples", *(f"  ./doitw {example}" for example in examples)]
    return "\n".join(lines)


def _own_first(command):
    from lib.commands.run import Build

    common = {option["name"] for option in Build.cmd_options} if isinstance(command, Build) else set()
    shown = [option for option in command.get_options() if option.name not in HIDDEN and (option.short or option.long)]
    return sorted(shown, key=lambda option: option.name in common)


def _option(option):
    value = "" if option.type is bool else " N" if option.type is int else f" {option.name.upper()}"
    flags = [f"-{option.short}"] * bool(option.short) + [f"--{option.long}"] * bool(option.long)
    text = WORDED.get(option.name) or (option.help % {"default": option.default}).replace("[default: ", "[")
    if option.choices and any(option.choices):
        chosen = f" [{option.default}]" if option.default and f"[{option.default}]" not in text else ""
        text += f": {', '.join(option.choices)}{chosen}"
    return f"{', '.join(flags)}{value}", " ".join(text.split())


def _entry(name, text, width):
    return textwrap.fill(
        text, WIDTH, initial_indent=f"  {name:<{width}}  ", subsequent_indent=" " * (width + 4), break_on_hyphens=False
    )


def _wrapped(text):
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)


class Help(Command, DoitHelp):
    """The screens."""

    name = "help"
    doc_usage = "[COMMAND | NAME]"

    def execute(self, params: Any, args: list[str]) -> int:
        """Of a command, or what the first step is that a word means."""
        if len(args) > 1:
            raise InvalidCommand(f"help takes one command or name, not {len(args)}: {' '.join(args)}")
        if not args:
            print(overview(self.cmds))
        elif args[0] in self.cmds:
            print(page(self._cmds.get_plugin(args[0])(cmds=self._cmds, **self.init_kwargs)))
        elif args[0] == "test":
            print("./doitw test [WORD...]\nruns the tests; the words go to pytest")
        else:
            self.loader.setup(params)
            self.loader.load_doit_config()
            step = next(step for step in GRAPH.steps if step.name == expand(args, GRAPH, self.cmds)[0])
            print(f"{step.name}: {step.doc}\n  {step.function}, declared at {step.location}")
        return 0


class Main(DoitMain):
    """doit with the project's name, version and help."""

    def process_args(self, cmd_args: list[str]) -> list[str]:
        """Set the ``name=value`` words aside; no setting has a slash in its name, so that ``./a=b.jpg`` is a file."""
        settings = [word for word in cmd_args if word[0] != "-" and "=" in word and "/" not in word.partition("=")[0]]
        super().process_args(settings)
        return [word for word in cmd_args if word not in settings]

    def run(self, all_args: list[str]) -> int:
        """Run a command.

        Parameters
        ----------
        all_args : list of str
            The words of the command line.

        Returns
        -------
        int
            Exit code.
        """
        if all_args[:1] == ["--version"]:
            print(f"inkgraph {version()}")
            return 0
        words = all_args[: all_args.index("--")] if "--" in all_args else all_args
        if {"-h", "--help"} & set(words):
            command = next((word for word in words if word in {*self.get_cmds(), "test"}), None)
            rest = [word for word in words if "=" in word]
            return super().run(["help", *([command] if command and command != "help" else []), *rest])
        return super().run(all_args)
