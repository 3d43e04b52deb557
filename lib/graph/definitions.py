"""What stands in a module: its top-level definitions, what each means and which names it refers to.

A definition is hashed without comments, docstrings, layout and annotations that nobody evaluates. One rule decides what
importing a module does: a statement is a mere definition only if it binds plain names and evaluates nothing of unknown
effect. Everything else belongs to the module's body, which runs whenever the module is imported.
"""

import ast
import builtins
import hashlib
import symtable
from collections.abc import Iterator

BODY = "<module>"
SOURCE = "<source>"  # the text of everything, comments and all
ROOMS = ("lib", "stages")
# Names through which a function sees more of the code than it names.
REFLECTION = {"__globals__", "__doc__", "__code__", "__annotations__", "__subclasses__", "__type_params__"}
# Calls that do something besides returning a value, from packages that are otherwise harmless at import.
EFFECTS: tuple[str, ...] = ("atexit", "builtins.", "gc", "importlib", "logging", "multiprocessing", "os", "random")
EFFECTS += ("runpy", "signal", "site", "subprocess", "sys", "threading.Thread", "threading.settrace", "warnings")
EFFECTS += (
    "numpy.random.seed",
    "numpy.seterr",
    "numpy.set_printoptions",
    "torch.manual_seed",
    "torch.set_",
    "matplotlib.use",
)
# Builtins that only make values.
PURE = set(
    "abs all any bool bytes chr dict divmod enumerate float frozenset int isinstance len list max min ord property "
    "range repr reversed round set slice sorted staticmethod classmethod str sum super tuple type zip".split()
)
# Calls that take functions and keep them to themselves.
KEEP_TO_THEMSELVES = ("functools.", "dataclasses.", "typing.", "collections.", "enum.", "contextlib.", "operator.")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


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
    return _Module(ast.parse(source), symtable.symtable(source, module, "exec"), module, package).table()


class _Module:
    """One module while it is read."""

    def __init__(self, tree, scopes, module, package):
        self.module, self.package, self.scopes = module, package, scopes.get_children()
        self.statements = list(_executed(tree.body))
        self.postponed = any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in self.statements
        )
        self.imported = {
            name: dotted
            for node in self.statements
            for inner in ast.walk(node)
            if isinstance(inner, IMPORTS)
            for name, dotted in _imported(inner, package)
        }
        self.functions = {node.name: node for node in self.statements if isinstance(node, FUNCTIONS)}
        self.own = {name for node in self.statements if not isinstance(node, IMPORTS) for name in _bound(node)}
        self._rows = {}

    def table(self):
        for node in self.statements:
            if isinstance(node, IMPORTS):
                for name, dotted in _imported(node, self.package):
                    self._add(BODY if name == "*" else name, "", [dotted])
                self._add(BODY, "", _run_by(node, self.package))
                continue
            mere = self._is_mere(node)
            _strip(node)
            digest, references = _sha(ast.dump(node)), self._references(node)
            for name in _bound(node) | (set() if mere else {BODY}):
                self._add(name, digest, references)
        parameters = {name: _parameters(node.args) for name, node in self.functions.items()}
        known = {name for name in self._rows if name != BODY}
        return {
            name: [digest, self._qualify(references, known), parameters.get(name)]
            for name, (digest, references) in self._rows.items()
        }

    def _add(self, name, digest, references):
        """A name defined twice means both."""
        before, known = self._rows.get(name, ("", []))
        self._rows[name] = (_sha(before + digest) if before and digest else before or digest, [*known, *references])

    def _qualify(self, references, known):
        """Local names become dotted; those that are neither defined nor imported here are Python's own."""
        qualified = set()
        for reference in references:
            if isinstance(reference, str):
                qualified.add(reference)
            elif reference[0] in known:
                qualified.add(".".join([self.module, *reference]))
            elif reference[0] in vars(builtins):
                qualified.add(f"builtins.{reference[0]}")
        return sorted(qualified)

    # --- what a statement refers to -----------------------------------------------------------------------------------

    def _references(self, node):
        """Dotted strings for nested imports, tuples of names that the module must know."""
        nested, references = {}, []
        for inner, runs_at_once in _walk(node):
            if isinstance(inner, IMPORTS):
                references += _run_by(inner, self.package)
                for name, dotted in _imported(inner, self.package):
                    nested.setdefault(name, []).append(dotted)
                    if runs_at_once:  # bound to the module or a class: used under names that are not seen here
                        references.append(dotted)
            elif isinstance(inner, ast.Attribute) and inner.attr in REFLECTION:
                references.append(SOURCE)
        visible = _visible_names(node, self.scopes)
        for chain in _chains(node):
            for dotted in nested.get(chain[0], ()):
                references.append(".".join([dotted, *chain[1:]]))
            if visible is None or chain[0] in visible:
                references.append(chain)
        return references

    # --- what importing does ------------------------------------------------------------------------------------------

    def _is_mere(self, node):
        """Whether a statement binds plain names and evaluates nothing of unknown effect."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
                annotations = [] if self.postponed else _annotations(node)
                return all(map(self._keeps_nothing, node.decorator_list)) and all(
                    map(self._is_harmless, [*defaults, *annotations])
                )
            case ast.ClassDef():
                made_by = [*node.bases, *(keyword.value for keyword in node.keywords)]
                return (
                    all(map(self._keeps_nothing, node.decorator_list))
                    and not any(self._is_of_the_project(part) for part in made_by)
                    and not node.keywords
                    and all(map(self._is_mere, _executed(node.body)))
                )
            case ast.Assign():
                return all(map(_is_plain, node.targets)) and self._is_harmless(node.value)
            case ast.AnnAssign():
                annotation = self.postponed or self._is_harmless(node.annotation)
                return _is_plain(node.target) and annotation and (not node.value or self._is_harmless(node.value))
            case ast.Pass():
                return True
        return False

    def _is_harmless(self, expression):
        """Whether evaluating an expression can do nothing but make a value."""
        match expression:
            case ast.Lambda():
                return all(
                    map(self._is_harmless, [*expression.args.defaults, *filter(None, expression.args.kw_defaults)])
                )
            case ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                return False
            case ast.Call() if not self._is_known_call(expression):
                return False
        return all(map(self._is_harmless, ast.iter_child_nodes(expression)))

    def _is_known_call(self, call):
        """Whether a call goes to a builtin or a package that only makes values, and hands over nothing of the
        project."""
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr):
            return True  # "a b".split()
        name = self._meaning(call.func)
        if name is None or name.partition(".")[0] in ROOMS or name.startswith(EFFECTS):
            return False
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        return name.startswith(KEEP_TO_THEMSELVES) or not any(map(self._is_of_the_project, arguments))

    def _meaning(self, expression):
        """The dotted name that an expression is outside the project, ``numpy.exp``; None if that is not known."""
        chain = next(_chains(expression), None) if isinstance(expression, ast.Name | ast.Attribute) else None
        if chain is None:
            return None
        if chain[0] in self.imported:
            return ".".join([self.imported[chain[0]], *chain[1:]])
        if chain[0] in self.own:
            return None
        return f"python.{chain[0]}" if chain[0] in PURE else None

    def _is_of_the_project(self, expression):
        """Whether a name of a function, class or module of the project, or one that nobody knows, stands in it."""
        for inner in ast.walk(expression):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                if inner.id in self.functions or self.imported.get(inner.id, "").partition(".")[0] in ROOMS:
                    return True
                if any(isinstance(node, ast.ClassDef) and node.name == inner.id for node in self.statements):
                    return True
                if not (inner.id in self.own or inner.id in self.imported or inner.id in vars(builtins)):
                    # A variable of a comprehension, or what came with a star.
                    if not _is_comprehension_variable(expression, inner.id):
                        return True
        return False

    def _keeps_nothing(self, decorator):
        """Whether a decorator lets the definition be used under its name alone."""
        call = decorator if isinstance(decorator, ast.Call) else None
        maker = call.func if call else decorator
        name = self._meaning(maker)
        if name is not None:
            return name.partition(".")[0] not in ROOMS and not name.startswith(EFFECTS)
        function = self.functions.get(maker.id) if isinstance(maker, ast.Name) else None
        return function is not None and call is None and _only_wraps(function)


def _only_wraps(function):
    """Whether a decorator does nothing with its function but call it, wrap it and return it."""
    arguments = function.args
    if len(arguments.args) != 1 or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        return False
    name = arguments.args[0].arg
    allowed = set()
    for inner in ast.walk(function):
        if isinstance(inner, ast.Call):
            maker = next(_chains(inner.func), ()) if isinstance(inner.func, ast.Name | ast.Attribute) else ()
            if maker[-1:] in (("wraps",), ("partial",)):
                allowed |= {id(argument) for argument in inner.args}
            allowed.add(id(inner.func))
        elif isinstance(inner, ast.Return):
            allowed.add(id(inner.value))
        elif isinstance(inner, ast.Global | ast.Nonlocal | ast.Attribute) and not isinstance(
            getattr(inner, "ctx", None), ast.Load
        ):
            return False
    return all(
        id(inner) in allowed
        for inner in ast.walk(function)
        if isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Load)
    )


def _executed(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that importing runs: without texts, and without what is for type checkers or scripts alone."""
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.If) and _is_never_true(node.test):
            yield from _executed(node.orelse)
        else:
            yield node


def _is_never_true(test):
    names = {chain[-1] for chain in _chains(test)}
    compared = isinstance(test, ast.Compare) and any(
        isinstance(part, ast.Constant) and part.value == "__main__" for part in ast.walk(test)
    )
    return (
        names == {"TYPE_CHECKING"} and isinstance(test, ast.Name | ast.Attribute) or names == {"__name__"} and compared
    )


def _strip(node):
    """Take out what changes nothing: docstrings and other texts, annotations of functions, the u of u"x"."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            inner.kind = None
        if isinstance(inner, DEFINITIONS):
            inner.body = list(_executed(inner.body)) or [ast.Pass()]
        if isinstance(inner, FUNCTIONS) and _reads_no_annotations(inner.decorator_list):
            inner.returns = None
            for argument in _arguments(inner.args):
                argument.annotation = None
            _strip_local_annotations(inner)


def _strip_local_annotations(function):
    for inner in ast.walk(function):
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
            inner.annotation = ast.Constant(None)


def _reads_no_annotations(decorators):
    """Whether none of the decorators is one that may look at annotations, as singledispatch does."""
    names = {chain[-1] for decorator in decorators for chain in _chains(decorator)}
    harmless = {"cache", "lru_cache", "cached_property", "contextmanager", "property", "staticmethod", "classmethod"}
    return names <= harmless | {"setter", "wraps", "abstractmethod", "maxsize"}


def _arguments(arguments):
    return [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *filter(None, (arguments.vararg, arguments.kwarg)),
    ]


def _annotations(function):
    found = [argument.annotation for argument in _arguments(function.args)]
    return [annotation for annotation in [*found, function.returns] if annotation is not None]


def _parameters(arguments):
    """``{name: whether it has a default}``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    found = {argument.arg: number >= required for number, argument in enumerate(positional)}
    found |= {
        a.arg: default is not None for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }
    return found | ({"**": True} if arguments.kwarg else {})


def _is_plain(target):
    """Whether an assignment's target is a name, or a list of names."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_plain, target.elts))
    return isinstance(target, ast.Name)


def _is_comprehension_variable(expression, name):
    return any(
        isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store)
        for inner in ast.walk(expression)
    ) or any(
        argument.arg == name
        for inner in ast.walk(expression)
        if isinstance(inner, ast.arguments)
        for argument in _arguments(inner)
    )


def _walk(node, runs_at_once=True):
    """Every node below a statement, and whether it is evaluated with the statement, not when a function is called."""
    yield node, runs_at_once
    inside = runs_at_once and not isinstance(node, (*FUNCTIONS, ast.Lambda))
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, inside)


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
    if not isinstance(node, DEFINITIONS):
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
    if isinstance(node, DEFINITIONS):
        return {node.name}
    names = set()
    for inner, runs_at_once in _walk(node):
        if not runs_at_once:
            continue
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
        elif isinstance(inner, DEFINITIONS):
            names.add(inner.name)
        elif isinstance(inner, IMPORTS):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in inner.names}
    return names - {"*"}


def _imported(node, package):
    """(bound name, dotted target) of an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        return
    base = _base(node, package)
    for alias in node.names:
        yield ("*", base) if alias.name == "*" else (alias.asname or alias.name, f"{base}.{alias.name}")


def _base(node, package):
    """The package or module that names are imported from."""
    base = node.module or ""
    if node.level:
        parents = package.split(".")
        base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
    return base


def _run_by(node, package):
    """Modules whose statements an import may run; those that are none are passed over later."""
    if isinstance(node, ast.Import):
        return [f"{alias.name}.{BODY}" for alias in node.names]
    base = _base(node, package)
    return [f"{base}.{BODY}", *(f"{base}.{alias.name}.{BODY}" for alias in node.names if alias.name != "*")]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
