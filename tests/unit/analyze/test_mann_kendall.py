"""The test for a rise or fall, against values worked out by hand and against its own definition."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.mann_kendall import mann_kendall

SERIES = st.lists(st.integers(min_value=-5, max_value=5), min_size=2, max_size=12)


def test_a_series_worked_out_by_hand() -> None:
    """One exchange in seven rising values: S = 21 - 2, and its tail is that of S - 1 over the root of the variance."""
    trend = mann_kendall(range(7), [1, 2, 3, 4, 5, 7, 6])
    assert trend.s == 19
    assert trend.p_rising == pytest.approx(0.5 * math.erfc(18 / math.sqrt(2 * 7 * 6 * 19 / 18)))


def test_the_normal_approximation_is_near_the_exact_distribution() -> None:
    """For eight values, the tail of every S is within 0.01 of the share of all orders that reach it."""
    counts: dict[int, int] = {}
    for order in permutations(range(7)):
        s = sum((b > a) - (b < a) for at, a in enumerate(order) for b in order[at + 1 :])
        counts[s] = counts.get(s, 0) + 1
    for s in counts:
        exact = sum(count for other, count in counts.items() if other >= s) / math.factorial(7)
        order = next(order for order in permutations(range(7)) if mann_kendall(range(7), order).s == s)
        assert mann_kendall(range(7), order).p_rising == pytest.approx(exact, abs=0.012)


def test_a_line_has_its_slope() -> None:
    """The slope is per unit of time, whatever the distance of the times."""
    trend = mann_kendall([0, 1, 5, 9], [1.0, 3.0, 11.0, 19.0])
    assert trend.slope == 2
    assert trend.p_rising < trend.p_falling


def test_one_outlier_does_not_move_the_slope() -> None:
    """Theil and Sen's slope is a median."""
    values = [float(at) for at in range(11)]
    values[5] = 1000.0
    assert mann_kendall(range(11), values).slope == pytest.approx(1, abs=0.01)


@given(SERIES)
def test_a_constant_is_added_without_effect_and_a_sign_turns_it_around(values: list[int]) -> None:
    """Shifting changes nothing; negating swaps rising and falling."""
    times = range(len(values))
    trend = mann_kendall(times, values)
    assert mann_kendall(times, [value + 7 for value in values]) == trend
    turned = mann_kendall(times, [-value for value in values])
    assert (turned.p_rising, turned.p_falling, turned.slope) == (trend.p_falling, trend.p_rising, -trend.slope)


def test_a_constant_series_has_no_trend() -> None:
    """Where all values are equal, nothing rises or falls."""
    trend = mann_kendall(range(20), [4.0] * 20)
    assert (trend.s, trend.slope, trend.p_rising, trend.p_falling) == (0, 0, 1, 1)


@pytest.mark.parametrize("values", [[], [1.0]])
def test_too_short_a_series_is_refused(values: list[float]) -> None:
    """One value has no direction."""
    with pytest.raises(ValueError, match="two values"):
        mann_kendall(range(len(values)), values)
