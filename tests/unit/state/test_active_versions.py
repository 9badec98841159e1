"""active-versions.json is read strictly and written the same way every time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.versions import ActiveVersion, ActiveVersions
from ratchetry.errors import StateError
from ratchetry.state.active_versions import MOST_SLOTS, dumps, loads

ACTIVE = ActiveVersions(
    slots={
        "review-prompt": ActiveVersion(
            version="v2",
            since="2026-03-09T10:00:00Z",
            previous="v1",
            cause="experiment",
            experiment="tone",
            evidence={"lift": 0.12, "days": 7, "low": None},
        )
    }
)


def test_it_is_read_as_it_was_written() -> None:
    """Reading what was written gives the same, and writing that the same bytes."""
    data = dumps(ACTIVE)
    assert loads(data, "active-versions.json") == ACTIVE
    assert dumps(loads(data, "x")) == data
    assert loads(b"{}", "x") == ActiveVersions()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"version": 2}, "newer than the 1"),
        ({"slot": {}}, "unknown field"),
        ({"slots": {"a b": {"version": "v", "since": "2026-01-01"}}}, r"slots.a b: the slot may have"),
        ({"slots": {"a": {"version": "v\n", "since": "2026-01-01"}}}, "version may have"),
        ({"slots": {"a": {"version": "v", "since": "soon"}}}, "'soon' is no time"),
        ({"slots": {"a": {"version": "v", "since": "2026-01-01", "previous": "b c"}}}, "previous may have"),
        ({"slots": {"a": {"version": "v", "since": "2026-01-01", "cause": "whim"}}}, "whim"),
        ({"slots": {"a": {"since": "2026-01-01"}}}, "version"),
        (
            {"slots": {f"s{number}": {"version": "v", "since": "2026-01-01"} for number in range(MOST_SLOTS + 1)}},
            "more than the 1000",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(document: dict[str, object], message: str) -> None:
    """The error names the file and what is wrong."""
    with pytest.raises(StateError, match=message) as caught:
        loads(json.dumps(document).encode(), "active-versions.json")
    assert str(caught.value).startswith("active-versions.json: ")


@given(st.binary(max_size=60) | st.integers(0, len(dumps(ACTIVE))).map(lambda end: dumps(ACTIVE)[:end]))
def test_damaged_files_are_refused(data: bytes) -> None:
    """Whatever stands in the file, it is read or refused with a StateError."""
    try:
        loads(data, "x")
    except StateError:
        return
