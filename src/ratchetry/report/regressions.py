"""How a run differs from its base: as JSON, as a table for terminals, and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.attribution import Attribution
from ratchetry.domain.comparison import Comparison, ComparisonVerdict
from ratchetry.domain.regression import NewFailure, RegressionReport
from ratchetry.report.plain_table import plain_table
from ratchetry.report.sparkline import sparkline
from ratchetry.report.text import clip_middle, code, escape_markdown, listed, neutralize, number, plural, signed

COLUMNS: Final = ("metric", "base", "head", "difference", "95 % interval", "verdict", "q", "runs", "lately")
ORDER: Final[Mapping[ComparisonVerdict, int]] = {"regressed": 0, "improved": 1, "inconclusive": 2, "unchanged": 3}
MOST: Final = 200
"""Rows of a table, and tests that are named."""
_SPARKS: Final = 20
_NAME: Final = 60
_NAMES: Final = 10
_SUSPECTS: Final = 5
_SHORT: Final = 12
_ENDLESS: Final = 1e12

Renderer = Callable[[RegressionReport], str]


def render_json(report: RegressionReport) -> str:
    """Return a report as one JSON document."""
    import msgspec

    document: dict[str, object] = msgspec.to_builtins(report)
    del document["series"]
    return json.dumps(document, indent=2)


def render_table(report: RegressionReport) -> str:
    """Return a report for a terminal."""
    lines = [neutralize(headline(report)), neutralize(_against(report))]
    shown = _shown(report)
    if shown:
        rows = [_row(each, report, clip_middle(each.name, _NAME)) for each in shown]
        lines += ["", plain_table(COLUMNS, rows)]
    lines += [neutralize(line) for line in _remarks(report, shown)]
    return "\n".join(lines)


def render_markdown(report: RegressionReport) -> str:
    """Return a report in GitHub Flavored Markdown."""
    lines = ["### Regressions", "", escape_markdown(headline(report)), "", escape_markdown(_against(report))]
    shown = _shown(report)
    if shown:
        lines += ["", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        for each in shown:
            name, *cells, spark = _row(each, report, each.name)
            lines.append(_line([code(clip_middle(name, 200)), *map(escape_markdown, cells), code(spark)]))
    for line in _remarks(report, shown):
        text = line.removeprefix("  ")
        lines.append(f"- {escape_markdown(text)}" if text != line else escape_markdown(line))
    return "\n".join(lines)


RENDERERS: Final[Mapping[str, Renderer]] = {
    "table": render_table,
    "json": render_json,
    "markdown": render_markdown,
}


def headline(report: RegressionReport) -> str:
    """Return a report in one line."""
    counts = {verdict: sum(each.verdict == verdict for each in report.comparisons) for verdict in ORDER}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    broken = len(report.broken)
    tests = f"; {plural(broken, 'test')} newly failing" if broken else ""
    return f"{told} of {plural(len(report.comparisons), 'metric')}{tests}"


def _against(report: RegressionReport) -> str:
    """Return which run was compared with what."""
    head = f"run {report.run}" + (f" of {report.commit[:_SHORT]}" if report.commit else "")
    base = report.base.measured or report.base.commit
    what = f"{report.branch} up to {base[:_SHORT]}" if base else f"the runs of {report.branch} before it"
    return f"{head} against {what}, at a false discovery rate of {report.rate:g}"


def _shown(report: RegressionReport) -> Sequence[Comparison]:
    """Return the comparisons that a table shows: those that are not unchanged, what matters most first."""
    told = (each for each in report.comparisons if each.verdict != "unchanged")
    return sorted(told, key=lambda each: (ORDER[each.verdict], each.q_value or 0.0, each.name))[:MOST]


def _row(comparison: Comparison, report: RegressionReport, name: str) -> tuple[str, ...]:
    """Return a row of the table."""
    low, high = comparison.interval
    series = next((each for each in report.series if each.name == comparison.name), None)
    values = series.values[-_SPARKS:] if series else ()
    point = ("-" if comparison.verdict == "inconclusive" else "exact") if low == high else ""
    return (
        name,
        number(comparison.base, comparison.unit),
        number(comparison.head, comparison.unit),
        _difference(comparison, comparison.difference),
        point or f"{_difference(comparison, low)} to {_difference(comparison, high)}",
        comparison.verdict,
        "-" if comparison.q_value is None else f"{comparison.q_value:.2g}",
        f"{comparison.n_head} / {comparison.n_base}",
        sparkline(values),
    )


def _difference(comparison: Comparison, value: float) -> str:
    """Return a difference as people read it."""
    if comparison.relative:
        return f"{100 * value:+.3g}%" if abs(value) < _ENDLESS else f"{value:+.1g}"
    return signed(value, comparison.unit)


def _remarks(report: RegressionReport, shown: Sequence[Comparison]) -> Iterator[str]:
    """Yield what else there is to say: a title after an empty line, its lines indented."""
    yield from _listed("why", [f"{each.name}: {each.reason}" for each in shown if each.reason])
    yield from _listed("newly failing", [_failure(each) for each in report.broken])
    flaky = [each for each in report.failures if each.flaky]
    yield from _listed("failing, and known as flaky", [each.test for each in flaky])
    missing: dict[str, list[str]] = {}
    for name, why in report.unmeasured:
        missing.setdefault(why or "the run does not have it", []).append(name)
    reasons = [f"{why}: {listed(names, _NAMES)}" for why, names in missing.items()]
    yield from _listed("not measured, unlike at the base", reasons)
    if report.new:
        yield from _listed("new, without a base", [listed(report.new, _NAMES)])
    for cause in report.causes:
        yield from _listed(f"what may have caused {cause.subject}", list(_suspects(cause)))
    yield from _listed("notes", list(report.notes))


def _failure(failure: NewFailure) -> str:
    """Return a test that fails, with where it passed."""
    return f"{failure.test}: {f'passed in run {failure.passed}' if failure.passed else 'not in the base'}"


def _suspects(cause: Attribution) -> Iterator[str]:
    """Yield the commits and files that go with what is worse, the likeliest first, and how to make sure."""
    if len(cause.commits) > 1:
        likely = [f"{one.sha[:_SHORT]} ({one.probability:.0%})" for one in cause.commits]
        yield f"commits: {listed(likely, _SUSPECTS)}"
    files = [f"{one.name} ({one.probability:.0%})" for one in cause.files]
    if files:
        yield f"files: {listed(files, _SUSPECTS)}"
    yield f"none of the changes: {cause.outside:.0%}"
    if cause.bisection:
        steps = f"{cause.bisection.steps:.1f} tests on average"
        yield f"to make sure ({steps}): {' && '.join(cause.bisection.commands)}"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield lines below their title, nothing where there are none."""
    if lines:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:MOST])
        if len(lines) > MOST:
            yield f"  and {len(lines) - MOST:,} more"


def _line(cells: Sequence[str]) -> str:
    """Return one line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"
