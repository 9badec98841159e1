"""The drawings of docs/trends.md, each of a made-up series and what is really found in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.trend_series import made, series_of
from ratchetry.analyze.mann_kendall import mann_kendall
from ratchetry.analyze.trend.project import Context, series_trends
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.series import Series
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import SeriesTrend
from ratchetry.report.series_plot import series_plot
from ratchetry.report.trends import change_text, forecast_text

BOUND = Threshold(metric="coverage.line", kind="minimum", bound=72.0)


def drawings() -> Mapping[str, str]:
    """Return the drawings by the names of their files."""
    falling = series_of(0.5 * made("independent", 120, 1) - 5 * np.arange(120) / 120)
    stepped = series_of(made("step of 4", 100, 3))
    alike = series_of(made("alike 0.8", 80, 166))
    week = series_of(0.5 * made("independent", 60, 2) - 1.2 * (np.arange(60) >= 47))
    return {
        "trends-slope.svg": _slope(falling),
        "trends-step.svg": _step(stepped),
        "trends-alike.svg": _alike(alike),
        "trends-week.svg": _week(week),
    }


def _found(series: Series) -> SeriesTrend:
    """Return what is found in a series."""
    context = Context(as_of=series.points[-1].time, thresholds={BOUND.metric: BOUND})
    return series_trends([series], context)[0]


def _slope(series: Series) -> str:
    """Return a trend with its band, and when it hits its bound."""
    found = _found(series)
    note = f"{found.trend.verdict}, {change_text(found)} in 30 days; {forecast_text(found.forecast, series.unit)}"
    return series_plot(series, trend=found.trend, bound=BOUND.bound, note=note)


def _step(series: Series) -> str:
    """Return a step, which has no trend since."""
    found = _found(series)
    return series_plot(
        series, changes=found.change_points, note=f"one change of level; since then: {found.trend.verdict}"
    )


def _alike(series: Series) -> str:
    """Return noise that the plain test takes for a trend."""
    found = _found(series).trend
    plain = mann_kendall([float(at) for at in range(len(series.points))], series.values)
    p_plain = 2 * min(plain.p_rising, plain.p_falling)
    note = f"p {p_plain:.1g} if neighbors were independent, p {found.p_value or 0.0:.2f} as they are"
    return series_plot(series, trend=found, note=note)


def _week(series: Series) -> str:
    """Return the newest week beside the weeks before it; raises ValueError for a series without them."""
    found = _found(series).windows
    if found is None:
        raise ValueError(series.name)
    note = f"7 days against 23: {found.verdict}, {found.difference:+.1f} pp, q {found.q_value or 0.0:.1g}"
    border = ChangePoint(
        index=len(series.points) - found.n_head,
        newest=found.n_head,
        direction="down",
        effect=found.difference,
        interval=found.interval,
        relative=False,
        p_value=found.p_value or 0.0,
        before=found.base,
        after=found.head,
    )
    return series_plot(series, changes=[border], note=note)
