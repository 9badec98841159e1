"""The median slope and its interval: against scipy, against all pairs, and under change of units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.trend.kendall import kendall_variance
from ratchetry.analyze.trend.theil_sen import ALL_PAIRS, Stratum, median_slope, slope_interval

if TYPE_CHECKING:
    from tests.unit.analyze.trend.made import Floats

stats = pytest.importorskip("scipy.stats")

steady = settings(derandomize=True, deadline=None, max_examples=40)
rows = st.lists(
    st.tuples(st.floats(0.001, 5.0), st.one_of(st.floats(-1e5, 1e5), st.integers(-3, 3).map(float))),
    min_size=3,
    max_size=40,
)


def stratum(given_rows: list[tuple[float, float]]) -> Stratum:
    """Return a stratum of steps in time and values."""
    times = np.cumsum([step for step, _ in given_rows])
    return Stratum(times=times, values=np.array([value for _, value in given_rows]))


@steady
@given(rows)
def test_the_slope_is_that_of_scipy(given_rows: list[tuple[float, float]]) -> None:
    """The estimate is scipy's; the interval, which is rounded to the safe side, holds scipy's."""
    own = stratum(given_rows)
    slope, _, low, high = stats.theilslopes(own.values, own.times, 0.95)
    assert median_slope([own]) == pytest.approx(float(slope), rel=1e-9, abs=1e-9)
    interval = slope_interval([own], kendall_variance([own.values]))
    if interval is not None:
        assert interval[0] <= float(low) + 1e-9
        assert interval[1] >= float(high) - 1e-9


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_searching_finds_what_computing_all_slopes_does(digits: int) -> None:
    """Long series, whose slopes are searched for, get the slopes of the same ranks, ties or not, in two strata."""
    chance = np.random.default_rng(digits)
    strata = [
        Stratum(times=np.cumsum(chance.exponential(size=n)), values=np.round(chance.normal(size=n), digits))
        for n in (700, 600)
    ]
    assert sum(each.pairs for each in strata) > ALL_PAIRS
    slopes = np.sort(np.concatenate([every_slope(each) for each in strata]))
    variance = kendall_variance([each.values for each in strata])
    below = math.floor((len(slopes) - 1.959963984540054 * math.sqrt(variance)) / 2)
    assert median_slope(strata) == pytest.approx(slopes[(len(slopes) - 1) // 2], rel=1e-9)
    bounds = (slopes[below - 1], slopes[len(slopes) - below])
    assert slope_interval(strata, variance) == pytest.approx(bounds, rel=1e-9)


def every_slope(own: Stratum) -> Floats:
    """Return the slopes between any two values."""
    one, other = np.triu_indices(len(own.times), 1)
    return np.asarray((own.values[other] - own.values[one]) / (own.times[other] - own.times[one]), dtype=float)


@steady
@given(rows, st.floats(-1e3, 1e3), st.sampled_from([0.25, 2.0, 1024.0]))
def test_units_do_not_matter(given_rows: list[tuple[float, float]], shift: float, scale: float) -> None:
    """A shift of all values changes nothing, a scale scales, and time run backwards turns the sign."""
    own = stratum(given_rows)
    slope = median_slope([own])
    tolerance = 1e-9 * max(1.0, float(np.abs(own.values).max()), abs(shift)) / float(np.diff(own.times).min())
    shifted = Stratum(times=own.times, values=own.values + shift)
    backwards = Stratum(times=-own.times[::-1], values=own.values[::-1])
    assert median_slope([shifted]) == pytest.approx(slope, abs=tolerance)
    assert median_slope([Stratum(times=own.times, values=own.values * scale)]) == pytest.approx(slope * scale)
    assert median_slope([backwards]) == pytest.approx(-slope, abs=1e-12)


def test_a_long_series_of_few_levels_is_flat() -> None:
    """Where most pairs are equal the slope is 0 itself, not a small number; 5,000 values are no problem."""
    values = np.zeros(5000)
    values[::50] = 1.0
    own = Stratum(times=np.arange(5000.0), values=values)
    assert median_slope([own]) == 0.0
    assert slope_interval([own], kendall_variance([values])) == (0.0, 0.0)


def test_too_few_values() -> None:
    """Three values have a slope and no interval, one has none."""
    own = Stratum(times=np.arange(3.0), values=np.array([1.0, 2.0, 3.0]))
    assert median_slope([own]) == 1.0
    assert slope_interval([own], kendall_variance([own.values])) is None
    with pytest.raises(ValueError, match="two values"):
        median_slope([Stratum(times=np.array([1.0]), values=np.array([1.0]))])
