"""Events as files."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import Value, event
from ratchetry.errors import StateError
from ratchetry.history.event_file import event_bytes, event_in

_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_SCALARS = st.none() | st.booleans() | _TEXT | _NUMBERS
_VALUES = _SCALARS | st.lists(_SCALARS, max_size=2).map(tuple) | st.dictionaries(_TEXT, _SCALARS, max_size=2)
_DATA = st.dictionaries(_TEXT, _VALUES, max_size=3)


@given(_TEXT, _TEXT, _DATA)
def test_an_event_survives_its_file(time: str, actor: str, data: dict[str, Value]) -> None:
    """Whatever an event says, its file gives it back."""
    kept = event("decision", time=time, actor=actor, runs=("1-1",), data=data)
    assert event_in(event_bytes(kept), "event.json") == kept


@given(st.data())
def test_a_damaged_event_is_refused(data: st.DataObject) -> None:
    """A cut or changed file is a StateError, as no event says the same under that identifier."""
    whole = event_bytes(event("log", time="2026-10-01T00:00:00Z", subject="production", data={"message": "m"}))
    place = data.draw(st.integers(0, len(whole) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    for broken in (whole[:place], whole[:place] + bytes([byte]) + whole[place + 1 :]):
        with pytest.raises(StateError, match=r"^event\.json: "):
            event_in(broken, "event.json")


@pytest.mark.parametrize("data", [{"n": math.nan}, {"n": math.inf}, {"t": "\ud800"}])
def test_an_event_that_would_not_come_back_is_refused(data: dict[str, Value]) -> None:
    """What JSON cannot say is told before anything is written."""
    with pytest.raises(StateError, match="cannot be kept"):
        event_bytes(event("log", time="t", data=data))


def test_an_event_under_another_name_is_refused() -> None:
    """An identifier that does not follow from the content is told, and so is a newer version."""
    kept = event("log", time="t")
    with pytest.raises(StateError, match="would have the identifier"):
        event_bytes(replace(kept, id="0" * 16))
    newer = event_bytes(kept).replace(b'"schema_version":1', b'"schema_version":2')
    with pytest.raises(StateError, match="schema_version 2 is newer than the 1"):
        event_in(newer, "event.json")
