"""What may be said of a trend: it takes significance among all series of the project, and a change that matters."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ratchetry.analyze.comparison.verdict import Margin, default_margin
from ratchetry.analyze.trend.estimate import Estimate
from ratchetry.domain.record import Better
from ratchetry.domain.trend import Trend

RATE: Final = 0.01
"""The expected share of false ones among all trends of a project that are declared."""
MONTH: Final = 30.0
"""Days within which a change must matter."""
_COUNT: Final = Margin(size=1.0, relative=False)
_ANY: Final = Margin(size=0.03, relative=True)


def margin_of(unit: str) -> Margin:
    """Return the change within 30 days that matters to nobody: the unit's margin, or one, where that is counted."""
    margin = default_margin(unit)
    if margin.size:
        return margin
    return _COUNT if unit in {"count", "paths", "lines"} else _ANY


def judged(estimate: Estimate, *, unit: str, better: Better | None, q_value: float | None) -> Trend:
    """Return a trend with its verdict.

    Improving or worsening: significant, and more than the margin within 30 days or what was observed of them.
    Steady: whatever the slope is within its interval, 30 days change less than the margin.  Anything else is unknown.
    """
    trend = replace(estimate.trend, q_value=q_value)
    if trend.slope is None or trend.interval is None:
        return trend if trend.reason else replace(trend, reason="too few values, alike as they are, for an interval")
    margin = _absolute(margin_of(unit), trend)
    low, high = trend.interval
    proven = trend.slope != 0 and q_value is not None and q_value <= RATE and not low <= 0 <= high
    if proven and not estimate.doubt:
        return _directed(trend, better, margin)
    if max(abs(low), abs(high)) * MONTH <= margin:
        return replace(trend, verdict="steady", reason="30 days change it by less than matters")
    if proven:
        return replace(trend, reason=estimate.doubt)
    return replace(trend, reason="neither a trend nor its absence is proven")


def _directed(trend: Trend, better: Better | None, margin: float) -> Trend:
    """Return a trend whose direction is proven with its verdict."""
    slope = trend.slope or 0.0
    found = replace(trend, direction="up" if slope > 0 else "down")
    if abs(slope) * min(MONTH, trend.days) <= margin:
        small = max(map(abs, trend.interval or (slope,))) * MONTH <= margin
        reason = "it changes, but 30 days change it by less than matters" if small else "the change so far is small"
        return replace(found, verdict="steady" if small else "unknown", reason=reason)
    if better is None:
        return replace(found, reason="neither direction is known to be the better one")
    reason = f"significant among all metrics (q {trend.q_value or 0.0:.1g})"
    improving = (slope > 0) == (better == "higher")
    return replace(found, verdict="improving" if improving else "worsening", reason=reason)


def _absolute(margin: Margin, trend: Trend) -> float:
    """Return a margin in the unit of a series."""
    return margin.size * abs(trend.level or 0.0) if margin.relative else margin.size
