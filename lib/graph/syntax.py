"""Reading syntax trees: what statements bind, import and name, without what changes nothing."""

import ast
from collections.abc import Iterable, Iterator
from symtable import SymbolTable

BODY = "<module>"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def executed(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that importing runs: without texts, and without what is for type checkers or scripts alone."""
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.If) and is_never_true(node.test):
            yield from executed(node.orelse)
        else:
            yield node


def is_never_true(test: ast.expr) -> bool:
    names = {chain[-1] for chain in chains(test)}
    compared = isinstance(test, ast.Compare) and any(
        isinstance(part, ast.Constant) and part.value == "__main__" for part in ast.walk(test)
    )
    return (
        names == {"TYPE_CHECKING"} and isinstance(test, ast.Name | ast.Attribute) or names == {"__name__"} and compared
    )


def strip(node: ast.AST) -> None:
    """Take out what changes nothing: docstrings and other texts, annotations of functions, the u of u"x"."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            inner.kind = None
        if isinstance(inner, DEFINITIONS):
            inner.body = list(executed(inner.body)) or [ast.Pass()]
        if isinstance(inner, FUNCTIONS) and reads_no_annotations(inner.decorator_list):
            inner.returns = None
            for argument in all_arguments(inner.args):
                argument.annotation = None
            strip_local_annotations(inner)


def strip_local_annotations(function: ast.AST) -> None:
    for inner in ast.walk(function):
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
            inner.annotation = ast.Constant(None)


def reads_no_annotations(decorators: Iterable[ast.expr]) -> bool:
    """Whether none of the decorators is one that may look at annotations, as singledispatch does."""
    names = {chain[-1] for decorator in decorators for chain in chains(decorator)}
    harmless = {"cache", "lru_cache", "cached_property", "contextmanager", "property", "staticmethod", "classmethod"}
    return names <= harmless | {"setter", "wraps", "abstractmethod", "maxsize"}


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    return [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *filter(None, (arguments.vararg, arguments.kwarg)),
    ]


def annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    found = [argument.annotation for argument in all_arguments(function.args)]
    return [annotation for annotation in [*found, function.returns] if annotation is not None]


def parameters(arguments: ast.arguments) -> dict[str, bool]:
    """``{name: whether it has a default}``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    found = {argument.arg: number >= required for number, argument in enumerate(positional)}
    found |= {
        a.arg: default is not None for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }
    return found | ({"**": True} if arguments.kwarg else {})


def is_plain(target: ast.expr) -> bool:
    """Whether an assignment's target is a name, or a list of names."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(is_plain, target.elts))
    return isinstance(target, ast.Name)


def is_comprehension_variable(expression: ast.AST, name: str) -> bool:
    return any(
        isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store)
        for inner in ast.walk(expression)
    ) or any(
        argument.arg == name
        for inner in ast.walk(expression)
        if isinstance(inner, ast.arguments)
        for argument in all_arguments(inner)
    )


def walk(node: ast.AST, runs_at_once: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Every node below a statement, and whether it is evaluated with the statement, not when a function is called."""
    yield node, runs_at_once
    inside = runs_at_once and not isinstance(node, (*FUNCTIONS, ast.Lambda))
    for child in ast.iter_child_nodes(node):
        yield from walk(child, inside)


def chains(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """Each maximal ``a.b.c`` in a statement, as a tuple of names."""
    names, inner = [], node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        yield (inner.id, *reversed(names))
    else:
        for child in ast.iter_child_nodes(inner):
            yield from chains(child)


def visible_names(node: ast.stmt, scopes: Iterable[SymbolTable]) -> set[str] | None:
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


def bound(node: ast.stmt) -> set[str]:
    """Module-level names that a statement binds."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    names = set()
    for inner, runs_at_once in walk(node):
        if not runs_at_once:
            continue
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
        elif isinstance(inner, DEFINITIONS):
            names.add(inner.name)
        elif isinstance(inner, IMPORTS):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in inner.names}
    return names - {"*"}


def imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, str]]:
    """(bound name, dotted target) of an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        return
    base = imported_from(node, package)
    for alias in node.names:
        yield ("*", base) if alias.name == "*" else (alias.asname or alias.name, f"{base}.{alias.name}")


def imported_from(node: ast.ImportFrom, package: str) -> str:
    """The package or module that names are imported from."""
    base = node.module or ""
    if node.level:
        parents = package.split(".")
        base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
    return base


def run_by(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    """Modules whose statements an import may run; those that are none are passed over later."""
    if isinstance(node, ast.Import):
        return [f"{alias.name}.{BODY}" for alias in node.names]
    base = imported_from(node, package)
    return [f"{base}.{BODY}", *(f"{base}.{alias.name}.{BODY}" for alias in node.names if alias.name != "*")]
