"""Causes for people: tables for terminals and in Markdown of what goes with a failure or a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.attribution import Attribution, AttributionReport, Suspect
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip_middle, code, code_block, escape_markdown, neutralize, plural

_MOST: Final = 10
_MODULES: Final = 15
Table = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]
"""A title, the names of the columns, and the rows; the first cell of each is a name."""


def terminal(report: AttributionReport) -> str:
    """Return a report for a terminal."""
    parts = [neutralize(headline(report))]
    for title, columns, rows in tables(report):
        parts += ["", f"{title}:", plain_table(columns, rows)]
    parts += [line for title, lines in _closing(report) for line in ("", f"{title}:", *(f"  {row}" for row in lines))]
    return "\n".join(neutralize(part) if "\n" not in part else part for part in parts)


def markdown(report: AttributionReport) -> str:
    """Return a report in GitHub Flavored Markdown."""
    lines = ["### Causes", "", escape_markdown(headline(report)), ""]
    for title, columns, rows in tables(report):
        lines += [f"**{escape_markdown(title)}**", "", f"| {' | '.join(columns)} |"]
        lines.append(f"| {' | '.join('---' for _ in columns)} |")
        lines += [f"| {' | '.join((code(name), *map(escape_markdown, cells)))} |" for name, *cells in rows]
        lines.append("")
    for title, rows_ in _closing(report):
        if title.startswith("to make sure"):
            lines += [f"{escape_markdown(title)}:", "", code_block("\n".join(rows_)), ""]
        else:
            lines += [f"{escape_markdown(title)}:", "", *(f"- {escape_markdown(row)}" for row in rows_), ""]
    return "\n".join(lines)


RENDERERS: Final[Mapping[str, Callable[[AttributionReport], str]]] = {"table": terminal, "markdown": markdown}


def headline(report: AttributionReport) -> str:
    """Return what a report is about, in one line."""
    basis = f"{plural(report.runs, 'run')} of {report.branch}, {plural(report.failures, 'failure')} that began there"
    found = report.attribution
    if found is None:
        return f"no failure and no step to explain: {basis}"
    return f"{clip_middle(found.subject, 120)} {found.told} ({basis})"


def tables(report: AttributionReport) -> Iterator[Table]:
    """Yield what is shown in rows."""
    found = report.attribution
    if found:
        if found.commits:
            yield _commits(found)
        for title, suspects in (("modules", found.modules), ("files", found.files)):
            if suspects:
                yield _suspects(title, suspects, found.outside)
    if report.modules:
        rows = [
            (
                clip_middle(one.module, 60),
                percent(one.blame_mean),
                f"{percent(one.interval[0])}-{percent(one.interval[1])}",
                str(one.failed),
                str(one.passed),
            )
            for one in report.modules[:_MODULES]
        ]
        columns = ("module", "breaks something", "95%", "in failures", "in passes")
        yield f"how often changes break something, by module ({len(report.modules)} in all)", columns, rows


def percent(share: float) -> str:
    """Return a probability in percent."""
    return f"{100 * share:.1f}%" if share >= 0.001 or share == 0.0 else "<0.1%"


def _commits(found: Attribution) -> Table:
    """Return the likeliest commits."""
    rows = [
        (
            one.sha[:12] or "unknown",
            percent(one.probability),
            one.time[:10],
            str(one.files),
            str(one.lines),
            clip_middle(", ".join(one.modules), 60),
        )
        for one in found.commits[:_MOST]
    ]
    title = f"commits from {found.last_good[:12] or 'the beginning'} to {found.first_bad[:12]} ({len(found.commits)})"
    return title, ("commit", "cause", "date", "files", "lines", "modules"), rows


def _suspects(title: str, suspects: Sequence[Suspect], outside: float) -> Table:
    """Return the likeliest modules or files."""
    rows = [
        (clip_middle(one.name, 60), percent(one.probability), percent(one.risk), str(one.changes), one.why)
        for one in suspects[:_MOST]
    ]
    rows.append(("outside of the repository", percent(outside), "", "", "a dependency, a service, the machine"))
    return title, (title.removesuffix("s"), "cause", "breaks something", "changes", "besides"), rows


def _closing(report: AttributionReport) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what stands below the tables: how to make sure, and what has to be known to read them."""
    found = report.attribution
    if found and found.bisection:
        one = found.bisection
        steps = f"{one.steps:.1f} tests on average from there on, {one.plain_steps:.1f} when halved by number"
        first = f"test {one.first[:12]} first of {one.commits} commits"
        yield f"to make sure, {first}: {steps}", one.commands
    notes = (*(found.notes if found else ()), *report.notes)
    if notes:
        yield "to be known", notes
