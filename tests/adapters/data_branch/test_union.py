"""The union of trees of a history is the same in any order, and loses and doubles nothing."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.data_branch.trees import Entry, is_history_path, listing, parse_tree
from ratchetry.adapters.data_branch.union import latest_cursor, parts_to_read, united
from tests.adapters.data_branch.remotes import CHUNK, EVENT, PART, run

OTHER = "months/2026-10/fedcba9876543210.json.xz"
OLD = tuple(run(number, "2026/10") for number in range(4))
SINGLES = st.sampled_from([*OLD, run(1), run(2), CHUNK, EVENT])
LEAN = "months/2026-10/aaaaaaaaaaaaaaaa.json.xz"
PARTS = {
    PART: frozenset(OLD[:2]),
    OTHER: frozenset(OLD[1:]),
    LEAN: frozenset((*OLD[:2], *(path.replace("runs/", "pruned/") for path in OLD[:2]))),
}


def tree(paths: frozenset[str]) -> dict[str, str]:
    """Return a tree in which each file is named after its path."""
    return {path: path for path in sorted(paths)}


TREES = st.frozensets(st.one_of(SINGLES, st.sampled_from(sorted(PARTS))), max_size=8).map(tree)


def held(files: frozenset[str]) -> set[str]:
    """Return the runs, events and chunks that files hold, in parts or by themselves."""
    return {each for path in files for each in PARTS.get(path, frozenset({path}))}


@given(TREES, st.lists(TREES, max_size=3))
def test_a_union_holds_what_its_trees_hold(base: dict[str, str], batches: list[dict[str, str]]) -> None:
    """Nothing is lost, no single file is beside a part that holds it and has just come in, and again is nothing."""
    coverage = {path: PARTS[path] for path in parts_to_read(base, batches)}
    union = united(base, batches, coverage)
    after = (base.keys() | union.added.keys()) - set(union.removed)
    assert held(frozenset(after)) == held(frozenset().union(base, *batches))
    for path in union.added.keys() & PARTS.keys():
        assert not PARTS[path] & after
    again = united(
        tree(frozenset(after)), batches, {path: PARTS[path] for path in parts_to_read(tree(frozenset(after)), batches)}
    )
    assert not again.added


@given(st.lists(TREES, min_size=2, max_size=3))
def test_the_order_does_not_matter_to_what_is_held(batches: list[dict[str, str]]) -> None:
    """Batches that come in any order, at once or one by one, give the same runs and events."""
    results = set()
    for order in permutations(batches):
        base: dict[str, str] = {}
        for batch in order:
            union = united(base, [batch], {path: PARTS[path] for path in parts_to_read(base, [batch])})
            base = {path: name for path, name in {**base, **union.added}.items() if path not in union.removed}
        results.add(frozenset(held(frozenset(base))))
    assert len(results) == 1


def test_what_is_there_stays() -> None:
    """Of two contents of one file the first stays; both cases are counted."""
    union = united({run(1): "a"}, [{run(1): "b", run(2): "c"}, {run(1): "a", run(2): "d"}], {})
    assert (union.added, union.known, union.differing) == ({run(2): "c"}, 1, 2)


def test_a_pruned_part_takes_the_place_of_the_one_with_rows() -> None:
    """Whichever of the two comes first, only the one without rows is there afterwards."""
    coverage = {PART: PARTS[PART], LEAN: PARTS[LEAN]}
    first = united({PART: PART}, [{LEAN: LEAN}], coverage)
    assert (first.added, first.removed) == ({LEAN: LEAN}, (PART,))
    second = united({LEAN: LEAN}, [{PART: PART}], coverage)
    assert (second.added, second.removed, second.known) == ({}, (), 1)


def test_damaged_parts_are_counted() -> None:
    """A part of which nobody knows what it stands for is not taken, and takes nothing away."""
    union = united({OLD[0]: "a"}, [{PART: "b"}], {})
    assert (union.added, union.removed, union.damaged) == ({}, (), 1)


@pytest.mark.parametrize("junk", [b"", b"[]", b"nothing", b"\xff", b"[" * 100_000, b'{"time":5}', b'{"time":"z"}'])
def test_the_latest_cursor_wins_over_junk(junk: bytes) -> None:
    """A cursor with a time is later than anything without, and the later time wins."""
    early = json.dumps({"time": "2026-01-01T00:00:00Z", "decided": [{"created": "2027-01-01T00:00:00Z"}]}).encode()
    late = json.dumps({"time": "2026-01-02T00:00:00Z"}).encode()
    assert latest_cursor((early, junk, late)) == latest_cursor((late, early, junk)) == late
    assert latest_cursor((junk, early)) == early


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_any_cursors_give_one_of_them_in_any_order(documents: list[bytes]) -> None:
    """The choice does not depend on the order."""
    assert {latest_cursor(order) for order in permutations(documents)} <= set(documents)
    assert len({latest_cursor(order) for order in permutations(documents)}) == 1


@given(st.binary(max_size=300))
def test_any_listing_is_taken(output: bytes) -> None:
    """Nothing that git prints of a tree breaks the reading."""
    found = listing(parse_tree(output))
    assert all(is_history_path(path) for path in found.files)


@given(st.text(max_size=40), st.sampled_from([b"100644", b"100755", b"120000", b"160000", b"040000"]))
def test_only_plain_names_are_taken(name: str, mode: bytes) -> None:
    """Whatever a path in a tree is, what is taken stays below the history and has an ordinary name."""
    entry = Entry(path=f"runs/2026/11/{name}-1.json".encode("utf-8", "replace"), mode=mode, object="0" * 40)
    for path in listing([entry]).files:
        assert path.isascii()
        assert ".." not in path.split("/")
        assert path.isprintable()
