"""What of a trend report is worth telling, and what calls for someone to act."""

from __future__ import annotations

from ratchetry.analyze.comparison.verdict import spoken
from ratchetry.domain.change_point import NEW, ChangePoint
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.feedback import Feedback
from ratchetry.domain.trend_report import SeriesTrend, TrendReport


def feedback_of(report: TrendReport, threshold: float) -> Feedback:
    """Return what a trend report says: of what was tested, what has a q-value of at most the threshold.

    Comparisons without a q-value are exact, and count whatever the threshold is.
    """
    declared = [each for each in report.regressions if each.q_value is None or each.q_value <= threshold]
    steps = [
        (each, point)
        for each in report.series
        for point in each.change_points[-1:]
        if point.newest <= NEW and point.q_value is not None and point.q_value <= threshold
    ]
    return Feedback(
        regressed=tuple(_compared(each) for each in declared if each.verdict == "regressed"),
        worse=tuple(_stepped(each, point) for each, point in steps if _is_worse(each, point)),
        improved=tuple(_compared(each) for each in declared if each.verdict == "improved"),
        better=tuple(_stepped(each, point) for each, point in steps if each.better and not _is_worse(each, point)),
        heading=tuple(_heading(each) for each in report.series if each.forecast and _is_near(each.forecast.state)),
        flaky=report.flaky.names if report.flaky else (),
        unmeasured=tuple(f"{part}: {why}" for part, why in sorted(report.unmeasured.items())),
        blind="regressions" in report.unmeasured,
    )


def _is_worse(series: SeriesTrend, point: ChangePoint) -> bool:
    """Tell whether a step leads to the worse."""
    return series.better is not None and (point.direction == "up") == (series.better == "lower")


def _is_near(state: str) -> bool:
    """Tell whether a forecast says that the bound is hit, within a year or already."""
    return state in {"dated", "beyond"}


def _compared(comparison: Comparison) -> str:
    """Return a comparison in a line."""
    sure = "exact" if comparison.q_value is None else f"q {comparison.q_value:.2g}"
    low, high = (spoken(comparison, end) for end in comparison.interval)
    change = spoken(comparison, comparison.difference)
    interval = "" if comparison.q_value is None else f" ({low} to {high})"
    return f"{comparison.name}: {change}{interval}, {comparison.base:.6g} before, {comparison.head:.6g} now, {sure}"


def _stepped(series: SeriesTrend, point: ChangePoint) -> str:
    """Return a step in a line."""
    effect = f"{point.effect:+.1%}" if point.relative else f"{point.effect:+.4g}"
    return f"{series.name}: {effect} since {point.first_bad[:12] or point.time}, q {point.q_value or 0.0:.2g}"


def _heading(series: SeriesTrend) -> str:
    """Return when a bound is hit, in a line."""
    forecast = series.forecast
    if forecast is None:
        return series.name
    when = "beyond it already" if forecast.state == "beyond" else f"hit about {forecast.likely}"
    return f"{series.name}: {forecast.kind} {forecast.bound:g}, {when}"
