"""What Python files define and use, read with `ast`: names, options, imports."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What one Python file says.

    `public` are the names it offers: `__all__` where that is a literal list, otherwise the functions, classes and
    constants it defines and, `reexported`, the names it imports from its own package.  `names` is every name it
    binds, as function, class, variable, parameter, attribute or import.  `uses` are the names it takes from other
    modules, as (module, name); relative imports have a module that starts with a dot.
    """

    path: str
    public: tuple[str, ...] = ()
    reexported: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    uses: frozenset[tuple[str, str]] = frozenset()


def read_module(path: str, source: bytes | str) -> Module | None:
    """Return what a file says, None when it is no Python."""
    try:
        return module_of(path, source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def module_of(path: str, source: bytes | str) -> Module:
    """Return what Python source says; raises what `ast.parse` does for what is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in measured code is for its linter
        root = ast.parse(source)
    nodes = tuple(ast.walk(root))
    listed = _listed(root)
    return Module(
        path=path,
        public=listed or tuple(name for name in _defined(root) if not name.startswith("_")),
        reexported=() if listed else tuple(name for name in _imported_from_own(root) if not name.startswith("_")),
        names=frozenset(name for node in nodes for name in _bound(node)),
        options=frozenset(option for node in nodes for option in _options(node)),
        uses=frozenset(_uses(nodes)),
    )


def _listed(root: ast.Module) -> tuple[str, ...]:
    """Return the names in a literal `__all__`, in their order; none when there is no such list."""
    names: list[str] = []
    for node in root.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.List() | ast.Tuple() as value)
                | ast.AugAssign(target=ast.Name(id="__all__"), value=ast.List() | ast.Tuple() as value)
            ):
                names += [item.value for item in value.elts if _is_text(item)]  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(name for name in names if not name.startswith("__")))


def _is_text(node: ast.expr) -> bool:
    """Tell whether an expression is a literal text."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _defined(root: ast.Module) -> Iterator[str]:
    """Yield the functions, classes and constants at the top of a module."""
    for node in root.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper())


def _imported_from_own(root: ast.Module) -> Iterator[str]:
    """Yield the names that a module imports relatively, or under their own name (`import a as a`, PEP 484)."""
    for node in root.body:
        match node:
            case ast.ImportFrom(level=level, names=names) if level:
                yield from (alias.asname or alias.name for alias in names if alias.name != "*")
            case ast.ImportFrom(names=names):
                yield from (alias.asname for alias in names if alias.asname and alias.asname == alias.name)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=asname):
            yield from (asname or name).split(".")


def _options(node: ast.AST) -> Iterator[str]:
    """Yield the command-line options that literal texts name, such as --verbose or --color/--no-color."""
    match node:
        case ast.Constant(value=str(text)) if text.startswith("-") and len(text) < 100:
            yield from (part for part in text.split("/") if part.startswith("-"))


def _uses(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[str, str]]:
    """Yield the names taken from modules: `from module import name`, and `module.name` for imported modules."""
    modules = dict(_imported_modules(nodes))
    for node in nodes:
        match node:
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from (("." * level + (module or ""), alias.name) for alias in names if alias.name != "*")
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
                yield modules[name], attribute


def _imported_modules(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[str, str]]:
    """Yield the names that stand for imported modules, each with its module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (
                    (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0], alias.name.split(".")[0])
                )
