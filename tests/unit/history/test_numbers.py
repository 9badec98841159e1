"""Numbers as short text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.history.numbers import (
    from_units,
    scaled,
    significant,
    to_the_microsecond,
    to_units,
    unscaled,
    with_base,
    without_base,
)

_FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(_FINITE.map(abs), max_size=5) | st.lists(st.integers(0, 10**6).map(lambda k: k / 1000), max_size=5))
def test_scaled_numbers_come_back(values: list[float]) -> None:
    """Whatever the numbers are, scaling and unscaling gives them again."""
    assert unscaled(*scaled(values)) == values


@given(st.lists(_FINITE, max_size=5), st.integers(0, 22))
def test_rows_of_rounds_come_back(values: list[float], digits: int) -> None:
    """Whatever the rounds and the places are, the row gives the rounds again."""
    assert list(without_base(with_base(values, digits))) == values


@given(_FINITE, st.integers(0, 22), _FINITE)
def test_a_statistic_in_units_comes_back(value: float, digits: int, first: float) -> None:
    """A number that is a multiple of the unit comes back; any other is not taken."""
    row = with_base([round(first, 3) if abs(first) < 1e9 else 1.0], digits)
    for less_first in (False, True):
        number = to_units(value, row, less_first=less_first)
        assert number is None or from_units(number, row, less_first=less_first) == value


def test_milliseconds_are_whole_numbers() -> None:
    """What pytest reports takes an integer of thousandths, finer clocks millionths, anything else stays."""
    assert scaled([0.001, 2.0]) == (3, [1, 2000])
    assert scaled([0.001, 0.000_002]) == (6, [1000, 2])
    assert scaled([0.1 + 0.2]) == (-1, [0.1 + 0.2])
    assert with_base([0.0123, 0.0125], 4) == [4, 123, 2]


def test_what_is_not_finite_stays() -> None:
    """Rounding leaves alone what has no digits."""
    assert significant(math.inf, 3) == math.inf
    assert math.isnan(significant(math.nan, 3))
    assert to_the_microsecond(1e300) == 1e300
    assert significant(1.797e308, 3) == 1.797e308, "1.80e308 would be none"


@pytest.mark.parametrize("row", [[], [3], [3.5e9, 1], [-2, 1], [-1.5]])
def test_a_row_that_says_no_places_is_refused(row: list[float]) -> None:
    """Rows come from files: one that cannot be is a ValueError."""
    with pytest.raises(ValueError, match="decimal places"):
        without_base(row)
