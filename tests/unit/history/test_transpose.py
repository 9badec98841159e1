"""Documents as columns and back."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.history.transpose import Node, descend, pick, transposed

_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 0.5, "", "PP", "PF", "a"])
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)


def through_a_file(node: Node) -> Node:
    """Return a node after it has been written and read."""
    return msgspec.json.decode(msgspec.json.encode(node, order="sorted"), type=Node)


@given(st.lists(_JSON, min_size=1, max_size=5))
def test_every_document_comes_back(documents: list[object]) -> None:
    """Any JSON survives, true told from 1 and 1 from 1.0, byte for byte when it is written again."""
    node = through_a_file(transposed(documents))
    back = [pick(node, at) for at in range(len(documents))]
    assert [json.dumps(value, sort_keys=True) for value in back] == [
        json.dumps(value, sort_keys=True) for value in documents
    ]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), _JSON, max_size=3), min_size=1, max_size=5))
def test_one_field_can_be_picked(documents: list[dict[str, object]]) -> None:
    """A field is found in each document that has it, and in no other."""
    node = through_a_file(transposed(documents))
    for at, document in enumerate(documents):
        for name in "abcd":
            place = descend(node, at, name)
            assert (place is not None) == (name in document)
            assert place is None or json.dumps(pick(*place)) == json.dumps(document[name], sort_keys=True)


def test_what_documents_share_is_said_once() -> None:
    """The shape follows from what is alike."""
    documents: list[object] = [
        {"run": {"id": number, "repository": "r"}, "outcomes": "PP" if number else "PF", "durations": [1, number]}
        for number in range(2)
    ]
    assert msgspec.json.encode(transposed([*documents, {"run": 1}]), order="sorted") == (
        b'{"fields":{"durations":{"items":[{"same":1},{"each":[0,1]}]},"outcomes":{"letters":["PP","FP"]},'
        b'"run":{"each":[{"id":0,"repository":"r"},{"id":1,"repository":"r"},1]}},'
        b'"in":{"durations":[0,1],"outcomes":[0,1]}}'
    )


def test_a_node_that_says_nothing_is_refused() -> None:
    """A node from a file may be anything: what cannot be answered is an error."""
    with pytest.raises(ValueError, match="says nothing"):
        pick(Node(), 0)
    with pytest.raises(IndexError):
        pick(Node(each=[1]), 1)
    with pytest.raises(IndexError):
        pick(Node(letters=["P"]), 1)
    assert descend(Node(fields={"a": Node(same=1)}, within={"a": [3]}), 0, "a") is None
    assert descend(Node(same=3), 0, "a") is None
