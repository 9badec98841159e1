"""The newest results of flaky tests as a drawing: a row for each test, a cell for each result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.flaky import FlakyReport, FlakyTest
from ratchetry.report.flaky import headline, percent
from ratchetry.report.text import clip_middle, escape_html

MOST: Final = 100
"""Tests that are drawn."""
_CELL, _GAP, _ROW = 9, 1, 18
_LEFT, _RATE, _TOP, _BOTTOM = 330, 130, 48, 34
_NAME: Final = 52
_KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "P": ("#d3e4d8", "#2c4a38", "passed"),
    "R": ("#e0a526", "#e0a526", "passed when run again"),
    "F": ("#c8352e", "#e5534b", "failed"),
    "B": ("#8a8f98", "#767c86", "broken by a commit, or not passed since"),
    "O": ("#f3f3f1", "#23262b", "outage, left out"),
}
"""Of each letter the color on light ground, on dark ground, and the meaning."""
_STYLE: Final = (
    "text{font:12px ui-monospace,monospace;fill:#1f2328}.t{font-weight:600}.m{fill:#656d76}.g{fill:#ffffff}"
    + "".join(f".{letter}{{fill:{light}}}" for letter, (light, _, _) in _KINDS.items())
    + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}"
    + "".join(f".{letter}{{fill:{dark}}}" for letter, (_, dark, _) in _KINDS.items())
    + "}"
)


def plot(report: FlakyReport) -> str:
    """Return the drawing as SVG, for light and dark grounds."""
    tests = report.flaky[:MOST]
    widest = max((len(test.outcomes) for test in tests), default=0)
    width = max(_LEFT + widest * (_CELL + _GAP) + _RATE, 760)
    height = _TOP + len(tests) * _ROW + _BOTTOM
    title = escape_html(headline(report))
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
    parts = (
        f'{head} aria-label="{title}"><style>{_STYLE}</style><rect class="g" {size}/>',
        f'<text class="t" x="12" y="22">{title}</text>',
        *_rows(tests, widest),
        *_legend(height - 12),
        "</svg>\n",
    )
    return "".join(parts)


def _rows(tests: Sequence[FlakyTest], widest: int) -> Iterator[str]:
    """Yield the rows, the newest results aligned on the right."""
    right = _LEFT + widest * (_CELL + _GAP)
    for number, test in enumerate(tests):
        top = _TOP + number * _ROW
        name = escape_html(clip_middle(test.test, _NAME))
        full = escape_html(test.test)
        yield f'<text x="{_LEFT - 10}" y="{top + 10}" text-anchor="end"><title>{full}</title>{name}</text>'
        start = right - len(test.outcomes) * (_CELL + _GAP)
        for place, letter in enumerate(test.outcomes):
            x = start + place * (_CELL + _GAP)
            kind = letter if letter in _KINDS else "O"
            yield f'<rect class="{kind}" x="{x}" y="{top}" width="{_CELL}" height="{_CELL + 3}" rx="1"/>'
        status = "quarantined" if test.quarantine else test.status
        yield f'<text class="m" x="{right + 8}" y="{top + 10}">{percent(test.rate)} {status}</text>'


def _legend(baseline: int) -> Iterator[str]:
    """Yield what the colors mean."""
    x = 12
    for letter, (_, _, meaning) in _KINDS.items():
        yield f'<rect class="{letter}" x="{x}" y="{baseline - 10}" width="{_CELL}" height="{_CELL + 3}" rx="1"/>'
        yield f'<text class="m" x="{x + 14}" y="{baseline}">{meaning}</text>'
        x += 34 + 8 * len(meaning)
