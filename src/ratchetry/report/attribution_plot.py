"""How often changes to modules break something, as a drawing: a row for each module, a dot with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.attribution import AttributionReport
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.report.attribution import headline, percent
from ratchetry.report.text import clip_middle, escape_html

MOST: Final = 40
"""Modules that are drawn: those whose changes break most."""
_LEFT, _WIDTH, _RIGHT, _ROW, _TOP, _BOTTOM = 300, 420, 190, 22, 62, 40
_STYLE: Final = (
    "text{font:12px ui-monospace,monospace;fill:#1f2328}.t{font-weight:600}.m{fill:#656d76}.g{fill:#ffffff}"
    ".l{stroke:#d0d7de}.i{stroke:#8c959f;stroke-width:3;stroke-linecap:round}.d{fill:#0969da}.h{fill:#c8352e}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.l{stroke:#30363d}"
    ".i{stroke:#6e7681}.d{fill:#4493f8}.h{fill:#e5534b}}"
)


def plot(report: AttributionReport) -> str:
    """Return the drawing as SVG, for light and dark grounds; suspects of the case at hand are red."""
    rows = report.modules[:MOST]
    reach = _reach(rows)
    width, height = _LEFT + _WIDTH + _RIGHT, _TOP + len(rows) * _ROW + _BOTTOM
    title = escape_html(clip_middle(headline(report), 110))
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
    return "".join(
        (
            f'{head} aria-label="{title}"><style>{_STYLE}</style><rect class="g" {size}/>',
            f'<text class="t" x="12" y="22">{title}</text>',
            *_axis(reach, height),
            *_rows(rows, reach, suspected(report)),
            "</svg>\n",
        )
    )


def suspected(report: AttributionReport) -> frozenset[str]:
    """Return the modules that are the cause of the case at hand with at least one chance in ten."""
    found = report.attribution
    return frozenset(one.name for one in found.modules if one.probability >= 0.1) if found else frozenset()


def _reach(rows: Sequence[ModuleEvidence]) -> float:
    """Return where the axis ends: at a round share above the intervals."""
    highest = max((row.interval[1] for row in rows), default=0.1)
    return min(1.0, math.ceil(highest * 10) / 10) or 0.1


def _axis(reach: float, height: int) -> Iterator[str]:
    """Yield the lines and numbers of the axis."""
    for step in range(5):
        x = _LEFT + _WIDTH * step / 4
        yield f'<line class="l" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 14}" y2="{height - _BOTTOM + 4}"/>'
        yield f'<text class="m" x="{x:.1f}" y="{_TOP - 20}" text-anchor="middle">{100 * reach * step / 4:.3g}%</text>'
    text = "chance that a change breaks something, with 95% interval"
    yield f'<text class="m" x="{_LEFT}" y="{height - 14}">{text}</text>'


def _rows(rows: Sequence[ModuleEvidence], reach: float, red: frozenset[str]) -> Iterator[str]:
    """Yield the rows."""
    for number, row in enumerate(rows):
        y = _TOP + number * _ROW + 8
        low, high = (_LEFT + _WIDTH * min(end / reach, 1.0) for end in row.interval)
        at = _LEFT + _WIDTH * min(row.blame_mean / reach, 1.0)
        name, full = escape_html(clip_middle(row.module, 44)), escape_html(row.module)
        told = f"{percent(row.blame_mean)}: in {row.failed} failures, {row.passed} passes"
        yield f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end"><title>{full}</title>{name}</text>'
        yield f'<line class="i" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
        kind = "h" if row.module in red else "d"
        yield f'<circle class="{kind}" cx="{at:.1f}" cy="{y}" r="5"><title>{full}: {told}</title></circle>'
        counts = f"{row.failed} failed, {row.passed} passed"
        yield f'<text class="m" x="{_LEFT + _WIDTH + 14}" y="{y + 4}">{counts}</text>'
