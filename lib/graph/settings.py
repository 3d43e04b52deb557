"""The configuration of a build: source, stores, and settings, which are checked against a schema.

Later wins: the schema's defaults, ``[tool.inkgraph.<table>]`` in pyproject.toml, a file (``settings=my.toml``), words
of the command line (``training.epochs=3``).
"""

import errno
import inspect
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar, get_args

import msgspec
from doit import doit_cmd, get_initial_workdir
from doit.exceptions import InvalidCommand
from doit.exceptions import InvalidDodoFile as SettingsError  # doit shows its message and stops

from lib.graph import aside
from lib.graph.place import PROJECT

READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

STORES = {"artifacts": "artifacts", "data": "data", "cache": ".cache"}
CACHES = ("files", "reached", "code", "fingerprints", "settings")
LONGEST_SHOWN = 80  # characters of a value in a message
LARGEST_FILE = 1_000_000  # bytes of a settings file
WORDS = ("source", "mirror", "settings", *STORES)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of settings: fields with a type, their limits (``msgspec.Meta``) and a default."""


class Tables(Table, frozen=True):
    """All settings: a `Table` in each field."""

    def flat(self) -> dict:
        """All settings, ``{"table.key": value}``."""
        return {
            f"{name}.{key}": list(value) if isinstance(value, tuple) else value
            for name in self.__struct_fields__
            for key, value in msgspec.structs.asdict(getattr(self, name)).items()
        }

    def changed(self) -> dict:
        """Settings that differ from the schema's defaults, ``{"table.key": value}``."""
        defaults = self.defaults()
        return {key: value for key, value in self.flat().items() if value != defaults[key]}

    @classmethod
    def defaults(cls) -> dict:
        """The schema's own settings, as `flat` has them."""
        return cls(**{field.name: field.type() for field in msgspec.structs.fields(cls)}).flat()

    def as_toml(self, names: Sequence[str] = ()) -> str:
        """Text of a file for ``settings=``, with each table's docstring as a comment.

        Parameters
        ----------
        names : sequence of str
            Of tables, if not all are wanted.

        Raises
        ------
        InvalidCommand
            If there is no such table.
        """
        lines = []
        for name in names or self.__struct_fields__:
            if name not in self.__struct_fields__:
                raise InvalidCommand(f"no table {name}; {_nearest(name, self.__struct_fields__)}")
            table = getattr(self, name)
            lines += [f"# {line}" for line in inspect.cleandoc(type(table).__doc__ or "").splitlines()]
            lines += [f"[{name}]"]
            lines += [f"{key} = {json.dumps(value)}" for key, value in msgspec.structs.asdict(table).items()] + [""]
        return "\n".join(lines)


class Config:
    """Where a build reads and writes.

    Parameters
    ----------
    words : dict of str to str
        ``name=value`` words of the command line.
    folder : Path
        Base of relative paths in the words: the user's working directory.

    Raises
    ------
    SettingsError
        If a word has no value, or one store lies in another.
    """

    def __init__(self, words: Mapping[str, str] | None = None, folder: Path | None = None):
        self.words, self.folder = dict(words or {}), Path(folder or Path.cwd())
        self.settings: dict = {}  # all of them, once they are loaded
        self.sources: tuple[str, ...] = ()
        for name in ("settings", "mirror", *STORES):
            if self.words.get(name) == "":
                raise SettingsError(f"{name}= has no value: write {name}=PATH, or leave it out")
        self.source = self.words.get("source", "embedded")
        # A URL is a team's store, used in addition to the local one.
        self.shared = self.words.pop("cache") if "://" in self.words.get("cache", "") else None
        self.artifacts, self.data, self.cache = (
            _short(self.path(name)) if name in self.words else Path(default) for name, default in STORES.items()
        )
        self._refuse_nested_stores()
        mirror = self.words.get("mirror")
        self.mirror = str(self.path("mirror").resolve()) if mirror and "://" not in mirror else mirror

    def path(self, name: str) -> Path:
        """A word's path, from where the user stands; a shell leaves ``artifacts=~/x`` as it is."""
        try:
            return self.folder / Path(self.words[name]).expanduser()
        except (RuntimeError, ValueError) as error:
            raise SettingsError(f"{name}={self.words[name]}: {error}") from None

    def _refuse_nested_stores(self):
        """What one store sweeps or removes must not be another's."""
        places = {name: (PROJECT / getattr(self, name)).resolve() for name in STORES}
        for name, place in places.items():
            if PROJECT.is_relative_to(place):
                raise SettingsError(f"{name}={place} holds the project itself: give it a folder of its own")
            for other, inside in places.items():
                if name != other and inside.is_relative_to(place):
                    raise SettingsError(f"{other}={inside} lies in {name}={place}: give each a folder of its own")

    @property
    def state_file(self) -> Path:
        """doit's database, one for each source."""
        folder = self.artifacts / self.source
        try:
            folder.mkdir(parents=True, exist_ok=True)
            clear_places(folder)
            (folder / ".lock").touch()
        except OSError as error:
            if error.errno not in READ_ONLY | FULL:  # in which one can look at things
                raise SettingsError(f"artifacts={self.artifacts}: {error.strerror}: {error.filename}") from None
        return folder / ".doit.db"


def clear_places(folder: Path) -> None:
    """Move aside what stands where a build keeps its own files in a folder of artifacts or data."""
    own = {
        ".staging",
        ".lock",
        ".lock-owner",
        ".failed",
        ".doit.db",
        ".written",
        ".runs.jsonl",
        ".runs.js",
        *(f".{name}.json" for name in CACHES),
    }
    for name in own:
        if aside.is_other(folder / name, folder=name == ".staging"):
            print(aside.clear(folder / name, folder=name == ".staging"), file=sys.stderr)


def refuse_twice(names: Iterable[str]) -> None:
    """Of two words of one name doit keeps the last.

    Raises
    ------
    SettingsError
        If there are two on the command line.
    """
    for name in names:
        if sum(word.startswith(f"{name}=") for word in sys.argv[1:]) > 1:
            raise SettingsError(f"{name}= is given twice: which one is meant?")


@cache
def config() -> Config:
    """The configuration of this process, from its command line; in tests there is none."""
    # Not doit.get_var, which asks for one name and would not notice a misspelt one.
    refuse_twice(doit_cmd._CMDLINE_VARS or {})
    return Config(doit_cmd._CMDLINE_VARS or {}, in_user_folder(".").resolve())


def in_user_folder(path: str | Path) -> Path:
    """Resolve a path against the user's working directory: doitw and doit change into the project's folder."""
    return Path(os.environ.get("DOITW_FROM") or get_initial_workdir() or ".", path)


def make_folder(path: Path) -> None:
    """Create a folder that the user named, with its parents.

    Raises
    ------
    InvalidCommand
        If it cannot be made; doit shows the message.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidCommand(f"{path} cannot be created: {error.strerror} ({error.filename})") from None


Schema = TypeVar("Schema", bound=Tables)


def load(schema: type[Schema], sources: tuple[str, ...], config: Config, project: Path = PROJECT) -> Schema:
    """The settings of this build.

    Parameters
    ----------
    schema : type
        A subclass of `Tables`.
    sources : tuple of str
        What ``source=`` may be.
    config : Config
    project : Path
        Where pyproject.toml lies.

    Raises
    ------
    SettingsError
        If a word, a table, a key or a value is unknown or outside its limits; the message says where it stands.
    """
    if config.source not in sources:
        raise SettingsError(f"source={config.source} is unknown; the sources are {' and '.join(sources)}")
    tables = {field.name: field.type() for field in msgspec.structs.fields(schema)}
    pyproject = project / "pyproject.toml"
    _merge(tables, _tables_in(pyproject, tables), pyproject)
    if "settings" in config.words:
        file = config.path("settings")
        _merge(tables, _tables_in(file, tables, required=True), file)
    for word, value in config.words.items():
        if "." in word:
            _set(tables, word, _parse(value), "command line")
        elif word not in WORDS:
            _refuse_word(word, value, tables)
    loaded = schema(**tables)
    config.settings, config.sources = loaded.flat(), sources
    return loaded


def _merge(tables, found, file):
    for name, values in found.items():
        for key, value in values.items():
            _set(tables, f"{name}.{key}", value, str(file))


def _set(tables, dotted, value, where):
    name, _, key = dotted.partition(".")
    shown = f"{where}: {dotted}={_shown(value)}"
    if name not in tables:
        raise SettingsError(f"{shown}: no table {name}; {_nearest(name, tables)}")
    table = tables[name]
    if key not in table.__struct_fields__:
        raise SettingsError(f"{shown}: no such setting; {_nearest(key, table.__struct_fields__)}")
    try:
        tables[name] = msgspec.convert(msgspec.structs.asdict(table) | {key: value}, type(table))
    except msgspec.ValidationError as error:
        field = next(field for field in msgspec.structs.fields(table) if field.name == key)
        problem = _in_words(str(error), get_args(field.type))
        raise SettingsError(f"{shown}: {problem} (default {_shown(field.default)})") from None


KINDS = {"int": "integer", "float": "number", "str": "string", "bool": "boolean", "array": "list", "object": "table"}


def _in_words(message, choices=()):
    """msgspec's message as a sentence.

    Examples
    --------
    >>> _in_words("Expected `int`, got `str` - at `$.seed`"), _in_words("Expected `int` >= 1 - at `$.epochs`")
    ('must be an integer, not a string', 'must be an integer >= 1')
    """
    message = re.sub(r" - at `\$[^`]*`$", "", message)
    if message.startswith("Invalid enum value"):
        return f"must be one of {', '.join(map(str, choices))}"
    if match := re.fullmatch(r"Expected `(\w+)`, got `(\w+)`", message):
        return "must be {}, not {}".format(*(_with_article(KINDS.get(kind, kind)) for kind in match.groups()))
    if match := re.fullmatch(r"Expected `(\w+)` (of length )?([<>=]+) (.*)", message):
        kind, length, sign, limit = match.groups()
        if length:
            return f"must be a list of {'at least' if sign == '>=' else 'at most'} {limit} values"
        return f"must be {_with_article(KINDS.get(kind, kind))} {sign} {limit.removesuffix('.0')}"
    return message


def _with_article(noun):
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _refuse_word(word, value, tables):
    keys = [f"{name}.{key}" for name, table in tables.items() for key in table.__struct_fields__]
    a_file = in_user_folder(f"{word}={value}")
    meant = f"the file is ./{word}={value}; " if os.path.lexists(a_file) else _meant(word, [*WORDS, *keys])
    raise SettingsError(f"{word}={value}: {meant}there are {', '.join(WORDS)}, and table.key for a setting")


def _nearest(name, known):
    return f"{_meant(name, list(known))}there are {', '.join(known)}"


def _meant(name, known):
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}? " if near else ""


def _shown(value):
    text = json.dumps(value, default=str) if not isinstance(value, int) or abs(value) < 1e300 else "a number too long"
    return f"{text[:LONGEST_SHOWN]}..." if len(text) > LONGEST_SHOWN else text


def _parse(text):
    """A word's value as TOML reads it; text needs no quotes on a command line."""
    try:
        return _read_toml(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _read_toml(text):
    """What TOML says; tomllib.TOMLDecodeError for all that it cannot."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError) as error:  # brackets without end, thousands of digits
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"
        raise tomllib.TOMLDecodeError(reason) from None


def _tables_in(file, tables, required=False):
    """``{table: {key: value}}`` of a TOML file: ``[training]`` or, as in pyproject.toml,
    ``[tool.inkgraph.training]``."""
    if not required and not file.exists():
        return {}
    try:
        if not os.path.lexists(file):
            raise SettingsError(f"there is no settings file {file}")
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            raise SettingsError(f"{file} is not a settings file: it must be a file of at most {LARGEST_FILE} bytes")
        content = _read_toml(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read as TOML: {error}") from None
    tool = content.get("tool")
    nested = tool.get("inkgraph", {}) if isinstance(tool, dict) else {}
    if not isinstance(nested, dict):
        raise SettingsError(f"{file}: tool.inkgraph must be a table")
    found = nested if file.name == "pyproject.toml" or nested else content
    for name, values in found.items():
        if not isinstance(values, dict):
            raise SettingsError(f"{file}: {name} stands outside a table; there are {', '.join(tables)}")
    return found


def _short(path):
    """Below the project relative to it, so that a path has one spelling; elsewhere absolute."""
    try:
        path = path.resolve()
    except RuntimeError:
        raise SettingsError(f"{path} is a link that leads to itself") from None
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
