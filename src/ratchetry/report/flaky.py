"""Flaky tests for people: a table for terminals and one in Markdown, with how each test went lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ratchetry.domain.flaky import FlakyReport, FlakyTest
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip_middle, code, duration, escape_markdown, neutralize, plural

_LATEST: Final = 30
_MOST: Final = 200
_NAME: Final = 60
_MARKS: Final[Mapping[str, str]] = {"P": "·", "F": "✗", "R": "↻", "B": "▒", "O": " ", "S": "-"}
LEGEND: Final = "· passed  ✗ failed  ↻ passed when run again  ▒ broken by a commit, or not passed since"
COLUMNS: Final = ("test", "status", "rate", "95%", "failures", "reruns", "last failed", "lost", "cause", "latest")


def sparkline(outcomes: str) -> str:
    """Return the newest results of a test, a mark each."""
    return "".join(_MARKS.get(letter, "?") for letter in outcomes[-_LATEST:])


def percent(share: float) -> str:
    """Return a rate in percent."""
    return f"{100 * share:.1f}%"


def terminal(report: FlakyReport) -> str:
    """Return a report for a terminal."""
    parts = [neutralize(headline(report))]
    if report.flaky:
        rows = [_row(test, clip_middle(test.test, _NAME)) for test in report.flaky[:_MOST]]
        parts += ["", plain_table(COLUMNS, rows), "", LEGEND]
    parts += [neutralize(line) for line in notes(report)]
    return "\n".join(parts)


def markdown(report: FlakyReport) -> str:
    """Return a report in GitHub Flavored Markdown."""
    lines = ["### Flaky tests", "", escape_markdown(headline(report)), ""]
    if report.flaky:
        lines += [f"| {' | '.join(COLUMNS)} |", f"| {' | '.join('---' for _ in COLUMNS)} |"]
        for test in report.flaky[:_MOST]:
            name, *cells, latest = _row(test, test.test)
            shown = [code(clip_middle(name, 200)), *map(escape_markdown, cells), code(latest)]
            lines.append(f"| {' | '.join(shown)} |")
        lines += ["", LEGEND]
    lines += [f"- {escape_markdown(line)}" for line in notes(report) if line]
    return "\n".join(lines) + "\n"


def headline(report: FlakyReport) -> str:
    """Return a report in one line."""
    counts = {status: sum(test.status == status for test in report.flaky) for status in ("active", "suspected")}
    basis = f"{plural(report.tests, 'test')} in {plural(report.runs, 'run')}"
    if not report.runs:
        return "no run with tests: nothing can be said of flaky tests yet"
    suspected = f", {counts['suspected']} suspected" if counts["suspected"] else ""
    return f"{plural(counts['active'], 'flaky test')}{suspected} among {basis}"


def notes(report: FlakyReport) -> Iterator[str]:
    """Yield what else there is to say, each in one line after an empty one."""
    for title, lines in (
        ("why", [f"{test.test}: {'; '.join(test.cause.evidence)}" for test in report.flaky if test.cause.evidence]),
        (
            "broken at the end, not flaky",
            [f"{one.test} since {one.since} ({one.commit[:12]})" for one in report.broken],
        ),
        ("left out", [f"run {one.run} of {one.time}: {one.reason}" for one in report.outages]),
        ("in quarantine", [f"{one.test} until {one.until}: {one.reason}" for one in report.quarantined]),
        ("new, to be vetted", report.new),
    ):
        yield from _listed(title, tuple(lines))


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a list below its title, nothing for an empty one."""
    rows = tuple(lines)
    if rows:
        yield ""
        yield f"{title}:"
        yield from (f"  {row}" for row in rows[:10])
        if len(rows) > 10:
            yield f"  and {len(rows) - 10:,} more"


def _row(test: FlakyTest, name: str) -> tuple[str, ...]:
    """Return the cells of a test."""
    status = "quarantined" if test.quarantine else test.status
    cause = (
        test.cause.kind if test.cause.kind == "unknown" else f"{test.cause.kind} {100 * test.cause.probability:.0f}%"
    )
    return (
        name,
        status,
        percent(test.rate),
        f"{percent(test.low)}-{percent(test.high)}",
        f"{test.failures}/{test.results}",
        str(test.reruns),
        test.last_failed[:10],
        duration(test.lost),
        cause,
        sparkline(test.outcomes),
    )
