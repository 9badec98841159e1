"""Tests of ratchetry.report.chart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.report.chart import Bar, against, share, strip
from tests.unit.report.hostile import steady


@pytest.mark.parametrize(
    ("value", "bound", "unit", "bar"),
    [
        (80.0, 60.0, "percent", Bar(length=80.0, mark=60.0)),
        (0.5, 0.8, "ratio", Bar(length=50.0, mark=80.0)),
        (10.0, 20.0, "count", Bar(length=37.5, mark=75.0)),
        (500.0, 20.0, "count", Bar(length=100.0, mark=75.0)),
        (0.0, 0.0, "count", Bar(length=0.0, mark=0.0)),
        (3.0, 0.0, "count", Bar(length=100.0, mark=0.0)),
        (None, 20.0, "count", Bar(length=0.0, mark=75.0)),
    ],
)
def test_a_value_stands_against_its_bound(value: float | None, bound: float, unit: str, bar: Bar) -> None:
    """Percentages and ratios use their whole scale; others put the bound at three quarters of the bar."""
    assert against(value, bound, unit) == bar


def test_a_share_of_nothing_is_nothing() -> None:
    """The share of a largest value of zero has no length."""
    assert share(1.0, 4.0) == Bar(length=25.0)
    assert share(0.0, 0.0) == Bar(length=0.0)


@steady
@given(st.none() | st.floats(allow_nan=False), st.floats(allow_nan=False, allow_infinity=False))
def test_bars_stay_inside(value: float | None, bound: float) -> None:
    """No value and no bound draws outside of the chart."""
    for unit in ("percent", "ratio", "count"):
        bar = against(value, bound, unit)
        assert 0 <= bar.length <= 100
        assert bar.mark is not None
        assert 0 <= bar.mark <= 100


def test_a_strip_shows_where_rounds_lie() -> None:
    """Ticks are strongest where most rounds are; the box holds the middle half, the line the median."""
    plot = strip([1.0] * 50 + [2.0] * 10 + [3.0] * 20)
    assert plot is not None
    assert [(tick.at, tick.strength) for tick in plot.ticks] == [(1.67, 4), (50.0, 1), (98.33, 2)]
    assert (plot.low, plot.high, plot.median, plot.beyond) == ("1.00 s", "3.00 s", 2.0, 0)


def test_a_hiccup_does_not_flatten_a_strip() -> None:
    """A round far above all others is left out, and counted."""
    plot = strip([1.0, 1.1, 1.2, 1.3, 1.4, 500.0])
    assert plot is not None
    assert (plot.high, plot.beyond) == ("1.40 s", 1)


def test_equal_rounds_stand_in_the_middle() -> None:
    """Rounds that are all the same have one tick."""
    plot = strip([0.5, 0.5])
    assert plot is not None
    assert [tick.at for tick in plot.ticks] == [50.0]


def test_no_rounds_no_strip() -> None:
    """Without a usable round there is nothing to plot."""
    assert strip([]) is None
    assert strip([float("nan"), float("inf"), -1.0]) is None


@steady
@given(st.lists(st.floats()))
def test_strips_stay_inside(rounds: list[float]) -> None:
    """Whatever the rounds, everything drawn lies inside the chart, in order."""
    plot = strip(rounds)
    if plot is not None:
        places = [tick.at for tick in plot.ticks]
        assert places == sorted(places)
        assert all(0 <= place <= 100 for place in (*places, *plot.box, plot.median))
        assert plot.box[0] <= plot.box[1]
