"""Metrics and benchmarks as rows of the overview, and as documents of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.dashboard import (
    SERIES_POINTS,
    SPARK_POINTS,
    BenchmarkRow,
    BoundCell,
    MetricRow,
    MoveMark,
    Step,
    TrendCell,
)
from ratchetry.domain.dashboard_details import MetricDocument
from ratchetry.domain.ratchet_report import BoundMove
from ratchetry.domain.series import Point, Series
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend import Trend
from ratchetry.domain.trend_report import SeriesTrend
from ratchetry.report.dashboard.data import metric_chunk
from ratchetry.report.dashboard.shorten import both, maybe, rounded, short_series, spark

BENCHMARK: Final = "benchmark."
_MOST_STEPS: Final = 20
"""Changes of one metric on the overview: the newest."""
_MOST_MOVES: Final = 20

Seconds = Callable[[str], int]
"""Gives the seconds since 1970 of a moment in ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a metric: its trend, the points that this rests on, its bound and the moves of that."""

    trend: SeriesTrend
    points: tuple[Point, ...]
    bound: Threshold | None = None
    moves: tuple[BoundMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All values of a metric, over the runs of all branches: places in the list of runs, and what was measured."""

    name: str
    unit: str
    run: Sequence[int] = field(default_factory=list)
    value: Sequence[float] = field(default_factory=list)
    n: Sequence[int] = field(default_factory=list)
    spread: Sequence[float | None] = field(default_factory=list)


def known_of(
    trends: Sequence[SeriesTrend],
    series: Sequence[Series],
    bounds: Mapping[str, Threshold],
    moves: Mapping[str, tuple[BoundMove, ...]],
) -> dict[str, Known]:
    """Return what is known of each metric that has a trend, by name."""
    points = {each.name: each.points for each in series}
    return {
        trend.name: Known(
            trend=trend,
            points=points.get(trend.name, ()),
            bound=bounds.get(trend.name),
            moves=moves.get(trend.name, ()),
        )
        for trend in trends
    }


def metric_row(known: Known, seconds: Seconds) -> MetricRow:
    """Return a metric as a row of the overview."""
    trend = known.trend
    what = definition(trend.name)
    points = [point for point in known.points if math.isfinite(point.value)]
    return MetricRow(
        name=trend.name,
        title=what.what if what else "",
        stage=what.stage if what else "",
        unit=trend.unit,
        better=trend.better,
        n=trend.n,
        latest=rounded(trend.latest),
        previous=_previous(points),
        time=seconds(trend.latest_time),
        commit=trend.latest_commit,
        trend=trend_cell(trend.trend),
        chunk=metric_chunk(trend.name),
        bound=bound_cell(known.bound),
        forecast=trend.forecast,
        steps=tuple(step(each, seconds) for each in trend.change_points[-_MOST_STEPS:]),
        moves=tuple(mark(each, seconds) for each in known.moves[-_MOST_MOVES:]),
        series=short_series(
            [seconds(point.time) for point in points], [point.value for point in points], SERIES_POINTS
        ),
    )


def benchmark_row(known: Known, seconds: Seconds) -> BenchmarkRow:
    """Return a benchmark as a row of the overview."""
    trend = known.trend
    points = [point for point in known.points if math.isfinite(point.value)]
    last = trend.change_points[-1:]
    return BenchmarkRow(
        name=trend.name,
        unit=trend.unit,
        n=trend.n,
        latest=rounded(trend.latest),
        previous=_previous(points),
        time=seconds(trend.latest_time),
        verdict=trend.trend.verdict,
        slope=maybe(trend.trend.slope),
        q=maybe(trend.trend.q_value),
        spark=spark([point.value for point in points], SPARK_POINTS),
        chunk=metric_chunk(trend.name),
        step=step(last[0], seconds) if last else None,
    )


def metric_document(columns: Columns, known: Known | None, seconds: Seconds) -> MetricDocument:
    """Return a metric at full length; one that only other branches measured has no trend."""
    what = definition(columns.name)
    trend = known.trend if known else None
    return MetricDocument(
        name=columns.name,
        title=what.what if what else "",
        how=what.how if what else "",
        unit=columns.unit,
        better=trend.better if trend else what.better if what else None,
        run=tuple(columns.run),
        value=tuple(map(rounded, columns.value)),
        n=() if all(n == 1 for n in columns.n) else tuple(columns.n),
        spread=tuple(map(maybe, columns.spread)) if any(one is not None for one in columns.spread) else (),
        trend=trend_cell(trend.trend) if trend else None,
        bound=bound_cell(known.bound) if known else None,
        forecast=trend.forecast if trend else None,
        steps=tuple(step(each, seconds) for each in trend.change_points) if trend else (),
        moves=tuple(mark(each, seconds) for each in known.moves) if known else (),
    )


def trend_cell(trend: Trend) -> TrendCell:
    """Return a trend in few digits."""
    return TrendCell(
        verdict=trend.verdict,
        direction=trend.direction,
        slope=maybe(trend.slope),
        interval=both(trend.interval),
        level=maybe(trend.level),
        since=trend.since,
        n=trend.n,
        q=maybe(trend.q_value),
        reason=trend.reason,
    )


def step(point: ChangePoint, seconds: Seconds) -> Step:
    """Return a change of level in few digits."""
    return Step(
        newest=point.newest,
        time=seconds(point.time),
        good=point.last_good,
        bad=point.first_bad,
        direction=point.direction,
        effect=rounded(point.effect),
        interval=both(point.interval),
        relative=point.relative,
        before=rounded(point.before),
        after=rounded(point.after),
        q=maybe(point.q_value),
    )


def mark(move: BoundMove, seconds: Seconds) -> MoveMark:
    """Return a move of a bound as a mark on a series."""
    return MoveMark(time=seconds(move.time), origin=maybe(move.origin), to=rounded(move.to))


def bound_cell(bound: Threshold | None) -> BoundCell | None:
    """Return the bound of a metric, None where it has none."""
    if bound is None:
        return None
    return BoundCell(kind=bound.kind, value=rounded(bound.bound), target=maybe(bound.target))


def _previous(points: Sequence[Point]) -> float | None:
    """Return the value of the commit before the newest, None where there is none."""
    newest = points[-1].commit if points else ""
    earlier = (point.value for point in reversed(points[:-1]) if point.commit != newest or not newest)
    return maybe(next(earlier, None))
