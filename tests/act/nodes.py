"""Workflow files as trees of YAML nodes: everything that is not changed keeps its type, `on` stays a word."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


def read(path: Path) -> MappingNode:
    """Return the mapping that a file holds."""
    return mapping(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


def write(path: Path, node: MappingNode) -> None:
    """Write a mapping into a file."""
    path.write_text(yaml.serialize(node, width=10_000), encoding="utf-8")


def mapping(node: Node | None) -> MappingNode:
    """Return a node that is a mapping; raises TypeError for another one."""
    if not isinstance(node, MappingNode):
        msg = f"a mapping was expected, not {node}"
        raise TypeError(msg)
    return node


def text(node: Node | None, default: str = "") -> str:
    """Return the text of a scalar, the default when there is none; raises TypeError for another node."""
    if node is None:
        return default
    if not isinstance(node, ScalarNode):
        msg = f"a scalar was expected, not {node}"
        raise TypeError(msg)
    return str(node.value)


def items(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the keys and values of a mapping, none when there is none."""
    if node is not None:
        for key, value in mapping(node).value:
            yield str(key.value), value


def get(node: Node, key: str) -> Node | None:
    """Return the value of a key in a mapping."""
    return next((value for name, value in items(node) if name == key), None)


def put(node: MappingNode, key: str, value: Node) -> None:
    """Set a key of a mapping."""
    if get(node, key) is None:
        node.value = [*node.value, (of(key), value)]
    else:
        node.value = [(one, value if one.value == key else old) for one, old in node.value]


def drop(node: MappingNode, key: str) -> None:
    """Take a key out of a mapping."""
    node.value = [(one, value) for one, value in node.value if one.value != key]


def of(value: object) -> Node:
    """Return a value of JSON as a node."""
    made = yaml.compose(json.dumps(value), Loader=yaml.SafeLoader)
    if made is None:
        msg = "JSON always has a value"
        raise ValueError(msg)
    return made


def copied(node: MappingNode) -> MappingNode:
    """Return a copy that can be changed on its own."""
    return copy.deepcopy(node)


def scalars(node: Node, key: str = "") -> Iterator[tuple[str, ScalarNode]]:
    """Yield every scalar below a node with the key that it stands under."""
    match node:
        case MappingNode():
            for name, value in items(node):
                yield from scalars(value, name)
        case SequenceNode():
            for value in node.value:
                yield from scalars(value, key)
        case ScalarNode():
            yield key, node
