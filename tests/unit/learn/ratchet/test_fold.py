"""The fold of moves."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.thresholds import Thresholds, stricter
from ratchetry.learn.ratchet.fold import fold
from ratchetry.state.thresholds import dumps, loads
from tests.unit.learn.ratchet.observed import COUNT, SHARE, maximum, minimum, moment

BOTH = Thresholds(updated_at="2026-01-01", bounds=(*minimum(60).bounds, *maximum(30).bounds))


def move(metric: str, to: Value, run: int = 0, **data: Value) -> Event:
    """Return a move."""
    kind = "maximum" if metric == COUNT else "minimum"
    known: dict[str, Value] = {
        "from": 1.0,
        "to": to,
        "kind": kind,
        "value": 2.0,
        "margin": 0.5,
        "k": 10,
        "confidence": 0.999,
    }
    return event("threshold_move", time=moment(run), subject=metric, runs=("1-1",), data={**known, **data})


_MOVES = st.lists(
    st.builds(
        move,
        st.sampled_from([COUNT, SHARE, "types.errors"]),
        st.floats(min_value=-10, max_value=120) | st.just("much") | st.none(),
        st.integers(min_value=0, max_value=60),
    ),
    max_size=6,
)


@given(_MOVES, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(moves: list[Event], chance: object) -> None:
    """Any order, duplicates and a second fold give the same bytes."""
    shuffled = [*moves, *moves]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    once, again = fold(BOTH, moves), fold(BOTH, shuffled)
    data = dumps(once.thresholds)
    assert data == dumps(again.thresholds)
    assert dumps(fold(loads(data, "file"), shuffled).thresholds) == data
    assert once.refused == again.refused


@given(_MOVES, _MOVES)
def test_bounds_only_tighten(first: list[Event], more: list[Event]) -> None:
    """With more events no bound is looser, and none passes its target."""
    before = {row.metric: row for row in fold(BOTH, first).thresholds.bounds}
    for row in fold(BOTH, [*first, *more]).thresholds.bounds:
        assert stricter(row.kind, row.bound, before[row.metric].bound) == row.bound
        assert 0 <= row.bound <= 100


def test_a_file_that_was_lowered_by_hand_is_tightened_again() -> None:
    """Of the file's bound and the moves, the strictest counts."""
    folded = fold(minimum(60), [move(SHARE, 75.0), move(SHARE, 70.0, 5)])
    assert [row.bound for row in folded.thresholds.bounds] == [75.0]
    (row,) = fold(
        loads(dumps(folded.thresholds).replace(b"75,", b"50,"), "file"), [move(SHARE, 75.0)]
    ).thresholds.bounds
    assert row.bound == 75.0


def test_the_history_names_each_move_with_its_evidence() -> None:
    """A row for each move, by its time, and the file's date is that of the newest."""
    folded = fold(minimum(60), [move(SHARE, 70.0, 5), move(SHARE, 65.0, 1)]).thresholds
    rows = json.loads(dumps(folded))["history"]
    assert [(row["to"], row["runs"], row["value"], row["margin"]) for row in rows] == [
        (65.0, ["1-1"], 2.0, 0.5),
        (70.0, ["1-1"], 2.0, 0.5),
    ]
    assert folded.updated_at == moment(5)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (move("types.errors", 3.0), "the file has no row for 'types.errors'"),
        (move(SHARE, "90"), "it names no number to move to"),
        (move(SHARE, float("nan")), "it names no number to move to"),
        (move(SHARE, 90.0, kind="maximum"), "coverage.line has a minimum"),
        (move(SHARE, 90.0, 40), "it is 3.0 days ahead of the newest run"),
        (
            event("threshold_move", time="soon", subject=SHARE, data={"to": 9.0, "kind": "minimum"}),
            "its time 'soon' is",
        ),
    ],
)
def test_events_that_make_no_sense_are_refused_one_by_one(one: Event, reason: str) -> None:
    """They are named with the reason, and the others count."""
    folded = fold(minimum(60), [one, move(SHARE, 61.0)], as_of=moment(10))
    assert [(row.event, row.reason.startswith(reason)) for row in folded.refused] == [(one.id, True)]
    assert [row.bound for row in folded.thresholds.bounds] == [61.0]


def test_without_moves_a_file_stays_as_it_is() -> None:
    """Nothing is written anew where nothing is to be said."""
    assert fold(BOTH, ()).thresholds is BOTH
