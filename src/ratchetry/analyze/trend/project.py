"""The trends of all series of a project, with the many looks at it taken into account."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.analyze.change_point.project import detect_all
from ratchetry.analyze.multiplicity import false_discovery_rate
from ratchetry.analyze.trend.estimate import Estimate, estimated
from ratchetry.analyze.trend.forecast import forecast
from ratchetry.analyze.trend.judge import judged
from ratchetry.analyze.trend.preparation import dated
from ratchetry.analyze.trend.windows import compared_windows, settled_windows
from ratchetry.domain.moment import days_of
from ratchetry.domain.series import Point, Series
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend import Trend
from ratchetry.domain.trend_report import MOST_CHANGES, SPARKS, SeriesTrend


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What trends are seen against: the newest moment, the runs in their order, and the bounds by metric."""

    as_of: str
    runs: tuple[str, ...] = ()
    thresholds: Mapping[str, Threshold]


def series_trends(series: Sequence[Series], context: Context) -> tuple[SeriesTrend, ...]:
    """Return the trend of each series that has a finite value, in their order."""
    usable = [(each, points) for each in series if (points := prepared(each).points)]
    changes = [detection.change_points for detection in detect_all([each for each, _ in usable])]
    estimates = [estimated(each, found) for (each, _), found in zip(usable, changes, strict=True)]
    trends = _judged([each for each, _ in usable], estimates)
    as_of = days_of(context.as_of)
    windows = settled_windows(
        [
            None if as_of is None else compared_windows(each, dated(each), as_of, trend.inflation)
            for (each, _), trend in zip(usable, trends, strict=True)
        ]
    )
    rows = zip(usable, trends, windows, changes, strict=True)
    return tuple(
        replace(_described(each, points, trend, context), windows=window, change_points=found[-MOST_CHANGES:])
        for (each, points), trend, window, found in rows
    )


def downsampled(values: Sequence[float | None], most: int) -> tuple[float | None, ...]:
    """Return at most so many values: the median of each of as many parts of a longer series, None where all miss."""
    if len(values) <= most:
        return tuple(values)
    parts = (values[start:end] for start, end in pairwise(len(values) * part // most for part in range(most + 1)))
    known = ([value for value in part if value is not None] for part in parts)
    return tuple(median(part) if part else None for part in known)


def _judged(series: Sequence[Series], estimates: Sequence[Estimate]) -> list[Trend]:
    """Return the trends with their verdicts, their p-values adjusted for all of them."""
    tested = [each.trend.p_value for each in estimates if each.trend.p_value is not None]
    q_values = iter(false_discovery_rate(tested))
    return [
        judged(
            estimate,
            unit=each.unit,
            better=each.better,
            q_value=None if estimate.trend.p_value is None else next(q_values),
        )
        for each, estimate in zip(series, estimates, strict=True)
    ]


def _described(series: Series, points: Sequence[Point], trend: Trend, context: Context) -> SeriesTrend:
    """Return a series with its trend and forecast."""
    last = points[-1]
    threshold, day = context.thresholds.get(series.name), days_of(last.time)
    return SeriesTrend(
        name=series.name,
        unit=series.unit,
        better=series.better,
        n=len(points),
        latest=last.value,
        latest_time=last.time,
        latest_commit=last.commit,
        sparkline=_sparks(series, context.runs),
        trend=trend,
        forecast=None if threshold is None or day is None else forecast(trend, threshold, last.value, day),
    )


def _sparks(series: Series, runs: Sequence[str]) -> tuple[float | None, ...]:
    """Return the values of a series at some runs, in few; those of all its points without runs."""
    measured = {point.run: point.value for point in series.points}
    values = [measured.get(run) for run in runs] if runs else [point.value for point in series.points]
    return downsampled([_finite(value) for value in values], SPARKS)


def _finite(value: float | None) -> float | None:
    """Return a value if it is a finite number."""
    return value if value is not None and math.isfinite(value) else None
