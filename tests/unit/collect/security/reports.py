"""Real reports, and strategies that damage them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from ratchetry.errors import ReportError

DATA = Path(__file__).parents[3] / "data"


def real(name: str) -> bytes:
    """Return a report that a tool wrote."""
    return (DATA / name).read_bytes()


def hostile(report: bytes) -> st.SearchStrategy[bytes]:
    """Return documents that nobody should trust: cut, patched or rearranged reports, any JSON and any bytes."""
    positions = st.integers(min_value=0, max_value=len(report))
    cut = positions.map(lambda end: report[:end])
    patched = st.builds(lambda at, piece: report[:at] + piece + report[at + len(piece) :], positions, st.binary())
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
    rearranged = st.builds(_replaced, st.just(report), st.integers(min_value=0), anything)
    nested = st.integers(min_value=1, max_value=100_000).map(lambda depth: b"[" * depth)
    return st.one_of(
        cut, patched, rearranged, nested, st.binary(), anything.map(lambda value: json.dumps(value).encode())
    )


def refuses_or_reads(parse: Callable[[bytes], object], document: bytes) -> None:
    """Parse a document; any exception but ReportError escapes and fails the test."""
    with contextlib.suppress(ReportError):
        parse(document)


def _replaced(report: bytes, number: int, value: object) -> bytes:
    """Return a JSON report in which one of its values, by number, is another one."""
    document = json.loads(report)
    places: list[tuple[dict[str, object] | list[object], str | int]] = []
    waiting: list[object] = [document]
    while waiting:
        match waiting.pop():
            case dict() as table:
                places.extend((table, key) for key in table)
                waiting.extend(table.values())
            case list() as rows:
                places.extend((rows, index) for index in range(len(rows)))
                waiting.extend(rows)
    match places[number % len(places)]:
        case (dict() as table, str() as key):
            table[key] = value
        case (list() as rows, int() as index):
            rows[index] = value
    return json.dumps(document).encode()
