"""Settings, the source and the places of the stores, from pyproject.toml, a file and words on the command line."""

import hashlib
import json
import math
import os
import re
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from doit import doit_cmd, get_initial_workdir
from doit.exceptions import InvalidCommand
from doit.exceptions import InvalidDodoFile as SettingsError  # doit shows its message and stops

from lib.build.code import PROJECT

SOURCES = ("embedded", "course")
PLACES = {"artifacts": "artifacts", "data": "data", "cache": ".cache"}
WORDS = ("source", "mirror", "settings", *PLACES)


class Settings:
    """One table of settings: read by attribute, never written.

    Examples
    --------
    >>> ours = Settings("training", {"hidden": 64, "seeds": [0, 1]})
    >>> ours.hidden, ours.only("hidden", seed=1).as_dict()
    (64, {'hidden': 64, 'seed': 1})
    """

    def __init__(self, table, values):
        self.__dict__.update(_table=table, _values=values)

    def __getattr__(self, key):
        try:
            return self._values[key]
        except KeyError:
            raise AttributeError(f"{key} is no setting of {self._table}; there are {', '.join(self._values)}") from None

    def __setattr__(self, key, value):
        raise AttributeError(f"settings are read, not written: {self._table}.{key}")

    def __reduce__(self):
        return Settings, (self._table, self._values)

    def only(self, *keys, **others):
        """These settings alone, and others beside them: what one run of a sweep depends on."""
        return Settings(self._table, {key: getattr(self, key) for key in keys} | others)

    def as_dict(self):
        """Plain values, as they are recorded."""
        return dict(self._values)


class Config:
    """What this build was asked for.

    Parameters
    ----------
    words : dict of str to str
        ``name=value`` words of the command line.
    folder : Path
        What relative paths in the words start from: where the user stands.
    project : Path
        Where pyproject.toml lies.

    Raises
    ------
    SettingsError
        If a word, a key or a value is none that the project knows; doit shows the message and stops.
    """

    def __init__(self, words=(), folder=None, project=PROJECT):
        words, folder = dict(words), Path(folder or Path.cwd())
        self.defaults = _read_toml(project / "pyproject.toml").get("tool", {}).get("inkgraph", {})
        for name in ("settings", "mirror", *PLACES):
            if words.get(name) == "":
                raise SettingsError(f"{name}= says nothing: write {name}=PATH, or leave it out")
        self.tables = _checked(words, self.defaults, folder, project / "pyproject.toml")
        self.source = words.get("source", SOURCES[0])
        if self.source not in SOURCES:
            raise SettingsError(f"source={self.source} is not known; the sources are {' and '.join(SOURCES)}")
        self.artifacts, self.data, self.cache = (
            _short(folder / words[name]) if name in words else Path(default) for name, default in PLACES.items()
        )
        mirror = words.get("mirror")
        self.mirror = str((folder / mirror).resolve()) if mirror and "://" not in mirror else mirror

    @property
    def state_file(self):
        """doit's database, one for each source."""
        folder = self.artifacts / self.source
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".lock").touch()
        except OSError as error:
            raise SettingsError(f"artifacts={self.artifacts}: {error.strerror}: {error.filename}") from None
        return folder / ".doit.db"

    @property
    def digest(self):
        """Of all that can matter to a result: source, mirror and settings."""
        return hashlib.sha256(json.dumps([self.source, self.mirror, self.tables]).encode()).hexdigest()[:16]

    def changed(self):
        """Settings that differ from pyproject.toml, as ``{"table.key": value}``."""
        return {
            f"{table}.{key}": value
            for table, values in self.tables.items()
            for key, value in values.items()
            if value != self.defaults[table][key]
        }


def in_user_folder(path):
    """A path as the user wrote it, from where the user stands: doitw and doit go into the project's folder."""
    return Path(os.environ.get("DOITW_FROM") or get_initial_workdir() or ".", path)


def make_folder(path):
    """Make a folder that the user named, with those above it.

    Raises
    ------
    InvalidCommand
        If it cannot be made; doit shows the message.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidCommand(f"{path} cannot be made: {error.strerror} ({error.filename})") from None


def asked_for():
    """The words of this process's command line, and where its user stands; for `adopt`."""
    # doit.get_var asks for one name: a misspelt one would never be noticed.
    return dict(doit_cmd._CMDLINE_VARS or {}), str(in_user_folder(".").resolve())


def adopt(words, folder):
    """Take another process's configuration: a worker's stages shall mean what the build's mean."""
    doit_cmd._CMDLINE_VARS = words
    os.environ["DOITW_FROM"] = folder


@cache
def config():
    """The configuration of this process, from its command line; in tests there is none."""
    return Config(*asked_for())


def settings(table):
    """Settings of one stage, ``[tool.inkgraph.<table>]``, with this build's changes.

    Raises
    ------
    SettingsError
        If there is no such table.
    """
    tables = config().tables
    if table not in tables:
        raise SettingsError(f"pyproject.toml has no table [tool.inkgraph.{table}]; there are {', '.join(tables)}")
    return Settings(table, tables[table])


def _checked(words, defaults, folder, origin):
    """Default tables with the changes of a settings file and of dotted words, each checked against the default."""
    valid = defaults.pop("valid", {})
    for table, values in defaults.items():
        for key, value in values.items():
            rule = valid.get(f"{table}.{key}")
            values[key] = value = _like(value, 0.5) if _wants_decimals(rule) else value
            if problem := _problem(value, value, rule):
                raise SettingsError(f"{origin}: {table}.{key} = {_shown(value)}: {problem}")
    tables = {table: dict(values) for table, values in defaults.items()}
    if "settings" in words:
        path = folder / words["settings"]
        for table, values in _read_toml(path).items():
            if not isinstance(values, dict):
                raise SettingsError(f"{path}: {table} stands outside a table; there are {', '.join(tables)}")
            for key, value in values.items():
                _set(tables, valid, f"{table}.{key}", value, str(path))
    for word, text in words.items():
        if "." in word:
            _set(tables, valid, word, _parse(text), "command line")
        elif word not in WORDS:
            near = get_close_matches(
                word, [*WORDS, *(f"{table}.{key}" for table in tables for key in tables[table])], n=1
            )
            meant = f"did you mean {near[0]}? " if near else ""
            raise SettingsError(
                f"{word}={text}: {meant}there are {', '.join(WORDS)}, and table.key for the settings of pyproject.toml"
            )
    return tables


def _set(tables, valid, dotted, value, where):
    table, _, key = dotted.partition(".")
    if table not in tables:
        raise SettingsError(f"{where}: {dotted}={value}: no table {table}; {_unknown(table, tables)}")
    if key not in tables[table]:
        raise SettingsError(f"{where}: {dotted}={value}: no such setting; {_unknown(key, tables[table])}")
    default = tables[table][key]
    value = _like(value, default)
    problem = _problem(value, default, valid.get(dotted))
    if problem:
        raise SettingsError(f"{where}: {dotted}={_shown(value)}: {problem}")
    tables[table][key] = value


def _like(value, default):
    """Whole numbers stand for decimal ones, in lists too."""
    if isinstance(value, list):
        return [_like(item, default[0] if isinstance(default, list) else default) for item in value]
    return float(value) if type(default) is float and type(value) is int else value


def _wants_decimals(rule):
    """Whether an interval is one of decimal numbers: it has a decimal point."""
    return isinstance(rule, str) and "." in rule


def _problem(value, default, rule):
    """Why a value cannot stand for the default one, or None.

    `rule` is a list of choices or an interval as text, ``"(0, 1]"``; a number without a rule is at least zero. Of a
    list's values it may say how many there are, ``"3 of [1, 9]"``, or that they differ, ``"distinct [0, 9]"``.
    """
    if type(value) is not type(default):
        return f"wants a {_kind(default)} such as {_shown(default)}, not a {_kind(value)}"
    if isinstance(value, list):
        if not value:
            return "wants at least one value"
        if isinstance(rule, str):
            count, distinct, rule = re.match(r"(?:(\d+) of |(distinct) )?(.*)", rule).groups()
            if count and len(value) != int(count):
                return f"wants {count} values"
            if distinct and len(set(value)) < len(value):
                return "has a value twice"
        problems = (_problem(item, default[0], rule) for item in value)
        return next(filter(None, problems), None)
    if isinstance(rule, list):
        return None if value in rule else f"is none of {', '.join(map(_shown, rule))}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        rule = rule or "[0, inf)"
        if not math.isfinite(value) or not _is_inside(value, rule):
            return f"is outside {rule}"
    return None


def _is_inside(value, interval):
    low, high = map(float, interval[1:-1].split(","))
    above = value >= low if interval[0] == "[" else value > low
    return above and (value <= high if interval[-1] == "]" else value < high)


def _unknown(name, known):
    close = get_close_matches(name, list(known), n=1)
    return (f"did you mean {close[0]}? " if close else "") + f"there are {', '.join(known)}"


def _kind(value):
    kinds = {bool: "true or false", int: "whole number", float: "number", str: "text", list: "list", dict: "table"}
    return kinds.get(type(value), type(value).__name__)


def _shown(value):
    return json.dumps(value, default=str)


def _parse(text):
    """A word's value as TOML reads it; text needs no quotes on a command line."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _read_toml(path):
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise SettingsError(f"there is no settings file {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}") from None


def _short(path):
    """Below the project relative to it, so that a path has one spelling; elsewhere absolute."""
    path = path.resolve()
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
