"""Moments as numbers."""

from __future__ import annotations

import math

import pytest

from ratchetry.domain.moment import date_of, days_of, time_of


def test_days_and_back() -> None:
    """A moment is so many days after 1970, and the other way round; without a zone it is UTC."""
    assert days_of("1970-01-02T12:00:00Z") == 1.5
    assert days_of("1970-01-02T12:00:00") == days_of("1970-01-02T14:00:00+02:00") == 1.5
    assert time_of(1.5) == "1970-01-02T12:00:00Z"
    assert date_of(20_500.0) == "2026-02-16"


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-01-01T25:00:00Z"])
def test_what_is_no_moment(text: str) -> None:
    """It has no days."""
    assert days_of(text) is None


@pytest.mark.parametrize("days", [1e9, -1e9, math.nan, math.inf])
def test_days_of_no_calendar(days: float) -> None:
    """They have no text."""
    assert date_of(days) == time_of(days) == ""
