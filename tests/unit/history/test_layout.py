"""Paths in a history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.errors import StateError
from ratchetry.history.layout import (
    ChunkPlace,
    EventPlace,
    PartPlace,
    RunPlace,
    check_layout,
    chunk_path,
    event_path,
    layout_bytes,
    month_of,
    part_path,
    place_of,
    run_key,
    run_path,
)

_IDS = st.text(max_size=120) | st.sampled_from(
    ["", ".", "..", "../../etc/passwd", "a/b", "a\\b", "a\x00b", "-1", "7-1", "7~", "NUL", "é" * 200, "a" * 101, ".git"]
)
_ATTEMPTS = st.integers(1, 2**63 - 1)


@given(_IDS, _ATTEMPTS, st.text(max_size=12))
def test_any_run_has_a_safe_path_that_is_parsed_back(run_id: str, attempt: int, started: str) -> None:
    """Whatever a run calls itself, its path stays in its month and says month and key again."""
    path = run_path(run_id, attempt, started)
    assert place_of(path) == RunPlace(month=month_of(started), key=run_key(run_id, attempt))
    name = path.rpartition("/")[2]
    assert path.count("/") == 3
    assert not name.startswith(".")
    assert name.isascii()
    assert name.isprintable()
    assert len(name) < 160


@given(_IDS, _ATTEMPTS, _IDS, _ATTEMPTS)
def test_no_two_run_attempts_share_a_name(left: str, first: int, right: str, second: int) -> None:
    """Names of different run attempts differ, also where characters had to be replaced."""
    assert (run_key(left, first) == run_key(right, second)) == ((left, first) == (right, second))


@pytest.mark.parametrize(
    ("started", "month"),
    [
        ("2026-11-20T18:00:00Z", "2026-11"),
        ("1969-12-31T23:59:59Z", "1969-12"),
        ("9999-01-01", "9999-01"),
        ("2026-11", "2026-11"),
        ("", "0000-00"),
        ("2026-13-01", "0000-00"),
        ("2026-00-01", "0000-00"),
        ("yesterday", "0000-00"),
        ("../../..", "0000-00"),
        ("٢٠٢٦-11-20", "0000-00"),
    ],
)
def test_the_month_is_that_of_the_start(started: str, month: str) -> None:
    """A clock may be wrong by centuries; what is no date has a month of its own."""
    assert month_of(started) == month


def test_all_paths_say_what_they_are() -> None:
    """Paths of events, chunks and parts are parsed back; anything else is nothing of a history."""
    assert place_of(event_path("0" * 16, "2026-01-02")) == EventPlace(month="2026-01", id="0" * 16)
    assert place_of(chunk_path("ab" + "0" * 14)) == ChunkPlace(id="ab" + "0" * 14)
    assert place_of(part_path("2026-01", "f" * 16)) == PartPlace(month="2026-01", checksum="f" * 16)
    for path in ("", "runs/2026/01/x.json", "runs/2026/01/../x-1.json", "catalog/ab/cd00000000000000.json", "a"):
        assert place_of(path) is None


@pytest.mark.parametrize("identifier", ["", "../../x", "g" * 16, "AB" + "0" * 14, "0" * 15])
def test_what_is_no_identifier_leads_to_no_path(identifier: str) -> None:
    """A document cannot make the reader open another file than a chunk."""
    with pytest.raises(StateError, match="not the identifier of a chunk"):
        chunk_path(identifier)


def test_a_newer_layout_is_refused_by_name() -> None:
    """A history that a later version has laid out differently is not touched."""
    check_layout(layout_bytes(), "layout.json")
    with pytest.raises(StateError, match=r"layout\.json: layout 2 is newer than the 1 that is read here"):
        check_layout(b'{"layout":2}', "layout.json")
    with pytest.raises(StateError, match=r"layout\.json: layout: Expected `int`"):
        check_layout(b'{"layout":"x"}', "layout.json")
