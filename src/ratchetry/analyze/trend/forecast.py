"""When a series hits its bound if it goes on as it does: dates from the interval of a slope that is proven."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ratchetry.domain.moment import date_of
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend import Forecast, Trend

HORIZON: Final = 365.0
"""Days beyond which nothing is foretold."""
LEAST_DAYS: Final = 7.0
"""Days that a trend must have been observed for."""


def forecast(trend: Trend, threshold: Threshold, latest: float, last_day: float) -> Forecast:
    """Return when a series hits its bound; `last_day` is that of its latest value, in days since 1970."""
    plain = Forecast(kind=threshold.kind, bound=threshold.bound, state="unknown")
    below = latest < threshold.bound
    if latest != threshold.bound and below == (threshold.kind == "minimum"):
        return replace(plain, state="beyond", reason="the latest value is beyond the bound")
    if trend.slope is None or trend.interval is None or trend.level is None or trend.direction == "none":
        return replace(plain, reason="there is no proven trend")
    if (trend.slope < 0) != (threshold.kind == "minimum"):
        return replace(plain, state="away", reason="it moves away from the bound")
    if trend.days < LEAST_DAYS:
        return replace(plain, reason=f"the trend was observed for {trend.days:.1f} days; a forecast takes a week")
    low, high = trend.interval
    steep, flat = (low, high) if trend.slope < 0 else (high, low)
    earliest, likely, longest = (_days_to(trend, slope, threshold.bound) for slope in (steep, trend.slope, flat))
    return replace(
        plain,
        state="later" if likely is None else "dated",
        earliest="" if earliest is None else date_of(last_day + earliest),
        likely="" if likely is None else date_of(last_day + likely),
        latest="" if longest is None else date_of(last_day + longest),
        reason="not within a year" if likely is None else "if it goes on as it does",
    )


def _days_to(trend: Trend, slope: float, bound: float) -> float | None:
    """Return the days until a line through the middle of the trend hits a bound, None when that takes over a year."""
    if slope == 0 or (slope < 0) != ((trend.slope or 0.0) < 0):
        return None
    middle = (trend.level or 0.0) - (trend.slope or 0.0) * trend.days / 2
    days = max(0.0, (bound - middle) / slope - trend.days / 2)
    return days if days <= HORIZON else None
