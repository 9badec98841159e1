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

from msgspec import UNSET, Struct, UnsetType, field

Json = object
"""What a JSON parser returns."""


class Node(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What stands at one place of some documents, said in one of the ways above."""

    same: Json = UNSET
    each: list[Json] | UnsetType = UNSET
    letters: list[str] | UnsetType = UNSET
    items: list[Node] | UnsetType = UNSET
    fields: dict[str, Node] | UnsetType = UNSET
    within: dict[str, list[int]] = field(default_factory=dict, name="in")


def transposed(values: Sequence[Json]) -> Node:
    """Return the node of some values, one for each document; there must be one at least."""
    kinds = {type(value) for value in values}
    if kinds == {dict}:
        return _fields([value for value in values if isinstance(value, dict)])
    if kinds == {list}:
        return _items([value for value in values if isinstance(value, list)])
    if len(kinds) == 1 and all(_alike(value, values[0]) for value in values):
        return Node(same=values[0])
    if kinds == {str}:
        return _letters([value for value in values if isinstance(value, str)])
    return Node(each=list(values))


def _alike(left: Json, right: Json) -> bool:
    """Tell whether two scalars of one type are written alike: 0.0 and -0.0 are equal, and are not."""
    return left == right and (left != 0 or repr(left) == repr(right))


def _fields(values: Sequence[Mapping[str, Json]]) -> Node:
    """Return the node of objects."""
    rows: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        for name in value:
            rows.setdefault(name, []).append(at)
    nodes = {name: transposed([values[at][name] for at in rows[name]]) for name in sorted(rows)}
    partly = {name: rows[name] for name in nodes if len(rows[name]) < len(values)}
    if not partly and all(node.same is not UNSET for node in nodes.values()):
        return Node(same={name: node.same for name, node in nodes.items()})
    return Node(fields=nodes, within=partly)


def _items(values: Sequence[Sequence[Json]]) -> Node:
    """Return the node of arrays."""
    if len({len(value) for value in values}) > 1:
        return Node(each=list(values))
    nodes = [transposed(column) for column in zip(*values, strict=True)]
    if all(node.same is not UNSET for node in nodes):
        return Node(same=[node.same for node in nodes])
    return Node(items=nodes)


def _letters(values: Sequence[str]) -> Node:
    """Return the node of texts."""
    if len({len(value) for value in values}) > 1:
        return Node(each=list(values))
    return Node(letters=["".join(column) for column in zip(*values, strict=True)])


def pick(node: Node, at: int) -> Json:
    """Return what a node says of one document; raises IndexError for one too many, ValueError if it says nothing."""
    if node.each is not UNSET:
        return node.each[at]
    if node.same is not UNSET:
        return node.same
    if node.letters is not UNSET:
        return "".join([column[at] for column in node.letters])
    if node.items is not UNSET:
        # a million times in a month: not one call for each of the simple ones
        return [pick(child, at) if child.each is UNSET else child.each[at] for child in node.items]
    if node.fields is not UNSET:
        found = {name: descend(node, at, name) for name in node.fields}
        return {name: pick(*place) for name, place in found.items() if place is not None}
    msg = "a node that says nothing"
    raise ValueError(msg)


def descend(node: Node, at: int, name: str) -> tuple[Node, int] | None:
    """Return the node of a field and the document's position in it, None when the document has no such field."""
    if node.fields is not UNSET:
        child = node.fields.get(name)
        place = _place(node.within.get(name), at)
        return None if child is None or place is None else (child, place)
    value = pick(node, at)
    return (Node(same=value[name]), at) if isinstance(value, dict) and name in value else None


def _place(rows: Sequence[int] | None, at: int) -> int | None:
    """Return a document's position among those that have a field, which all have if no rows are given."""
    if rows is None:
        return at
    place = bisect_left(rows, at)
    return place if place < len(rows) and rows[place] == at else None
