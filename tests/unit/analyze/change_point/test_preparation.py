"""Series made ready for detection."""

from __future__ import annotations

import math

import pytest

from ratchetry.analyze.change_point.preparation import observed, prepared
from ratchetry.domain.series import Point, Series


def _series(*points: Point) -> Series:
    """Return a series of points."""
    return Series(points=points)


def test_reruns_are_one_wherever_they_stand() -> None:
    """Results of one commit on one machine are their median where the first is; another machine's stay apart."""
    ready = prepared(
        _series(
            Point(value=1.0, commit="a", machine="x"),
            Point(value=5.0, commit="a", machine="y"),
            Point(value=2.0, commit="b", machine="x"),
            Point(value=3.0, commit="a", machine="x", n=4),
            Point(value=1.5, commit="a", machine="x"),
            Point(value=9.0),
            Point(value=9.0),
        )
    )
    assert [point.value for point in ready.points] == [1.5, 5.0, 2.0, 9.0, 9.0]
    assert ready.places == (0, 1, 2, 5, 6)
    assert ready.points[0].n == 6
    assert ready.notes == ("2 repeated results are one with those of their commit, by the median",)


def test_points_of_one_moment_keep_their_order() -> None:
    """Unsorted times are sorted; equal ones stay as they came."""
    times = ["2026-01-02", "2026-01-01", "2026-01-02", "2026-01-01"]
    ready = prepared(_series(*(Point(value=float(at), time=time) for at, time in enumerate(times))))
    assert ready.places == (1, 3, 0, 2)


def test_without_all_times_the_order_is_as_given() -> None:
    """One point without a time leaves all where they are."""
    ready = prepared(
        _series(Point(value=1.0, time="2026-01-02"), Point(value=2.0), Point(value=3.0, time="2026-01-01"))
    )
    assert ready.places == (0, 1, 2)
    assert ready.notes == ()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_left_out(value: float) -> None:
    """Places are still those in the series as given."""
    ready = prepared(_series(Point(value=value), Point(value=1.0)))
    assert ready.places == (1,)
    assert ready.notes == ("1 points without a finite value are left out",)


def test_reused_results_are_not_observed() -> None:
    """What was taken over is there for those who compare values, and not for those who look for changes."""
    series = _series(Point(value=1.0), Point(value=1.0, reused=True), Point(value=2.0))
    assert len(prepared(series).points) == 3
    assert observed(series).places == (0, 2)
    assert observed(series).notes == ("1 results taken over from earlier runs are left out",)


def test_another_source_is_another_machine() -> None:
    """Values that are defined otherwise are told apart as machines are, on each machine."""
    ready = prepared(
        _series(
            *(Point(value=1.0, machine="x", source="import") for _ in range(2)),
            *(Point(value=1.0, machine="x") for _ in range(3)),
        )
    )
    assert ready.machines == (1, 1, 0, 0, 0)
    assert "another source" in ready.notes[0]
