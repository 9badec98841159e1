"""The level of a series, and how a new value lies to it."""

from __future__ import annotations

import math
import random
from statistics import mean, median, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.regression.level import FREEDOM, LEAST, NEWEST, jitter, level_of, predicted, stable_points
from ratchetry.domain.series import Series, series_of

VALUES = st.lists(st.integers(-50, 50).map(float), min_size=LEAST, max_size=40)


def _noise(seed: int, n: int, center: float = 100.0, sigma: float = 1.0) -> list[float]:
    """Return normal values."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, no secret
    return [chance.gauss(center, sigma) for _ in range(n)]


@given(VALUES, st.integers(-80, 80).map(float), st.integers(-9, 9).map(float))
@settings(max_examples=60, deadline=None)
def test_a_prediction_moves_with_the_values(values: list[float], head: float, by: float) -> None:
    """What is added to all values changes no difference, no interval and no p-value."""
    level = level_of(values, relative=False)
    moved = level_of([value + by for value in values], relative=False)
    assert level
    assert moved
    one, other = predicted(level, [head]), predicted(moved, [head + by])
    assert one
    assert other
    assert one.difference == head - median(values)
    assert (other.difference, other.outside) == (one.difference, one.outside)
    assert other.p_value == pytest.approx(one.p_value)
    assert one.outside == (not min(values) <= head <= max(values))
    assert one.interval[0] <= one.difference <= one.interval[1]


def test_the_interval_misses_a_further_value_in_one_of_twenty() -> None:
    """For values of one normal distribution, whatever their number, the p-value is honest."""
    for n in (LEAST, 20, 50):
        missed = 0
        for seed in range(400):
            *values, head = _noise(seed * 100 + n, n + 1)
            level = level_of(values, relative=False)
            assert level
            found = predicted(level, [head])
            assert found
            missed += found.p_value < 0.05
        assert missed <= 30


def test_of_few_values_the_interval_is_that_of_students_t() -> None:
    """The center's variance is that of a median, the rest is the interval for one more value of a sample."""
    stats = pytest.importorskip("scipy.stats")
    values = _noise(3, LEAST)
    level = level_of(values, relative=False)
    assert level
    found = predicted(level, [105.0])
    assert found
    freedom = min(LEAST - 1, FREEDOM)
    error = stdev(values) * math.sqrt(1 + math.pi / 2 / LEAST)
    assert found.interval[1] - found.difference == pytest.approx(stats.t.ppf(0.975, freedom) * error, rel=1e-6)


def test_a_few_values_far_out_hardly_widen_the_interval() -> None:
    """Of many values, those beyond three robust standard deviations count as if they were there."""
    plain = level_of(_noise(1, 40), relative=False)
    spiky = level_of([*_noise(1, 38), 300.0, 400.0], relative=False)
    assert plain
    assert spiky
    assert spiky.scale < 1.5 * plain.scale
    assert max(spiky.values) == 400.0


def test_shares_are_differences_of_logarithms() -> None:
    """A level of positive values is one of logarithms where shares are asked for, and has no place for 0."""
    level = level_of([10.0] * 9 + [11.0], relative=True)
    assert level
    found = predicted(level, [20.0])
    assert found
    assert found.difference == pytest.approx(math.log(2))
    assert predicted(level, [0.0]) is None


def test_several_runs_must_all_lie_out() -> None:
    """The nearest of several new values counts, and on both sides of the level none does."""
    level = level_of(_noise(2, 30), relative=False)
    assert level
    both, one_side = predicted(level, [90.0, 110.0]), predicted(level, [105.0, 110.0])
    assert both
    assert one_side
    assert both.nearest == 0.0
    assert 3 < one_side.nearest < 7


def test_where_nothing_varies_any_difference_is_certain() -> None:
    """Without noise there is no interval."""
    level = level_of([5.0] * LEAST, relative=False)
    assert level
    same, other = predicted(level, [5.0]), predicted(level, [6.0])
    assert same
    assert other
    assert (same.p_value, other.p_value, other.interval) == (1.0, 0.0, (1.0, 1.0))
    assert level.residuals == ()


def test_few_values_are_no_level_and_old_ones_do_not_count() -> None:
    """It takes some values, and of many the newest are looked at."""
    assert level_of([1.0] * (LEAST - 1), relative=False) is None
    level = level_of([9.0] * 100 + [1.0] * NEWEST, relative=False)
    assert level
    assert (level.center, level.n) == (1.0, NEWEST)


def test_the_stable_points_are_those_after_the_last_change() -> None:
    """A step begins a new level; without one, all points belong to it."""
    before, after = _noise(1, 30), _noise(2, 20, center=120.0)
    found = stable_points(series_of([*before, *after]))
    assert 18 <= len(found) <= 21
    assert mean(point.value for point in found) == pytest.approx(120, abs=1.5)
    assert len(stable_points(series_of(before))) == 30
    assert stable_points(Series()) == ()


@pytest.mark.parametrize(
    ("values", "most"),
    [([1, 2, 3, 7, 7, 7], 0), ([5, 5, 9, 5, 5], 4), ([5, 4, 5], 1), ([3, 1, 2], 1), ([1], 0), ([], 0)],
)
def test_jitter_is_how_far_values_go_and_come_back(values: list[float], most: float) -> None:
    """Steps and slopes are no jitter."""
    assert jitter(values) == most
