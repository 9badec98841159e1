"""Series in few points and numbers in few digits."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.report.dashboard.shorten import both, maybe, parts, rounded, short_series, spark

steady = settings(derandomize=True, deadline=None, max_examples=100)
numbers = st.floats(min_value=-1e9, max_value=1e9)


@steady
@given(st.lists(numbers, min_size=1, max_size=400), st.integers(min_value=2, max_value=60))
def test_a_short_series_holds_all_values_in_its_band(values: list[float], most: int) -> None:
    """There are at most so many points, the last is the newest value, and no value lies outside of the band."""
    found = short_series(list(range(len(values))), values, most)
    assert len(found.t) == len(found.v) == min(len(values), most)
    assert found.v[-1] == rounded(values[-1])
    assert found.t[-1] == len(values) - 1
    assert list(found.t) == sorted(set(found.t))
    if found.lo:
        assert min(found.lo) == rounded(min(values))
        assert max(found.hi) == rounded(max(values))
        assert all(low <= middle <= high for low, middle, high in zip(found.lo, found.v, found.hi, strict=True))


@steady
@given(st.integers(min_value=0, max_value=500), st.integers(min_value=1, max_value=70))
def test_parts_divide_everything_evenly(length: int, most: int) -> None:
    """Each place is in one part, and parts differ by one at most."""
    found = parts(length, most)
    assert [at for piece in found for at in range(piece.start, piece.stop)] == list(range(length))
    sizes = {piece.stop - piece.start for piece in found}
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_a_series_that_is_short_enough_stays() -> None:
    """A series of no more points than there may be has no band."""
    found = short_series([5, 6], [1.0, 2.5], 2)
    assert (found.t, found.v, found.lo, found.hi) == ((5, 6), (1, 2.5), (), ())


def test_numbers_are_short() -> None:
    """Whole numbers have no point, others six digits, and what is not finite is none."""
    assert rounded(3.0) == 3
    assert isinstance(rounded(3.0), int)
    assert rounded(0.123456789) == 0.123457
    assert rounded(1e300) == 1e300
    assert maybe(math.inf) is None
    assert maybe(None) is None
    assert both((1.0, math.nan)) is None
    assert both((0.5, 2.0)) == (0.5, 2)


def test_a_spark_is_of_medians() -> None:
    """Each value stands for a part of the series."""
    assert spark([1.0, 2.0, 9.0, 4.0], 2) == (1.5, 6.5)
    assert spark([], 5) == ()
