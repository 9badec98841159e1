"""Events are called by what they say."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import Value, event

_TEXT = st.text(max_size=8)
_SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | _TEXT
_DATA = st.dictionaries(_TEXT, _SCALARS | st.lists(_SCALARS, max_size=2).map(tuple), max_size=3)


@given(_TEXT, _TEXT, st.lists(_TEXT, max_size=2).map(tuple), _DATA)
def test_the_same_event_has_the_same_identifier(
    time: str, subject: str, runs: tuple[str, ...], data: dict[str, Value]
) -> None:
    """What says the same, however its data are ordered, is the same event."""
    backwards = dict(reversed(list(data.items())))
    first = event("log", time=time, subject=subject, runs=runs, data=data)
    second = event("log", time=time, subject=subject, runs=runs, data=backwards)
    assert first == second
    assert len(first.id) == 16
    assert set(first.id) <= set("0123456789abcdef")


def test_what_says_something_else_is_another_event() -> None:
    """Each field counts, and no text can move from one field into the next."""
    base = event("log", time="t", repository="r", subject="s", actor="a", runs=("1-1",), data={"k": "v"})
    others = [
        event("issue", time="t", repository="r", subject="s", actor="a", runs=("1-1",), data={"k": "v"}),
        event("log", time="tr", repository="", subject="s", actor="a", runs=("1-1",), data={"k": "v"}),
        event("log", time="t", repository="rs", subject="", actor="a", runs=("1-1",), data={"k": "v"}),
        event("log", time="t", repository="r", subject="sa", actor="", runs=("1-1",), data={"k": "v"}),
        event("log", time="t", repository="r", subject="s", actor="a", runs=("1-1", ""), data={"k": "v"}),
        event("log", time="t", repository="r", subject="s", actor="a", runs=("1-1",), data={"k": ("v",)}),
        event("log", time="t", repository="r", subject="s", actor="a", runs=("1-1",)),
    ]
    assert len({base.id, *(other.id for other in others)}) == 1 + len(others)


def test_data_that_are_changed_later_do_not_change_the_event() -> None:
    """An event holds a copy of the data it was made of."""
    data: dict[str, Value] = {"k": "v"}
    made = event("log", time="t", data=data)
    data["k"] = "w"
    assert made.data == {"k": "v"}
    assert replace(made) == event("log", time="t", data={"k": "v"})
