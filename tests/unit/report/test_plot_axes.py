"""Scales of drawings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.report.plot_axes import Scale, round_moments, round_numbers, value_scale


def test_round_numbers() -> None:
    """Marks are multiples of 1, 2 or 5, inside the scale, and not many."""
    assert round_numbers(Scale(low=74.3, high=81.2, start=0, end=1)) == (76, 78, 80)
    assert round_numbers(Scale(low=-0.1, high=0.1, start=0, end=1)) == (-0.1, -0.05, 0.0, 0.05, 0.1)


def test_round_moments() -> None:
    """Marks of months are days, those of hours have the hour."""
    assert round_moments(Scale(low=20_500.2, high=20_503.9, start=0, end=1)) == (
        (20_501, "2026-02-17"),
        (20_502, "2026-02-18"),
        (20_503, "2026-02-19"),
    )
    assert round_moments(Scale(low=20_500.1, high=20_500.6, start=0, end=1))[0][1] == "02-16 03:00"


def test_values_that_are_alike_stand_in_the_middle() -> None:
    """A scale has an extent, also for one value."""
    for value in (0.0, 3.0, -1e300):
        assert value_scale([value, value], 100, 0).at(value) == 50


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_any_numbers_have_a_place(values: list[float]) -> None:
    """All values stand within the drawing, in their order, and the marks do, too."""
    scale = value_scale(values, 0, 100)
    places = [scale.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= scale.at(mark) <= 100 for mark in round_numbers(scale))
    assert len(round_numbers(scale)) <= 13
