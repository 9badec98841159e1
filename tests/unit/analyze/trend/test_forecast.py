"""Forecasts: when a bound is hit, and when nothing can be said of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.analyze.trend.forecast import forecast
from ratchetry.domain.thresholds import BoundKind, Threshold
from ratchetry.domain.trend import Forecast, ForecastState, Trend

FALLING = Trend(n=60, days=60.0, slope=-0.1, interval=(-0.2, -0.05), level=75.0, direction="down", verdict="worsening")
DAY = 20_500.0
"""2026-02-16."""


def found(trend: Trend, bound: float, *, kind: BoundKind = "minimum", latest: float = 75.0) -> Forecast:
    """Return the forecast for a bound."""
    return forecast(trend, Threshold(metric="coverage.line", kind=kind, bound=bound), latest, DAY)


def test_the_dates_follow_from_the_slope_and_its_interval() -> None:
    """The line is at 75 now and at 78 in its middle; the ends of the interval turn it around that middle."""
    dated = found(FALLING, 72.0)
    assert dated.state == "dated"
    assert dated.likely == "2026-03-18"  # (78 - 72) / 0.1 = 60 days after the middle, 30 from now
    assert dated.earliest == "2026-02-16"  # 30 days after the middle: now
    assert dated.latest == "2026-05-17"  # 120 days after the middle


def test_maxima_are_hit_from_below() -> None:
    """A rising series hits a maximum."""
    rising = replace(FALLING, slope=0.1, interval=(0.05, 0.2), direction="up")
    assert found(rising, 78.0, kind="maximum").state == "dated"
    assert found(rising, 78.0, kind="maximum").likely == "2026-03-18"
    assert found(rising, 72.0).state == "away"


@pytest.mark.parametrize(
    ("trend", "bound", "latest", "state"),
    [
        (FALLING, 20.0, 75.0, "later"),
        (FALLING, 80.0, 75.0, "beyond"),
        (FALLING, 75.0, 75.0, "dated"),
        (replace(FALLING, slope=0.1, interval=(0.05, 0.2), direction="up"), 72.0, 75.0, "away"),
        (replace(FALLING, direction="none"), 72.0, 75.0, "unknown"),
        (replace(FALLING, days=6.0), 72.0, 75.0, "unknown"),
        (Trend(), 72.0, 75.0, "unknown"),
    ],
)
def test_states(trend: Trend, bound: float, latest: float, state: ForecastState) -> None:
    """Only a proven trend towards a bound, seen for a week, has a date, and only within a year."""
    result = found(trend, bound, latest=latest)
    assert (result.state, bool(result.reason)) == (state, True)
    assert bool(result.likely) == (state == "dated")


def test_an_open_end() -> None:
    """Where the flat end of the interval takes more than a year, or turns, there is no latest day."""
    assert found(replace(FALLING, interval=(-0.2, -0.001)), 72.0).latest == ""
    assert found(replace(FALLING, interval=(-0.2, 0.01)), 72.0).latest == ""
    later = found(replace(FALLING, interval=(-0.5, -0.05)), 30.0)
    assert (later.state, later.likely) == ("later", "")
    assert later.earliest == "2026-04-23"
