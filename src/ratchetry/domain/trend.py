"""Trends: how fast a series goes, how its newest week differs from the weeks before, and when it hits its bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from ratchetry.domain.record import Count, ShortText
from ratchetry.domain.thresholds import BoundKind

TrendVerdict = Literal["improving", "worsening", "steady", "unknown"]
"""Steady: any change that matters within 30 days is ruled out.  Unknown: the evidence allows no other verdict."""
TrendDirection = Literal["up", "down", "none"]
"""Where a series goes, on evidence; none where no direction is proven."""
ForecastState = Literal["dated", "later", "away", "beyond", "unknown"]
"""Dated: hit within a year.  Later: not within a year.  Away: it moves away.  Beyond: it is hit already."""
Probability = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a series goes since its level last changed: the median slope per day, with its 95 percent interval.

    The verdict rests on `q_value`, the p-value adjusted for all series of the project.  Where there is nothing to
    compute from, slope and interval are None and `reason` says why.
    """

    n: Count = 0
    """Points that it rests on, those since the last change of level."""
    since: ShortText = ""
    days: Annotated[float, Meta(ge=0)] = 0.0
    """From the first of these points to the last."""
    slope: float | None = None
    interval: tuple[float, float] | None = None
    level: float | None = None
    """What the trend line says of the newest point."""
    p_value: Probability | None = None
    q_value: Probability | None = None
    inflation: float = 1.0
    """How many times larger the variance is than that of independent values, because neighbors are alike."""
    direction: TrendDirection = "none"
    verdict: TrendVerdict = "unknown"
    reason: ShortText = ""
    """What the verdict rests on, or why there is no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a series hits its bound if it goes on as it does; dates are days, where the state is `dated`.

    `earliest` and `latest` follow from the ends of the slope's interval; `latest` is empty beyond a year.
    """

    kind: BoundKind
    bound: float
    state: ForecastState
    earliest: ShortText = ""
    likely: ShortText = ""
    latest: ShortText = ""
    reason: ShortText = ""
