"""The trend of one series: what it finds, what it refuses, and how often it errs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.change_point.detection import detect
from ratchetry.analyze.trend.estimate import LEAST, estimated
from ratchetry.domain.series import Point, Series
from tests.unit.analyze.trend.made import first_order, line, series

steady = settings(derandomize=True, deadline=None, max_examples=60)


def test_a_line_is_found() -> None:
    """The slope is in the unit per day, and its interval holds the truth: here -0.1 a day, in two values a day."""
    trend = estimated(series(line(1, 120, rise=-6.0))).trend
    assert trend.slope is not None
    assert trend.interval is not None
    assert trend.interval[0] < -0.1 < trend.interval[1] < 0
    assert trend.p_value is not None
    assert trend.p_value < 1e-6
    assert trend.level == pytest.approx(74, abs=0.5)
    assert (trend.n, trend.days) == (120, 59.5)


def test_a_step_is_no_trend() -> None:
    """Where the level changed the trend is that since then; where that is not proven yet, a step is still suspected."""
    noise = np.random.default_rng(2).normal(size=80)
    weak = estimated(series(np.where(np.arange(80) < 50, 80.0, 81.5) + noise))
    assert weak.trend.p_value is not None
    assert weak.trend.p_value < 0.01
    assert weak.doubt.startswith("one step explains")
    stepped = series(np.where(np.arange(80) < 50, 80.0, 90.0) + noise)
    found = detect(stepped).change_points
    since = estimated(stepped, found).trend
    assert [change.index for change in found] == [50]
    assert since.n == 30
    assert since.since == stepped.points[50].time
    assert since.p_value is not None
    assert since.p_value > 0.01


def test_a_line_is_no_step() -> None:
    """Lines and curves are not taken for steps, whatever their noise."""
    for seed in range(30):
        assert not estimated(series(line(seed, 60, rise=6.0))).doubt
    curve = 80 + 10 * np.sqrt(np.arange(60)) + np.random.default_rng(3).normal(size=60)
    assert not estimated(series(curve)).doubt


def test_what_wanders_has_no_trend() -> None:
    """A random walk comes to be far away without going there; one that only ever rises has a trend all the same."""
    chance = np.random.default_rng(11)
    walks = [estimated(series(np.cumsum(chance.normal(size=300)))) for _ in range(20)]
    claimed = [each for each in walks if not each.doubt and (each.trend.p_value or 0.0) < 0.05]
    assert len(claimed) <= 2
    assert any(each.doubt.startswith("it wanders") for each in walks)
    assert not estimated(series(np.arange(200.0) ** 2)).doubt


@pytest.mark.parametrize(("alike", "most"), [(0.0, 0.09), (0.5, 0.11), (0.8, 0.13)])
def test_false_alarms_where_neighbors_are_alike(alike: float, most: float) -> None:
    """At 5 percent, noise of a first order process is called a trend about that often; the plain test errs far more."""
    chance = np.random.default_rng(7)
    trends = [estimated(series(first_order(chance, 60, alike))).trend for _ in range(200)]
    assert np.mean([trend.p_value is not None and trend.p_value <= 0.05 for trend in trends]) <= most
    assert (np.median([trend.inflation for trend in trends]) > 2) == (alike >= 0.5)


def test_intervals_hold_the_slope_as_often_as_they_say() -> None:
    """Of 95 percent intervals, about so many hold the true slope, also where neighbors are alike."""
    chance = np.random.default_rng(8)
    for alike in (0.0, 0.5):
        trends = [estimated(series(first_order(chance, 60, alike) + 0.1 * np.arange(60))).trend for _ in range(150)]
        held = [low <= 0.2 <= high for trend in trends if trend.interval for low, high in [trend.interval]]
        assert len(held) == 150
        assert np.mean(held) >= 0.88


def test_machines_are_kept_apart() -> None:
    """A benchmark that moves from a slow machine to a fast one gets no faster; within machines, it gets slower."""
    machines = ["slow"] * 30 + ["slow", "fast"] * 10 + ["fast"] * 30
    values = np.where(np.array(machines) == "slow", 2.0, 1.0) + 0.002 * np.arange(80)
    values += np.random.default_rng(4).normal(scale=0.01, size=80)
    timed = series(values, name="benchmark.parse", unit="seconds", better="lower", machines=machines)
    trend = estimated(timed).trend
    assert trend.slope == pytest.approx(0.004, rel=0.05)
    mixed = estimated(replace(timed, points=tuple(replace(point, machine="") for point in timed.points))).trend
    assert mixed.slope is not None
    assert mixed.slope < 0


def test_a_machine_for_each_value_tells_nothing() -> None:
    """Without two values of one machine there is nothing to compare; coverage does not depend on the machine."""
    machines = [f"laptop {at}" for at in range(20)]
    timed = series(line(1, 20, 5.0), name="benchmark.x", unit="seconds", machines=machines)
    assert estimated(timed).trend.reason == f"no machine has measured {LEAST} of the 20 values"
    assert estimated(series(line(1, 20, 5.0), machines=machines)).trend.slope is not None


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_few_values(n: int) -> None:
    """Less than eight values have no trend, and the reason says so."""
    trend = estimated(series(line(1, n, 1.0))).trend
    assert (trend.slope, trend.p_value, trend.verdict) == (None, None, "unknown")
    assert trend.reason == f"a trend takes 8 dated values, and there are {n}"


def test_values_without_time_or_number_are_left_out() -> None:
    """NaN, infinities and values beyond all measure do not count, nor those whose time is none."""
    good = series(line(1, 20, 5.0))
    odd = (
        *(Point(value=value, time="2026-05-01T00:00:00Z") for value in (math.nan, math.inf, -math.inf, 1e300)),
        *(Point(value=1.0, time=time) for time in ("", "yesterday", "2026-13-01")),
    )
    assert estimated(replace(good, points=good.points + odd)).trend == estimated(good).trend
    untimed = Series(name="coverage.line", points=tuple(Point(value=float(at)) for at in range(20)))
    assert estimated(untimed).trend.reason == "a trend takes 8 dated values, and there are 0"


def test_order_and_repetition_do_not_matter() -> None:
    """Unsorted points are sorted, and several values of one moment become their median."""
    good = series(line(1, 40, 5.0))
    assert estimated(replace(good, points=good.points[::-1])).trend == estimated(good).trend
    twice = tuple(replace(point, commit="") for point in good.points for _ in range(2))
    assert estimated(replace(good, points=twice)).trend == estimated(good).trend


def test_a_constant_series() -> None:
    """Nothing changes: the slope is 0, its interval a point, and nothing is significant."""
    trend = estimated(series([3.0] * 30)).trend
    assert (trend.slope, trend.interval, trend.level, trend.p_value) == (0.0, (0.0, 0.0), 3.0, 1.0)


@steady
@given(
    st.lists(
        st.tuples(st.floats(), st.one_of(st.floats(0, 40_000), st.integers(0, 3).map(float))), min_size=0, max_size=40
    )
)
def test_any_series_has_an_answer(rows: list[tuple[float, float]]) -> None:
    """Whatever the values and times are, the numbers of the answer are finite and its interval holds the slope."""
    points = tuple(Point(value=value, time=_text(days)) for value, days in rows)
    trend = estimated(Series(name="x", points=points)).trend
    if trend.slope is not None:
        assert math.isfinite(trend.slope)
        assert trend.level is not None
        assert math.isfinite(trend.level)
        assert trend.interval is None or trend.interval[0] <= trend.slope <= trend.interval[1]
        assert trend.p_value is not None
        assert 0 <= trend.p_value <= 1


def _text(days: float) -> str:
    """Return a moment to the microsecond."""
    from datetime import UTC, datetime, timedelta

    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).isoformat()


@steady
@given(st.integers(0, 10_000), st.sampled_from([0.5, 4.0]), st.floats(-50, 50))
def test_units_and_direction(seed: int, scale: float, shift: float) -> None:
    """Scaled, shifted or turned around in time, the trend is the same one, scaled, unmoved or turned around."""
    values = line(seed, 30, 2.0)
    trend = estimated(series(values)).trend
    scaled = estimated(series(values * scale)).trend
    shifted = estimated(series(values + shift)).trend
    turned = estimated(series(values[::-1])).trend
    assert trend.slope is not None
    assert scaled.slope == pytest.approx(trend.slope * scale)
    assert scaled.p_value == pytest.approx(trend.p_value)
    assert shifted.slope == pytest.approx(trend.slope, abs=1e-9)
    assert turned.slope == pytest.approx(-trend.slope, abs=1e-9)
    assert turned.p_value == pytest.approx(trend.p_value, rel=1e-6)
