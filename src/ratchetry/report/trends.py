"""Trends for people: a table for terminals, one in Markdown, and drawings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.series import Series
from ratchetry.domain.trend import Forecast, Trend, TrendVerdict
from ratchetry.domain.trend_report import SeriesTrend, TrendReport
from ratchetry.report.plain_table import plain_table
from ratchetry.report.series_plot import Panel, stacked_plot
from ratchetry.report.sparkline import BLOCKS, sparkline
from ratchetry.report.text import clip_middle, code, escape_markdown, exact, neutralize, number, plural, signed

COLUMNS: Final = ("metric", "latest", "history", "trend", "in 30 days", "95 %", "7 days against 23", "bound")
_MOST: Final = 300
_NAME: Final = 48
_EXPLAINED: Final = 3
"""Series up to which each verdict is explained."""
_ORDER: Final[Mapping[TrendVerdict, int]] = {"worsening": 0, "improving": 1, "steady": 2, "unknown": 2}
_MONTH: Final = 30.0
_WEEK: Final = 7.0


def terminal(report: TrendReport, blocks: str = BLOCKS) -> str:
    """Return a report for a terminal, its sparklines of some blocks."""
    rows = [(clip_middle(each.name, _NAME), *_cells(each, blocks)) for each in report.series[:_MOST]]
    lines = [headline(report), "", plain_table(COLUMNS, rows)]
    remarks = [neutralize(line) for line in _remarks(report)]
    return "\n".join([*lines, *(["", *remarks] if remarks else [])])


def markdown(report: TrendReport, blocks: str = BLOCKS) -> str:
    """Return a report in GitHub Flavored Markdown, its sparklines of some blocks."""
    lines = ["### Trends", "", escape_markdown(headline(report)), ""]
    lines += [f"| {' | '.join(COLUMNS)} |", f"| {' | '.join('---' for _ in COLUMNS)} |"]
    for each in report.series[:_MOST]:
        latest, line, *rest = _cells(each, blocks)
        cells = [code(clip_middle(each.name, 200)), escape_markdown(latest), code(line), *map(escape_markdown, rest)]
        lines.append(f"| {' | '.join(cells)} |")
    remarks = [f"- {escape_markdown(line)}" for line in _remarks(report)]
    return "\n".join([*lines, *(["", *remarks] if remarks else [])]) + "\n"


def headline(report: TrendReport) -> str:
    """Return a report in one line."""
    if not report.runs:
        return "no runs: nothing can be said of trends yet"
    counts = {verdict: sum(each.trend.verdict == verdict for each in report.series) for verdict in _ORDER}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    basis = (
        f"{plural(report.runs, 'run')} of {report.branch or 'no branch'}, {report.since[:10]} to {report.as_of[:10]}"
    )
    return neutralize(f"{len(report.series)} series ({told or 'none'}) over {basis}")


def plot(report: TrendReport, series: Sequence[Series]) -> str:
    """Return the series drawn, one below the other, with what was found in them: first what worsens."""
    drawn = {each.name: each for each in series}
    ranked = sorted(report.series, key=lambda each: _ORDER[each.trend.verdict])
    return stacked_plot(
        [
            Panel(
                series=drawn[each.name],
                changes=each.change_points,
                trend=each.trend if each.trend.direction != "none" else None,
                bound=each.forecast.bound if each.forecast else None,
                note=_note(each),
            )
            for each in ranked
            if each.name in drawn
        ]
    )


def change_text(each: SeriesTrend) -> str:
    """Return how much 30 days change a series, or what they did so far where that is less than a week."""
    trend = each.trend
    if trend.slope is None:
        return ""
    text = signed(trend.slope * _reach(trend), each.unit)
    return text if trend.days >= _WEEK else f"{text} in {trend.days:.1f} d"


def _reach(trend: Trend) -> float:
    """Return the days that a change is told for: what was seen for hours says nothing of a month."""
    return _MONTH if trend.days >= _WEEK else trend.days


def forecast_text(forecast: Forecast | None, unit: str) -> str:
    """Return when a bound is hit, in words."""
    if forecast is None:
        return ""
    bound = exact(forecast.bound, unit)
    match forecast.state:
        case "dated":
            last = f" to {forecast.latest}" if forecast.latest else " or later"
            return f"{bound} about {forecast.likely} ({forecast.earliest}{last})"
        case "later":
            return f"{bound} not within a year"
        case "away":
            return f"{bound}, moving away"
        case "beyond":
            return f"{bound} is passed already"
        case "unknown":
            return bound


def _cells(each: SeriesTrend, blocks: str) -> tuple[str, ...]:
    """Return the cells of a series after its name."""
    trend = each.trend
    told = trend.verdict != "unknown" or trend.direction != "none"
    ends = trend.interval if told else None
    return (
        number(each.latest, each.unit),
        sparkline(each.sparkline, blocks=blocks),
        trend.direction if told and trend.verdict == "unknown" else trend.verdict,
        change_text(each) if told else "",
        " to ".join(signed(end * _reach(trend), each.unit) for end in ends) if ends else "",
        _window(each),
        forecast_text(each.forecast, each.unit),
    )


def _window(each: SeriesTrend) -> str:
    """Return what the newest week says, in words."""
    found = each.windows
    if found is None:
        return ""
    if found.verdict in {"unchanged", "inconclusive"}:
        return found.verdict
    moved = f"{found.difference:+.1%}" if found.relative else signed(found.difference, each.unit)
    return f"{found.verdict} ({moved})"


def _note(each: SeriesTrend) -> str:
    """Return what stands beside the name of a series in a drawing."""
    if each.trend.direction == "none":
        return each.trend.verdict
    return f"{each.trend.verdict}, {change_text(each)}{' in 30 days' if each.trend.days >= _WEEK else ''}"


def _remarks(report: TrendReport) -> Iterator[str]:
    """Yield what there is to say besides the table, a line each."""
    if len(report.series) <= _EXPLAINED:
        for each in report.series:
            yield f"{each.name}: {each.trend.reason}"
            if each.windows and each.windows.reason:
                yield f"{each.name}, 7 days against 23: {each.windows.reason}"
            if each.forecast:
                yield f"{each.name}, bound: {each.forecast.reason}"
    if len(report.series) > _MOST:
        yield f"and {len(report.series) - _MOST:,} more series: --metric chooses some, --format json has all"
    yield from (f"{part} not measured: {reason}" for part, reason in report.unmeasured.items())
    yield from report.notes
