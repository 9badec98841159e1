"""Suggestions about a metric or benchmark: it fails, changed for the worse, or worsens; of each, one at most.

| the newest value | the newest change of level | the trend | suggested |
| --- | --- | --- | --- |
| beyond the bound | any | any | mend it: `metric-failing` |
| within | to the worse, significant | any | undo the change: `change-point`, `slow-benchmark`; nothing once it is |
| within | none, or to the better | worsening | stop it: `metric-worsening` |
| within | none, or to the better | anything else | nothing |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import Better
from ratchetry.domain.suggestion import Goal, Suggestion, SuggestionKind, suggestion_key
from ratchetry.domain.trend import Forecast, Trend
from ratchetry.domain.trend_report import SeriesTrend, TrendReport
from ratchetry.learn.suggestions.made import command, regained, saturating, worth
from ratchetry.learn.suggestions.measure import kept
from ratchetry.report.text import exact, number, plural

ALPHA: Final = 0.05
UNASKED: Final = frozenset({"size.source_lines", "sbom.components", "tests.skipped"})
"""Metrics that have a direction, but that nobody should be told to move for their own sake."""
_BENCHMARK: Final = "benchmark."
_DAYS: Final = 30.0


def metric_suggestions(report: TrendReport) -> Iterator[Suggestion]:
    """Yield what a trend report suggests about its metrics and benchmarks."""
    regressions = {row.name: row for row in report.regressions if row.verdict == "regressed"}
    for each in report.series:
        if each.better is None or each.name in UNASKED:
            continue
        found = _suggestion(each, each.better, regressions.get(each.name), report)
        if found is not None:
            yield found


def _suggestion(
    each: SeriesTrend, better: Better, regression: Comparison | None, report: TrendReport
) -> Suggestion | None:
    """Return what to do about one metric, by the table above."""
    forecast = each.forecast
    if forecast is not None and forecast.state == "beyond":
        return _failing(each, better, forecast, report)
    if regression is not None and each.name.startswith(_BENCHMARK):
        return _slower(each, better, regression, report)
    change = each.change_points[-1] if each.change_points else None
    if change is not None and _worse(change, better) and _significant(change):
        undo = _changed(each, better, change, report)
        return None if kept(undo.goal, each.latest) else undo
    if each.trend.verdict == "worsening":
        return _worsening(each, better, each.trend, report)
    return None


def _failing(each: SeriesTrend, better: Better, forecast: Forecast, report: TrendReport) -> Suggestion:
    """Return the suggestion to bring a metric back within its bound."""
    goal = Goal(measure="metric", metric=each.name, kind=forecast.kind, bound=forecast.bound)
    gap = abs(each.latest - forecast.bound)
    latest = number(each.latest, each.unit, apart_from=(forecast.bound,))
    return _about(
        each,
        better,
        "metric-failing",
        report,
        title=f"{each.name} misses its bound",
        why=f"It is {latest} and its {forecast.kind} is {exact(forecast.bound, each.unit)}.",
        goal=goal,
        evidence=1.0,
        gain=0.5 + 0.5 * saturating(gap, abs(forecast.bound) * 0.1 + 1e-9),
    )


def _changed(each: SeriesTrend, better: Better, change: ChangePoint, report: TrendReport) -> Suggestion:
    """Return the suggestion to undo a change of level."""
    slow = each.name.startswith(_BENCHMARK)
    levels = f"{number(change.before, each.unit)} to {number(change.after, each.unit)}"
    when = f" on {change.time[:10]}" if change.time else ""
    why = f"Its level went from {levels}{when}, {plural(change.newest, 'value')} ago."
    return _about(
        each,
        better,
        "slow-benchmark" if slow else "change-point",
        report,
        title=f"{each.name} became {'slower' if slow else 'worse'}",
        why=why,
        goal=regained(each.name, better, change.before, change.after),
        evidence=1.0 - (change.p_value if change.q_value is None else change.q_value),
        gain=saturating(abs(change.after - change.before), abs(change.before) * 0.1 + 1e-9) * _fresh(change, report),
        interval=_in_units(change.interval, change.before if change.relative else 1.0),
        commits=tuple(commit for commit in (change.last_good, change.first_bad) if commit),
    )


def _fresh(change: ChangePoint, report: TrendReport) -> float:
    """Return how much of its worth undoing a change still has: half of it for each month that others built upon it."""
    since, now = days_of(change.time), days_of(report.as_of)
    return 1.0 if since is None or now is None else 0.5 ** (max(0.0, now - since) / _DAYS)


def _slower(each: SeriesTrend, better: Better, row: Comparison, report: TrendReport) -> Suggestion:
    """Return the suggestion to make a benchmark as fast as it was."""
    return _about(
        each,
        better,
        "slow-benchmark",
        report,
        title=f"{each.name} became slower",
        why=f"The newest run took {number(row.head, each.unit)}, those before {number(row.base, each.unit)}.",
        goal=regained(each.name, better, row.base, row.head),
        evidence=1.0 - (row.q_value or 0.0),
        gain=saturating(abs(row.head - row.base), abs(row.base) * 0.1 + 1e-9),
        interval=_in_units(row.interval, row.base if row.relative else 1.0),
        noise=row.margin * abs(row.base) if row.relative else row.margin,
    )


def _worsening(each: SeriesTrend, better: Better, trend: Trend, report: TrendReport) -> Suggestion:
    """Return the suggestion to stop a trend."""
    slope = trend.slope or 0.0
    level = each.latest if trend.level is None else trend.level
    before = level - slope * trend.days
    low, high = trend.interval or (slope, slope)
    return _about(
        each,
        better,
        "metric-worsening",
        report,
        title=f"{each.name} gets worse",
        why=f"It moves by {slope * _DAYS:+.4g} in 30 days, since {trend.since[:10] or 'the first run'}.",
        goal=regained(each.name, better, before, level),
        evidence=1.0 - (trend.q_value or 0.0),
        gain=saturating(abs(slope) * _DAYS, abs(level) * 0.1 + 1e-9),
        interval=(low * _DAYS, high * _DAYS),
        noise=(high - low) / 2.0 * trend.days,
    )


def _about(
    each: SeriesTrend,
    better: Better,
    kind: SuggestionKind,
    report: TrendReport,
    *,
    title: str,
    why: str,
    goal: Goal,
    evidence: float,
    gain: float,
    interval: tuple[float, float] | None = None,
    noise: float = 0.0,
    commits: tuple[str, ...] = (),
) -> Suggestion:
    """Return a suggestion about a metric."""
    tests = each.name.startswith("tests.")
    return Suggestion(
        fingerprint=suggestion_key("metric", each.name),
        kind=kind,
        code_type="tests" if tests else "project" if each.name.startswith("ci.") else "source",
        title=title,
        why=why,
        runs=(report.run,) if report.run else (),
        commits=commits or ((each.latest_commit,) if each.latest_commit else ()),
        interval=interval,
        command=_command(each.name, kind),
        goal=goal,
        value=each.latest,
        noise=noise,
        unit=each.unit,
        better=better,
        worth=worth(kind, evidence=evidence, gain=gain),
    )


_STEPS: Final[Mapping[SuggestionKind, tuple[str, ...]]] = {
    "change-point": ("ratchetry", "attribute", "--metric"),
    "slow-benchmark": ("ratchetry", "attribute", "--metric"),
    "metric-worsening": ("ratchetry", "trends", "--metric"),
}


def _command(name: str, kind: SuggestionKind) -> str:
    """Return the command that shows more of a metric."""
    if kind in _STEPS:
        return command(*_STEPS[kind], name)
    entry = definition(name)
    known = entry is not None and entry.stage not in {"run", "score"}
    return command("ratchetry", "run", "--stage", entry.stage) if entry and known else command("ratchetry", "run")


def _in_units(interval: tuple[float, float], base: float) -> tuple[float, float]:
    """Return an interval of shares of a base in the base's unit."""
    low, high = sorted((interval[0] * base, interval[1] * base))
    return low, high


def _worse(change: ChangePoint, better: Better) -> bool:
    """Tell whether a change of level is one to the worse."""
    return (change.direction == "down") == (better == "higher")


def _significant(change: ChangePoint) -> bool:
    """Tell whether a change is more than chance among all metrics."""
    return (change.p_value if change.q_value is None else change.q_value) <= ALPHA
