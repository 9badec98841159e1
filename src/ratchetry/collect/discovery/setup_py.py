"""What a setup.py plainly states: its source is read, never executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.collect.discovery.values import texts

_MAX_BYTES: Final = 500_000
_FINDERS: Final = frozenset({"find_packages", "find_namespace_packages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """A call of find_packages or find_namespace_packages."""

    where: str = "."
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCall:
    """The literal arguments of a setup() call, and its package finder if it has one."""

    present: bool = False
    arguments: Mapping[str, object] = field(default_factory=dict)
    finder: Finder | None = None


def read_setup_py(source: bytes) -> SetupCall:
    """Return what the setup() call of a setup.py states in literals, module-level names resolved once."""
    if len(source) > _MAX_BYTES:
        return SetupCall()
    try:
        module = ast.parse(source)
        calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _called(node) == "setup"]
        names = _assigned(module)
        return _read_call(calls[-1], names) if calls else SetupCall()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return SetupCall()


def _read_call(call: ast.Call, names: Mapping[str, ast.expr]) -> SetupCall:
    """Return the arguments of one setup() call."""
    given = dict(_keywords(call, names))
    finder = (
        next((_finder(node, names) for node in ast.walk(_resolved(given["packages"], names)) if _is_finder(node)), None)
        if "packages" in given
        else None
    )
    literals = {name: value for name, node in given.items() if (value := _literal(node, names)) is not None}
    return SetupCall(present=True, arguments=literals, finder=finder)


def _keywords(call: ast.Call, names: Mapping[str, ast.expr]) -> list[tuple[str, ast.expr]]:
    """Return the keyword arguments of a call, those of **mappings included."""
    pairs: list[tuple[str, ast.expr]] = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            pairs.append((keyword.arg, keyword.value))
            continue
        match _resolved(keyword.value, names):
            case ast.Dict(keys=keys, values=values):
                pairs += [
                    (key.value, value)
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                ]
            case ast.Call(func=ast.Name(id="dict"), keywords=inner):
                pairs += [(item.arg, item.value) for item in inner if item.arg is not None]
    return pairs


def _assigned(module: ast.Module) -> dict[str, ast.expr]:
    """Return what module-level names are assigned, the last assignment counting."""
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _resolved(node: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    """Return what a name stands for, or the expression itself."""
    return names.get(node.id, node) if isinstance(node, ast.Name) else node


def _literal(node: ast.expr, names: Mapping[str, ast.expr]) -> object:
    """Return the value of a literal, None for everything else; names inside lists and dicts are resolved."""
    match _resolved(node, names):
        case ast.Constant(value=constant):
            return constant
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [item for element in elements if (item := _literal(element, {})) is not None]
        case ast.Dict(keys=keys, values=values):
            return {
                key.value: _literal(item, names)
                for key, item in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant)
            }
    return None


def _called(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_finder(node: ast.AST) -> bool:
    """Tell whether a node calls setuptools' package finder."""
    return isinstance(node, ast.Call) and _called(node) in _FINDERS


def _finder(node: ast.AST, names: Mapping[str, ast.expr]) -> Finder | None:
    """Return the arguments of a call of the package finder."""
    if not isinstance(node, ast.Call):
        return None
    given = {keyword.arg: _literal(keyword.value, names) for keyword in node.keywords if keyword.arg}
    positional = zip(("where", "exclude", "include"), node.args, strict=False)
    given |= {name: _literal(argument, names) for name, argument in positional}
    where = given.get("where")
    return Finder(
        where=where if isinstance(where, str) else ".",
        include=texts(given.get("include")),
        exclude=texts(given.get("exclude")),
    )
