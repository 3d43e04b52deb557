"""Fingerprints: the code that a step's function can reach.

The fingerprint starts at a function and follows names, by syntax tree and without importing anything, through the
project's own modules: functions, classes, constants, nested imports. Each definition that it meets is hashed without
comments, docstrings and layout. Where a name cannot be followed (a module handed around as a value, a star import,
``importlib``) everything that it could mean counts as reached: never miss a dependency.

The unit is a module's top-level definition (`lib.graph.definitions`); a class counts as a whole. Statements that run
when a reached module is imported count as reached with it.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from lib.graph import definitions, syntax
from lib.graph.cache import Cache, cached
from lib.graph.definitions import ROOMS, SOURCE, read_definitions
from lib.graph.settings import PROJECT
from lib.graph.syntax import BODY

# Runs around every step's function: counts as a whole, and its own references are not followed.
KERNEL = "lib.graph"
CALL = f"{KERNEL}.call"

# Names that can lead to any code, and names that read the source itself.
UNFOLLOWABLE: tuple[str, ...] = ("builtins.__import__", "builtins.eval", "builtins.exec", "builtins.globals")
UNFOLLOWABLE += ("importlib.import_module", "importlib.machinery", "importlib.reload", "importlib.util", "pkgutil")
UNFOLLOWABLE += ("runpy", "sys.modules")
READERS: tuple[str, ...] = ("inspect.getsource", "inspect.getsourcelines", "inspect.getdoc", "inspect.getcomments")
READERS += ("inspect.getmembers", "inspect.get_annotations", "inspect.signature", "typing.get_type_hints")
READERS += ("ast.parse", "linecache")
LEAD_ANYWHERE = {name.partition(".")[0] for name in (*UNFOLLOWABLE, *READERS)}

# Import names that differ from the distribution's name.
DISTRIBUTIONS = {"PIL": "pillow", "mpl_toolkits": "matplotlib", "skimage": "scikit-image"}


class Code:
    """The project's modules, each read at most once.

    Parameters
    ----------
    cache : lib.graph.cache.Cache
        Holds parsed modules by content: parsing would take most of the time of an up-to-date build.
    root : Path
        Folder that the project's modules lie in.
    """

    def __init__(self, cache, root=PROJECT):
        self.root = Path(root)
        self._cache = cache
        self._tables = {}
        self._modules = _find_modules(self.root)
        self._packages = {package for module in self._modules for package in _with_parents(module)}

    @cache  # noqa: B019 - one instance lives as long as the process
    def fingerprint(self, *entries: str) -> dict[str, dict[str, str]]:
        """Digest of each definition that functions reach, and the version of each package.

        Parameters
        ----------
        *entries : str
            Entry points ``module:name``, and dotted names of modules that count as a whole.

        Returns
        -------
        dict
            ``{"functions": {"module:name": digest}, "packages": {"numpy": "2.4.0"}}``.
        """
        functions, packages = self._follow(entries)
        return {
            "functions": {where: digest for where, digest in functions.items() if digest},
            "packages": {package: _version(package) for package in sorted(packages)},
        }

    def reached(self, *entries: str) -> list[str]:
        """Every ``module:name`` that functions reach, with the bodies of all modules that are imported."""
        return list(self._follow(entries)[0])

    @cache  # noqa: B019 - one instance lives as long as the process
    def _follow(self, entries):
        """Digests of all that functions reach by ``module:name``, and the packages."""
        functions, packages, todo = {}, {"python"}, [f"{CALL}:call"]
        for entry in entries:
            todo += [entry] if ":" in entry else self._resolve(entry)
        while todo:
            where = todo.pop()
            if where not in functions:
                functions[where], nearest, used = self._step(where)
                packages |= used
                todo += nearest
        return functions, packages

    def parameters(self, entry: str) -> dict[str, bool]:
        """Parameters of a function: ``{name: whether it has a default}``; a ``**name`` is ``{"**": True}``.

        Raises
        ------
        LookupError
            If there is no such function in the project.
        """
        module, _, name = entry.partition(":")
        if module not in self._modules:
            raise LookupError(f"there is no module {module}{_near(module, self._modules)}")
        found = self._table(module).get(name)
        functions = [other for other, row in self._table(module).items() if row[2] is not None]
        if found is None or found[2] is None:
            raise LookupError(f"{module} has no function {name}{_near(name, functions)}")
        return found[2]

    @cache  # noqa: B019 - one instance lives as long as the process
    def _step(self, where):
        """Digest of a ``module:name``, the ones that it refers to, and the packages that it does."""
        module, _, name = where.partition(":")
        if name == SOURCE:
            return self._source(), [], set()
        digest, references, _ = self._table(module).get(name, ("", (), None))
        if module == CALL:
            return digest, [f"{module}:{other}" for other in self._table(module)], set()
        found = [target for reference in references for target in self._resolve(reference)]
        packages = {target for target in found if ":" not in target}
        # What else the kernel imports is not the step's.
        parents = [module] if module.startswith(f"{KERNEL}.") else _with_parents(module)
        run_with_it = {f"{parent}:{BODY}" for parent in parents}
        return digest, {*found, *run_with_it} - packages, packages

    def _table(self, module):
        """``{name: (digest, references, parameters)}`` of one module."""
        if module not in self._tables:
            file = self._modules.get(module)
            self._tables[module] = self._read(module, file) if file else {}  # a folder without __init__.py
        return self._tables[module]

    def _read(self, module, file):
        source = file.read_bytes()
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        try:
            return self._cache.get(
                module,
                f"{_reader()} {hashlib.sha256(source).hexdigest()}",
                lambda: read_definitions(source.decode(), module, package),
            )
        except (SyntaxError, UnicodeDecodeError) as error:
            line = getattr(error, "lineno", None)
            said = getattr(error, "msg", error)  # without the name and line that ast gives it
            raise SyntaxError(f"{file.relative_to(self.root)}{f':{line}' if line else ''}: {said}") from None

    @cache  # noqa: B019 - one instance lives as long as the process
    def _resolve(self, dotted):
        """Each ``module:name`` that a dotted name can mean, or in their place the name of a package."""
        if dotted == SOURCE or _leads_to(dotted, READERS):
            return [f"{ROOMS[0]}:{SOURCE}"]
        if _leads_to(dotted, UNFOLLOWABLE):
            return self._whole("")
        parts = dotted.split(".")
        if parts[0] not in self._packages:
            # Importing a package for nothing changes nothing.
            return [] if parts[0] in sys.stdlib_module_names or parts[-1] == BODY else [parts[0]]
        if parts[-1] == BODY:
            module = dotted.rpartition(".")[0]
            return [f"{module}:{BODY}"] if module in self._packages else []
        module = next(prefix for prefix in reversed(_with_parents(dotted)) if prefix in self._packages)
        if module == dotted:
            return self._whole(module)
        name, *rest = parts[module.count(".") + 1 :]
        if name not in self._table(module):
            return self._whole(module)
        digest, targets, _ = self._table(module)[name]
        if digest:
            return [f"{module}:{name}"]
        # An import: what counts is what it leads to, narrowed by the attributes taken from it.
        led_to = [found for target in targets for found in self._resolve(".".join([target, *rest]))]
        return [f"{module}:{BODY}", *led_to]

    @cache  # noqa: B019 - one instance lives as long as the process
    def _source(self):
        """Digest of the text of all modules."""
        texts = [hashlib.sha256(file.read_bytes()).hexdigest() for _, file in sorted(self._modules.items())]
        return _sha("".join(texts))

    def _whole(self, package):
        """Every definition of a module and of those below it; of the whole project for ''."""
        modules = [module for module in self._modules if not package or f"{module}.".startswith(f"{package}.")]
        return [f"{module}:{name}" for module in sorted(modules) for name in self._table(module)]


_codes: dict[str, Code] = {}


def code(state: str | None = None) -> Code:
    """The project's code, read once for each state of its files (`code_state`); without one, as it was first read."""
    state = state or _first_state()
    if state not in _codes:
        _codes[state] = Code(cached("code"))
    return _codes[state]


def code_state(root: Path = PROJECT) -> str:
    """Changes when somebody writes to a module of the project: a digest of names, sizes and times."""
    found, newest = [], 0
    for entry in _module_files(root):
        status = entry.stat()
        found.append(f"{entry.path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}")
        newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
    state = _sha("\n".join(sorted(found)))
    _settled.setdefault(state, newest < time.time_ns() - TICK)
    return state


TICK = 2 * 10**9  # nanoseconds: the coarsest clock of a file system; two saves within it may look like one
_settled: dict[str, bool] = {}


def remembered(key: str, make: Callable[[], Any], state: str | None = None, version: str = "") -> Any:
    """What ``make()`` finds out from the code as it is in a state, or found out in an earlier build.

    Parameters
    ----------
    key : str
    make : callable
        Returns a JSON-able value.
    state : str or None
        Of `code_state`; None for the code as it was first read.
    version : str
        Of whatever else it depends on.
    """
    state = state or _first_state()
    store = cached("fingerprints") if _settled.get(state) else _unsettled
    return store.get(key, f"{state} {_environment()} {version}", make)


_unsettled = Cache()


@cache
def _first_state():
    return code_state()


def _near(name, known):
    """A suggestion for a message."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _find_modules(root):
    """Files of the project's modules by dotted name: the rooms of lib and the stages, and what lies at the top."""
    found = {}
    for entry in _module_files(root):
        name = os.path.relpath(entry.path, root)[: -len(".py")].replace("/", ".").removesuffix(".__init__")
        found[name] = Path(entry.path)
    return found


def _module_files(root):
    """os.DirEntry of every module's file. Every attempt at a step asks: pathlib would take several times as long."""
    folders = [str(root)]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:  # a room that is not there
            continue
        for entry in entries:
            if entry.name.startswith("."):  # an editor's
                continue
            if entry.name.endswith(".py"):
                yield entry
            elif entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__" and folder != str(root):
                folders.append(entry.path)
        if folder == str(root):
            folders += [os.path.join(folder, room) for room in ROOMS]


@cache
def _leads_to(dotted, names):
    """Whether a name is one of a list, below one, or a module that holds one, as a value."""
    if dotted.partition(".")[0] not in LEAD_ANYWHERE or dotted.endswith(BODY):  # importing it is harmless
        return False
    dotted += "."
    return any(
        dotted.startswith(f"{name}.") or f"{name}.".startswith(dotted) for name in names if dotted != "builtins."
    )


def _with_parents(dotted):
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _reader():
    """What reads the modules: another version of it may see more in the same source."""
    readers = [Path(module.__file__).read_bytes() for module in (definitions, syntax)]
    return f"{_python()} {hashlib.sha256(b''.join(readers)).hexdigest()}"


def _python():
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def _version(package):
    if package == "python":
        return _python()
    known = _installed().get(_normal(DISTRIBUTIONS.get(package, package)))
    if known:
        return known
    from importlib import metadata

    names = metadata.packages_distributions().get(package, ())
    return " ".join(f"{name} {metadata.version(name)}" for name in names) or "not installed"


@cache
def _installed():
    """Versions by distribution, from the names of their folders: reading what they say of themselves takes 20 ms."""
    return {_normal(name): version for name, _, version in (folder.partition("-") for folder in _distributions())}


@cache
def _distributions():
    """Names and versions of all packages, ``numpy-2.4.0``; of two with one name the one that is imported is last."""
    found = []
    for path in reversed(sys.path):
        try:
            names = os.listdir(path or ".")
        except OSError:  # an archive, or not there
            continue
        found += sorted(name.removesuffix(".dist-info") for name in names if name.endswith(".dist-info"))
    return found


@cache
def _environment():
    """Digest of Python's version and of all packages'."""
    return _sha("\n".join([_python(), *_distributions()]))


def _normal(name):
    return name.lower().replace("-", "_").replace(".", "_")
