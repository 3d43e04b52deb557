"""Completion of commands, names, settings and options for `doitw` in bash and zsh."""

import inspect
import json
import sys
from typing import Any, get_args

import msgspec
from doit.exceptions import InvalidCommand
from doit.plugin import PluginEntry

from lib.commands.options import Command
from lib.graph.settings import STORES, config
from lib.graph.step import GRAPH

PATHS = ("settings", "mirror", *STORES)  # words whose values the shell completes itself

BASH = """\
_doitw() {
    local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=($("$1" tabcompletion --line="${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
    # Bash takes the sign for a word of its own: what stands after it is completed.
    if [[ $word == = || $before == = ]]; then COMPREPLY=("${COMPREPLY[@]#*=}"); fi
    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
}
complete -o default -F _doitw doitw
"""
ZSH = """\
_doitw() {
    local -a found
    found=(${(f)"$($words[1] tabcompletion --line="${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
    (( $#found )) || { _files; return }
    compadd -S '' -- ${(M)found:#*=}
    compadd -- ${found:#*=}
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _doitw doitw
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH}


class TabCompletion(Command):
    """Print what makes a shell complete the words of `doitw`."""

    name = "tabcompletion"
    doc_purpose = "print the completion for bash or zsh"
    doc_usage = "bash|zsh"
    doc_description = 'In ~/.bashrc or ~/.zshrc: eval "$(/path/to/doitw tabcompletion bash)"'
    cmd_options = (
        {"name": "line", "long": "line", "type": str, "default": "", "help": "complete this, for the shell"},
    )
    examples = ("tabcompletion bash",)

    def execute(self, params: Any, args: list[str]) -> int:
        """As doit's."""
        if params["line"]:
            sys.stdout.writelines(f"{word}\n" for word in self._complete(params["line"]))
        elif len(args) == 1 and args[0] in SCRIPTS:
            sys.stdout.write(SCRIPTS[args[0]])
        else:
            raise InvalidCommand(f"tabcompletion takes one shell, {' or '.join(SCRIPTS)}")
        return 0

    def _complete(self, line):
        *before, word = line.split(" ")[1:]
        key, equals, _ = word.partition("=")
        commands = self.config["COMMAND"]
        command = next((name for name in before if name in commands), None)
        if word.startswith("-"):
            made = PluginEntry("COMMAND", command or "run", commands[command or "run"]).get()(task_loader=self.loader)
            found = [f"--{option.long}" for option in made.get_options() if option.long]
        elif equals:
            found = [] if key in PATHS else [f"{key}={value}" for value in _values(key)]
        else:
            self.loader.setup({"dodoFile": "dodo.py", "cwdPath": None, "seek_file": False})
            names = [*GRAPH.artifacts, *(made.question for made, _ in GRAPH.artifacts.values())]
            names += [step.stage for step in GRAPH.steps]
            names += [number.key for made, _ in GRAPH.artifacts.values() for number in made.numbers]
            keys = [f"{key}=" for key in ("source", *PATHS, *_settings())]
            found = [*names, *keys, *([] if command else [*commands, "test"])]
        return sorted({name for name in found if name.startswith(word)})


def _settings():
    from stages.settings import SETTINGS

    return SETTINGS.flat()


def _values(key):
    """What may stand after ``key=``: all there is, or the value that it has."""
    from stages.settings import SETTINGS

    if key == "source":
        return config().sources
    table, _, name = key.partition(".")
    for field in msgspec.structs.fields(getattr(SETTINGS, table)) if name and hasattr(SETTINGS, table) else ():
        if field.name == name:
            choices = (True, False) if field.type is bool else get_args(field.type) if _is_choice(field.type) else ()
            return [value if isinstance(value, str) else json.dumps(value) for value in choices] or [
                json.dumps(SETTINGS.flat()[key]).replace(" ", "")
            ]
    return ()


def _is_choice(type):
    return not inspect.isclass(type) and all(isinstance(value, str) for value in get_args(type)) and get_args(type)
