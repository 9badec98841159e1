"""The report on many repositories as one page: a table with the weeks of each as lines, and links to their dashboards.

It needs no script: everything is in the markup, under a policy that allows its style alone.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ratchetry.fleet.render import MOST_LINES, NONE, Part, parts
from ratchetry.fleet.report import FleetReport, Line
from ratchetry.report.dashboard.shell import MARK
from ratchetry.report.text import clip_middle, escape_html, listed

_LONGEST: Final = 120
_WIDTH, _HEIGHT = 72, 22
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--ground:#fff;--link:#0550ae;--mark:#0969da}
@media(prefers-color-scheme:dark){:root{--ink:#f0f6fc;--soft:#9198a1;--line:#3d444d;--ground:#0d1117;--link:#58a6ff;
--mark:#4493f8}}
body{margin:0 auto;max-width:100rem;padding:1rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground)}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}a{color:var(--link)}p{color:var(--soft)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th{color:var(--soft);font-weight:600}tbody th{color:var(--ink)}th:first-child,td:first-child{text-align:left}
svg{vertical-align:middle;margin-left:.4rem}polyline{fill:none;stroke:var(--mark);stroke-width:1.5}
circle{fill:var(--mark)}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the dashboard of a repository stands, relative to the page, or why there is none."""

    address: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of the table: its title, how a number in it is written, and which number of a line it is."""

    title: str
    form: str
    unit: str
    value: Callable[[Line], float | None]
    drawn: bool = True


_COLUMNS: Final = (
    _Column(title="runs", form=",.0f", unit="", value=lambda line: line.runs, drawn=False),
    _Column(title="green", form=".1%", unit="", value=lambda line: line.success_rate),
    _Column(title="pass rate", form=".2%", unit="", value=lambda line: line.pass_rate),
    _Column(title="coverage", form=".1f", unit="%", value=lambda line: line.coverage),
    _Column(title="flaky tests", form=",.0f", unit="", value=lambda line: line.flaky_tests),
    _Column(title="debt", form=",.1f", unit="", value=lambda line: line.debt),
    _Column(title="score gap", form=".3f", unit="", value=lambda line: line.score_gap),
    _Column(title="minutes", form=",.0f", unit="", value=lambda line: line.minutes),
    _Column(title="regressions", form=",.0f", unit="", value=lambda line: line.regressions, drawn=False),
    _Column(title="lead time", form=".1f", unit=" h", value=lambda line: line.lead_hours, drawn=False),
)


def fleet_page(report: FleetReport, weeks: Mapping[str, Sequence[Line]], targets: Mapping[str, Target]) -> bytes:
    """Return the page on repositories, given the weeks of each and where their dashboards are."""
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    others = parts(report)[3:]
    body = "\n".join(
        [
            f"<h1>{len(report.repositories):,} repositories</h1>",
            f"<p>Since {report.since.isoformat()}; the lines are weeks, the oldest on the left.</p>",
            _repositories(report, weeks, targets),
            *(_table(part) for part in others),
            *_without(targets),
        ]
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n{MARK}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Fleet dashboard</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    ).encode()


def _repositories(report: FleetReport, weeks: Mapping[str, Sequence[Line]], targets: Mapping[str, Target]) -> str:
    """Return the table of all repositories."""
    head = "".join(f'<th scope="col">{column.title}</th>' for column in _COLUMNS)
    rows = (
        f'<tr><th scope="row">{_name(line.name, targets)}</th>'
        + "".join(f"<td>{_cell(column, line, weeks.get(line.name, ()))}</td>" for column in _COLUMNS)
        + "</tr>"
        for line in report.repositories
    )
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Repositories"><table><thead><tr>'
        f'<th scope="col">repository</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _name(name: str, targets: Mapping[str, Target]) -> str:
    """Return the name of a repository, with a link to its dashboard where it has one."""
    shown = escape_html(clip_middle(name, _LONGEST)) or "(no name)"
    target = targets.get(name)
    return f'<a href="{escape_html(quote(target.address))}">{shown}</a>' if target and target.address else shown


def _cell(column: _Column, line: Line, weeks: Sequence[Line]) -> str:
    """Return a number and how it went week by week."""
    value = column.value(line)
    text = NONE if value is None else f"{value:{column.form}}{column.unit}"
    return text + (_line_of([column.value(week) for week in weeks], column) if column.drawn else "")


def _line_of(values: Sequence[float | None], column: _Column) -> str:
    """Return values as a small drawing, with gaps where one is missing; nothing for fewer than two."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (_WIDTH - 6) / max(1, len(values) - 1)
    pieces: list[list[str]] = [[]]
    for at, value in enumerate(values):
        if value is None or not math.isfinite(value):
            pieces.append([])
        else:
            share = (value - low) / span if high > low else 0.5
            pieces[-1].append(f"{3 + at * step:.1f},{_HEIGHT - 3 - share * (_HEIGHT - 6):.1f}")
    lines = "".join(f'<polyline points="{" ".join(piece)}"/>' for piece in pieces if len(piece) > 1)
    last = next(piece[-1] for piece in reversed(pieces) if piece)
    x, _, y = last.partition(",")
    told = f"{len(known)} weeks, from {low:{column.form}} to {high:{column.form}}{column.unit}"
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{told}"><title>{told}</title>{lines}'
        f'<circle cx="{x}" cy="{y}" r="2"/></svg>'
    )


def _table(part: Part) -> str:
    """Return another table of the report."""
    head = "".join(f'<th scope="col">{column}</th>' for column in part.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape_html(clip_middle(cell, _LONGEST))}</td>" for cell in row) + "</tr>"
        for row in part.rows[:MOST_LINES]
    )
    if not rows:
        return f"<h2>{part.title}</h2><p>{part.empty}</p>"
    return (
        f'<h2>{part.title}</h2><div class="wide" tabindex="0" role="region" aria-label="{part.title}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _without(targets: Mapping[str, Target]) -> Sequence[str]:
    """Return which repositories have no dashboard, and why, none where each has one."""
    missing = [(name, target.reason) for name, target in sorted(targets.items()) if not target.address]
    if not missing:
        return ()
    told = listed([f"{clip_middle(name, _LONGEST)} ({clip_middle(reason, _LONGEST)})" for name, reason in missing], 10)
    return (f"<p>Without a dashboard: {escape_html(told)}</p>",)
