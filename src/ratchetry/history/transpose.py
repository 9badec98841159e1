"""Many JSON documents of one shape as columns: what they share is said once, what differs stands side by side.

A node says what stands at one place of some documents:

    {"same": v}                        v in all of them
    {"fields": {name: node}}           an object; each node speaks of the documents that have the field
    {"fields": …, "in": {name: [i…]}}  as above, with the documents, by position, that have a field not all of them have
    {"items": [node…]}                 an array of one length
    {"letters": [text…]}               a text of one length: for each of its places the letters of all documents
    {"each": [v…]}                     anything, for each document

Nothing is lost, for any JSON, and it takes the less room the more alike the documents are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

Json = object
"""What a JSON parser returns."""
Node = Mapping[str, object]


def transposed(values: Sequence[Json]) -> Node:
    """Return the node of some values, one for each document; there must be one at least."""
    kinds = {type(value) for value in values}
    if kinds == {dict}:
        return _fields([value for value in values if isinstance(value, dict)])
    if kinds == {list}:
        return _items([value for value in values if isinstance(value, list)])
    if len(kinds) == 1 and all(value == values[0] for value in values):
        return {"same": values[0]}
    if kinds == {str}:
        return _letters([value for value in values if isinstance(value, str)])
    return {"each": list(values)}


def _fields(values: Sequence[Mapping[str, Json]]) -> Node:
    """Return the node of objects."""
    rows: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        for name in value:
            rows.setdefault(name, []).append(at)
    nodes = {name: transposed([values[at][name] for at in rows[name]]) for name in sorted(rows)}
    partly = {name: rows[name] for name in nodes if len(rows[name]) < len(values)}
    if not partly and all("same" in node for node in nodes.values()):
        return {"same": {name: node["same"] for name, node in nodes.items()}}
    return {"fields": nodes, "in": partly} if partly else {"fields": nodes}


def _items(values: Sequence[Sequence[Json]]) -> Node:
    """Return the node of arrays."""
    if len({len(value) for value in values}) > 1:
        return {"each": list(values)}
    nodes = [transposed(column) for column in zip(*values, strict=True)]
    if all("same" in node for node in nodes):
        return {"same": [node["same"] for node in nodes]}
    return {"items": nodes}


def _letters(values: Sequence[str]) -> Node:
    """Return the node of texts."""
    if len({len(value) for value in values}) > 1:
        return {"each": list(values)}
    return {"letters": ["".join(column) for column in zip(*values, strict=True)]}


def pick(node: Node, at: int) -> Json:
    """Return what the node says of one document; raises ValueError for what is no node, LookupError for no such row."""
    match node:
        case {"same": value}:
            return value
        case {"each": [*values]}:
            return values[at]
        case {"letters": [*columns]}:
            return "".join([str(column)[at] for column in columns])
        case {"items": [*nodes]}:
            return [pick(child, at) for child in nodes if isinstance(child, dict)]
        case {"fields": dict() as nodes}:
            found = {name: descend(node, at, name) for name in nodes}
            return {name: pick(*place) for name, place in found.items() if place is not None}
    msg = "not a node of transposed documents"
    raise ValueError(msg)


def descend(node: Node, at: int, name: str) -> tuple[Node, int] | None:
    """Return the node of a field and the document's position in it, None when the document has no such field."""
    match node:
        case {"same": dict() as value}:
            return ({"same": value[name]}, at) if name in value else None
        case {"each": [*values]}:
            return descend({"same": values[at]}, at, name)
        case {"fields": dict() as nodes}:
            child = nodes.get(name)
            rows = _rows(node, name)
            if not isinstance(child, dict):
                return None
            if rows is None:
                return child, at
            place = bisect_left(rows, at)
            return (child, place) if place < len(rows) and rows[place] == at else None
    return None


def _rows(node: Node, name: str) -> list[int] | None:
    """Return the documents that have a field, None when all have."""
    partly = node.get("in")
    rows = partly.get(name) if isinstance(partly, dict) else None
    return rows if isinstance(rows, list) else None
