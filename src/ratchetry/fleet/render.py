"""The report on many repositories as a table for terminals, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from ratchetry.fleet.degrading import RATE, Degrading
from ratchetry.fleet.report import FleetReport, Line
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import code, escape_markdown

NONE: Final = "-"
"""What stands where nothing was measured."""
MOST_LINES: Final = 50
"""Lines of one table for people; JSON has all."""
COLUMNS: Final = (
    "repositories",
    "runs",
    "minutes",
    "green",
    "pass rate",
    "coverage",
    "flaky",
    "regressions",
    "lead time",
    "debt",
    "complexity",
    "score gap",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of the report: its title, its columns, all its rows, and what to say when there is none."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str = ""


def parts(report: FleetReport) -> tuple[Part, ...]:
    """Return the tables of a report."""
    since = report.since.isoformat()
    return (
        _lines(f"Weeks since {since}", "week", (*report.weeks, report.total)),
        _lines("Owners", "owner", report.owners),
        _lines("Repositories", "repository", report.repositories),
        Part(
            title="What degrades",
            columns=("repository", "measure", "change", "weeks", "q-value"),
            rows=[_degrading(row) for row in report.degrading],
            empty=f"Nothing that could be told from chance, at a false discovery rate of {RATE:.0%}.",
        ),
        Part(
            title="Tests that are flaky in several repositories",
            columns=("test", "repositories", "failures", "changes of outcome"),
            rows=[(row.test, ", ".join(row.repositories), str(row.failures), str(row.flips)) for row in report.flaky],
            empty="None.",
        ),
    )


def table(report: FleetReport) -> str:
    """Return the report for terminals."""
    texts = []
    for part in parts(report):
        body = plain_table(part.columns, part.rows[:MOST_LINES]) if part.rows else part.empty
        texts.append("\n".join([part.title, body, *_left_out(part)]))
    return "\n\n".join(texts)


def markdown(report: FleetReport) -> str:
    """Return the report as Markdown, names in it made harmless."""
    texts = []
    for part in parts(report):
        head = ["| " + " | ".join(part.columns) + " |", "|" + "---|" * len(part.columns)]
        rows = [
            "| " + " | ".join([code(row[0]) or NONE, *map(escape_markdown, row[1:])]) + " |"
            for row in part.rows[:MOST_LINES]
        ]
        body = [*head, *rows, *("\n" + line for line in _left_out(part))] if part.rows else [part.empty]
        texts.append("\n".join([f"### {part.title}", "", *body]))
    return "\n\n".join(texts)


def as_json(report: FleetReport) -> str:
    """Return the report as JSON: every line, null where nothing was measured."""
    return json.dumps(asdict(report), indent=2, default=date.isoformat)


def _lines(title: str, name: str, lines: Sequence[Line]) -> Part:
    """Return the table of some lines of the report."""
    return Part(title=title, columns=(name, *COLUMNS), rows=[_line(line) for line in lines], empty="No runs.")


def _line(line: Line) -> tuple[str, ...]:
    """Return the cells of one line."""
    unrecovered = f" ({line.unrecovered} open)" if line.unrecovered else ""
    return (
        line.name,
        str(line.repositories),
        str(line.runs),
        f"{line.minutes:.0f}",
        _shown(line.success_rate, ".1%"),
        _shown(line.pass_rate, ".2%"),
        _shown(line.coverage, ".1f", "%"),
        str(line.flaky_tests),
        f"{line.regressions}{unrecovered}",
        _shown(line.lead_hours, ".1f", " h"),
        _shown(line.debt, ".1f"),
        _shown(line.complexity, ".1f"),
        _shown(line.score_gap, ".3f"),
    )


def _shown(value: float | None, form: str, unit: str = "") -> str:
    """Return a number in some form, a hyphen where there is none."""
    return NONE if value is None else f"{value:{form}}{unit}"


def _degrading(row: Degrading) -> tuple[str, ...]:
    """Return the cells of something that degrades."""
    return (row.repository, row.measure, f"{row.change:+.3g}", str(row.weeks), f"{row.q_value:.2g}")


def _left_out(part: Part) -> list[str]:
    """Return a line about what a table leaves out, none when it is whole."""
    left = len(part.rows) - MOST_LINES
    return [f"and {left} more: --format json has all"] if left > 0 else []


RENDERERS: Final[Mapping[str, Callable[[FleetReport], str]]] = {
    "table": table,
    "markdown": markdown,
    "json": as_json,
}
