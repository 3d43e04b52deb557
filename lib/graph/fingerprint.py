"""What code a task's function reaches, and what that code means.

The fingerprint starts at a function and follows names, by syntax tree and without importing anything, through the
project's own modules: functions, classes, constants, nested imports. Each definition that it meets is hashed without
comments, docstrings and layout. Where a name cannot be followed (a module handed around as a value, a star import,
``importlib``) everything that it could mean counts as reached: never miss a dependency.

The unit is a module's top-level definition; a class counts as a whole. Statements that run when a reached module is
imported, neither definitions nor imports, count as reached with it.
"""

import ast
import hashlib
import os
import symtable
import sys
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from lib.graph.cache import cached
from lib.graph.settings import PROJECT

# What runs around every step's function; it counts as a whole, and leads no further than the function itself.
KERNEL = "lib.graph"
CALL = f"{KERNEL}.call"

BODY = "<module>"
ROOMS = ("lib", "stages")
UNFOLLOWABLE: tuple[str, ...] = ("__import__", "eval", "exec", "globals", "importlib.import_module")
UNFOLLOWABLE += ("importlib.machinery", "importlib.reload", "importlib.util", "pkgutil", "runpy", "sys.modules")
LEAD_ANYWHERE = {name.partition(".")[0] for name in UNFOLLOWABLE}

# Import names that differ from the distribution's name.
DISTRIBUTIONS = {"PIL": "pillow", "mpl_toolkits": "matplotlib", "skimage": "scikit-image"}


class Code:
    """The project's modules, each read at most once.

    Parameters
    ----------
    cache : lib.graph.cache.Cache
        Keeps what was read, by content: parsing would be most of the time of an up-to-date build.
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
            Entry points ``module:name``.

        Returns
        -------
        dict
            ``{"functions": {"module:name": digest}, "packages": {"numpy": "2.4.0"}}``.
        """
        functions, packages, todo = {}, {"python"}, [*entries, f"{CALL}:call"]
        while todo:
            where = todo.pop()
            if where not in functions:
                functions[where], nearest, used = self._step(where)
                packages |= used
                todo += nearest
        return {
            "functions": {where: digest for where, digest in functions.items() if digest},
            "packages": {package: _version(package) for package in sorted(packages)},
        }

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
            raise SyntaxError(f"{file.relative_to(self.root)}{f':{line}' if line else ''}: {error}") from None

    @cache  # noqa: B019 - one instance lives as long as the process
    def _resolve(self, dotted):
        """Each ``module:name`` that a dotted name can mean, or in their place the name of a package."""
        if _is_unfollowable(dotted):
            return self._whole("")
        parts = dotted.split(".")
        if parts[0] not in self._packages:
            return [] if parts[0] in sys.stdlib_module_names else [parts[0]]
        module = next(prefix for prefix in reversed(_with_parents(dotted)) if prefix in self._packages)
        if module == dotted:
            return self._whole(module)
        name, *rest = parts[module.count(".") + 1 :]
        if name == BODY:
            return [f"{module}:{BODY}"]
        if name not in self._table(module):
            return self._whole(module)
        digest, targets, _ = self._table(module)[name]
        if digest:
            return [f"{module}:{name}"]
        # An import: what counts is what it leads to, narrowed by the attributes taken from it.
        led_to = [found for target in targets for found in self._resolve(".".join([target, *rest]))]
        return [f"{module}:{BODY}", *led_to]

    def _whole(self, package):
        """Every definition of a module and of those below it; of the whole project for ''."""
        modules = [module for module in self._modules if not package or f"{module}.".startswith(f"{package}.")]
        return [f"{module}:{name}" for module in sorted(modules) for name in self._table(module)]


_codes: dict[str, Code] = {}


def code(state: str | None = None) -> Code:
    """The project's code, read once for each state of its files (`code_state`); without one, as it was first read."""
    if state is None and _codes:
        return next(iter(_codes.values()))
    state = state or code_state()
    if state not in _codes:
        _codes[state] = Code(cached("code"))
    return _codes[state]


def code_state(root: Path = PROJECT) -> str:
    """Changes when somebody writes to a module of the project: a digest of names, sizes and times."""
    found = []
    for module, file in sorted(_find_modules(root).items()):
        status = os.stat(file)
        found.append(f"{module} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}")
    return _sha("\n".join(found))


def read_definitions(source: str, module: str = "module", package: str = "") -> dict[str, list]:
    """Top-level definitions of a module's source, each with a digest and the dotted names that it refers to.

    Parameters
    ----------
    source : str
        Python source.
    module : str
        Its dotted name; references to its own definitions begin with it.
    package : str
        Package that its relative imports start from.

    Returns
    -------
    dict
        ``{name: [digest, [dotted, ...], parameters]}``. An import has the empty digest; `parameters` is None but for a
        function, ``{name: whether it has a default}``.

    Raises
    ------
    SyntaxError
        If the source is not Python.

    Examples
    --------
    >>> table = read_definitions("import numpy as np\\ndef f(x):\\n    'Doc.'\\n    return np.exp(x)  # why\\n")
    >>> table["f"][1], table["f"][0] == read_definitions("def f(x): return np.exp(x)")["f"][0]
    (['module.np.exp'], True)
    >>> table["f"][2]
    {'x': False}
    """
    tree = ast.parse(source)
    parameters = {node.name: _parameters(node.args) for node in tree.body if isinstance(node, ast.FunctionDef)}
    scopes = symtable.symtable(source, module, "exec").get_children()
    table: dict[str, list] = {}
    for node in _without_docstring(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, dotted in _imported(node, package):
                _add(table, BODY if name == "*" else name, "", [dotted])
            _add(table, BODY, "", _run_by(node, package))
            continue
        digest, references = _digest(node), _references(node, package, scopes)
        names = _bound(node)
        if not isinstance(node, DEFINITIONS) or not names or _may_register(node, table):
            names = {*names, BODY}
        for name in names:
            _add(table, name, digest, references)
    own = {name for name in table if name != BODY}
    return {
        name: [digest, _qualify(references, module, own), parameters.get(name)]
        for name, (digest, references) in table.items()
    }


def _parameters(arguments):
    """``{name: whether it has a default}``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    found = {argument.arg: number >= required for number, argument in enumerate(positional)}
    found |= {
        a.arg: default is not None for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }
    return found | ({"**": True} if arguments.kwarg else {})


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def _may_register(node, table):
    """Whether a decorator or base class of the project's own may keep the definition, for use without its name."""
    makers = [*getattr(node, "decorator_list", ()), *getattr(node, "bases", ())]
    roots = {inner.id for maker in makers for inner in ast.walk(maker) if isinstance(inner, ast.Name)}
    known = [table[root] for root in roots if root in table]
    return any(digest or any(target.split(".")[0] in ROOMS for target in targets) for digest, targets in known)


def _add(table, name, digest, references):
    """A name defined twice means both."""
    before, known = table.get(name, ("", []))
    table[name] = (_sha(before + digest) if before and digest else before or digest, [*known, *references])


def _qualify(references, module, own):
    """Local names become dotted; those that are neither defined nor imported here are Python's own."""
    qualified = set()
    for reference in references:
        if isinstance(reference, str):
            qualified.add(reference)
        elif reference[0] in own:
            qualified.add(".".join([module, *reference]))
        elif reference[0] in UNFOLLOWABLE:
            qualified.add(reference[0])
    return sorted(qualified)


def _references(node, package, scopes):
    """What a statement names: dotted strings for nested imports, tuples of names that the module must know."""
    nested, references = {}, []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            references += _run_by(inner, package)
            for name, dotted in _imported(inner, package):
                nested.setdefault(name, []).append(dotted)
    visible = _visible_names(node, scopes)
    for chain in _chains(node):
        for dotted in nested.get(chain[0], ()):
            references.append(".".join([dotted, *chain[1:]]))
        if visible is None or chain[0] in visible:
            references.append(chain)
    return references


def _chains(node):
    """Each maximal ``a.b.c`` in a statement, as a tuple of names."""
    names, inner = [], node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        yield (inner.id, *reversed(names))
    else:
        for child in ast.iter_child_nodes(inner):
            yield from _chains(child)


def _visible_names(node, scopes):
    """Names in a function or class that mean the module's and not a local variable's; None where all may."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None
    names = set()
    # Decorators, defaults, annotations and bases are evaluated in the module's own scope.
    for field in ("decorator_list", "args", "returns", "bases", "keywords", "type_params"):
        value = getattr(node, field, None) or []
        for part in value if isinstance(value, list) else [value]:
            names |= {inner.id for inner in ast.walk(part) if isinstance(inner, ast.Name)}
    todo = [scope for scope in scopes if scope.get_name() == node.name]
    while todo:
        scope = todo.pop()
        names |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        # Names that a class body does not bind are looked up in the module.
        names |= {symbol.get_name() for symbol in scope.get_symbols() if scope.get_type() == "class"}
        todo += scope.get_children()
    return names


def _bound(node):
    """Module-level names that a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(inner.name)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in inner.names}
    return names


def _imported(node, package):
    """(bound name, dotted target) of an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        return
    base = node.module or ""
    if node.level:
        parents = package.split(".")
        base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
    for alias in node.names:
        yield ("*", base) if alias.name == "*" else (alias.asname or alias.name, f"{base}.{alias.name}")


def _run_by(node, package):
    """Modules whose statements an import runs."""
    if isinstance(node, ast.Import):
        return [f"{alias.name}.{BODY}" for alias in node.names]
    return [f"{dotted.rpartition('.')[0]}.{BODY}" for _, dotted in _imported(node, package)]


def _digest(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner.body = _without_docstring(inner.body)
    return _sha(ast.dump(node))


def _without_docstring(body):
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _near(name, known):
    """A suggestion for a message."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _find_modules(root):
    """Files of the project's modules by dotted name: the rooms of lib and the stages, and what lies at the top."""
    files = [*root.glob("*.py"), *(file for top in ROOMS for file in (root / top).rglob("*.py"))]
    names = [str(file.relative_to(root))[: -len(".py")].replace("/", ".").removesuffix(".__init__") for file in files]
    return dict(zip(names, files, strict=True))


@cache
def _is_unfollowable(dotted):
    """Whether a name can lead anywhere: one of the list, below one, or a module that holds one, as a value."""
    if dotted.partition(".")[0] not in LEAD_ANYWHERE or dotted.endswith(BODY):  # importing it is harmless
        return False
    dotted += "."
    return any(dotted.startswith(f"{name}.") or f"{name}.".startswith(dotted) for name in UNFOLLOWABLE)


def _with_parents(dotted):
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _reader():
    """What reads the modules: another version of it may see more in the same source."""
    return f"{_python()} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"


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
    folders = [folder.stem for path in reversed(sys.path) for folder in Path(path).glob("*-*.dist-info")]
    return {_normal(name): version for name, _, version in (folder.partition("-") for folder in folders)}


def _normal(name):
    return name.lower().replace("-", "_").replace(".", "_")
