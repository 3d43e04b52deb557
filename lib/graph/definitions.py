"""A module's top-level definitions: a digest of each, and the names that it refers to.

A definition is hashed without comments, docstrings, layout and annotations that nobody evaluates. One rule decides what
importing a module does: a statement is a pure definition only if it binds plain names and evaluates nothing of unknown
effect. Everything else belongs to the module's body, which runs whenever the module is imported.
"""

import ast
import builtins
import hashlib
import symtable

from lib.graph.syntax import (
    BODY,
    FUNCTIONS,
    IMPORTS,
    annotations_of,
    bound,
    chains,
    executed,
    imported,
    is_comprehension_variable,
    is_plain,
    parameters,
    run_by,
    strip,
    visible_names,
    walk,
)

SOURCE = "<source>"  # the text of everything, comments and all
ROOMS = ("lib", "stages")
# Attributes that expose more of the code than a function names.
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
# Builtins without side effects.
PURE = set(
    "abs all any bool bytes chr dict divmod enumerate float frozenset int isinstance len list max min ord property "
    "range repr reversed round set slice sorted staticmethod classmethod str sum super tuple type zip".split()
)
# Calls that take functions and do not register them anywhere.
NON_REGISTERING = ("functools.", "dataclasses.", "typing.", "collections.", "enum.", "contextlib.", "operator.")


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
    """A module being read."""

    def __init__(self, tree, scopes, module, package):
        self.module, self.package, self.scopes = module, package, scopes.get_children()
        self.statements = list(executed(tree.body))
        self.postponed = any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in self.statements
        )
        self.imported = {
            name: dotted
            for node in self.statements
            for inner in ast.walk(node)
            if isinstance(inner, IMPORTS)
            for name, dotted in imported(inner, package)
        }
        self.functions = {node.name: node for node in self.statements if isinstance(node, FUNCTIONS)}
        self.own = {name for node in self.statements if not isinstance(node, IMPORTS) for name in bound(node)}
        self._rows = {}

    def table(self):
        for node in self.statements:
            if isinstance(node, IMPORTS):
                for name, dotted in imported(node, self.package):
                    self._add(BODY if name == "*" else name, "", [dotted])
                self._add(BODY, "", run_by(node, self.package))
                continue
            pure = self._is_pure(node)
            strip(node)
            digest, references = _sha(ast.dump(node)), self._references(node)
            for name in bound(node) | (set() if pure else {BODY}):
                self._add(name, digest, references)
        taken = {name: parameters(node.args) for name, node in self.functions.items()}
        known = {name for name in self._rows if name != BODY}
        return {
            name: [digest, self._qualify(references, known), taken.get(name)]
            for name, (digest, references) in self._rows.items()
        }

    def _add(self, name, digest, references):
        """Add a row; a name defined twice gets both definitions."""
        before, known = self._rows.get(name, ("", []))
        self._rows[name] = (_sha(before + digest) if before and digest else before or digest, [*known, *references])

    def _qualify(self, references, known):
        """Local names become dotted; names neither defined nor imported here are builtins."""
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
        for inner, runs_at_once in walk(node):
            if isinstance(inner, IMPORTS):
                references += run_by(inner, self.package)
                for name, dotted in imported(inner, self.package):
                    nested.setdefault(name, []).append(dotted)
                    if runs_at_once:  # bound to the module or a class: used under names that are not seen here
                        references.append(dotted)
            elif isinstance(inner, ast.Attribute) and inner.attr in REFLECTION:
                references.append(SOURCE)
        visible = visible_names(node, self.scopes)
        for chain in chains(node):
            for dotted in nested.get(chain[0], ()):
                references.append(".".join([dotted, *chain[1:]]))
            if visible is None or chain[0] in visible:
                references.append(chain)
        return references

    # --- what importing does ------------------------------------------------------------------------------------------

    def _is_pure(self, node):
        """Whether a statement binds plain names and evaluates nothing of unknown effect."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
                annotations = [] if self.postponed else annotations_of(node)
                return all(map(self._registers_nothing, node.decorator_list)) and all(
                    map(self._is_harmless, [*defaults, *annotations])
                )
            case ast.ClassDef():
                made_by = [*node.bases, *(keyword.value for keyword in node.keywords)]
                return (
                    all(map(self._registers_nothing, node.decorator_list))
                    and not any(self._is_of_the_project(part) for part in made_by)
                    and not node.keywords
                    and all(map(self._is_pure, executed(node.body)))
                )
            case ast.Assign():
                return all(map(is_plain, node.targets)) and self._is_harmless(node.value)
            case ast.AnnAssign():
                annotation = self.postponed or self._is_harmless(node.annotation)
                return is_plain(node.target) and annotation and (not node.value or self._is_harmless(node.value))
            case ast.Pass():
                return True
        return False

    def _is_harmless(self, expression):
        """Whether evaluating an expression has no side effect."""
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
        """Whether a call goes to a builtin or package function without side effects, and passes nothing of the
        project."""
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr):
            return True  # "a b".split()
        name = self._meaning(call.func)
        if name is None or name.partition(".")[0] in ROOMS or name.startswith(EFFECTS):
            return False
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        return name.startswith(NON_REGISTERING) or not any(map(self._is_of_the_project, arguments))

    def _meaning(self, expression):
        """The dotted name that an expression is outside the project, ``numpy.exp``; None if that is not known."""
        chain = next(chains(expression), None) if isinstance(expression, ast.Name | ast.Attribute) else None
        if chain is None:
            return None
        if chain[0] in self.imported:
            return ".".join([self.imported[chain[0]], *chain[1:]])
        if chain[0] in self.own:
            return None
        return f"python.{chain[0]}" if chain[0] in PURE else None

    def _is_of_the_project(self, expression):
        """Whether it refers to a function, class or module of the project, or to an unknown name."""
        for inner in ast.walk(expression):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                if inner.id in self.functions or self.imported.get(inner.id, "").partition(".")[0] in ROOMS:
                    return True
                if any(isinstance(node, ast.ClassDef) and node.name == inner.id for node in self.statements):
                    return True
                if not (inner.id in self.own or inner.id in self.imported or inner.id in vars(builtins)):
                    # A variable of a comprehension, or what came with a star.
                    if not is_comprehension_variable(expression, inner.id):
                        return True
        return False

    def _registers_nothing(self, decorator):
        """Whether a decorator makes the definition reachable by no other name."""
        call = decorator if isinstance(decorator, ast.Call) else None
        maker = call.func if call else decorator
        name = self._meaning(maker)
        if name is not None:
            return name.partition(".")[0] not in ROOMS and not name.startswith(EFFECTS)
        function = self.functions.get(maker.id) if isinstance(maker, ast.Name) else None
        return function is not None and call is None and _only_wraps(function)


def _only_wraps(function):
    """Whether a decorator only calls, wraps and returns its function."""
    arguments = function.args
    if len(arguments.args) != 1 or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        return False
    name = arguments.args[0].arg
    allowed = set()
    for inner in ast.walk(function):
        if isinstance(inner, ast.Call):
            maker = next(chains(inner.func), ()) if isinstance(inner.func, ast.Name | ast.Attribute) else ()
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


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
