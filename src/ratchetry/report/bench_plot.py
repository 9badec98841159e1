"""A comparison by benchmarks as a drawing: a row for each benchmark, with every pair, the change and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import quantiles
from typing import Final

from ratchetry.domain.bench import BenchReport, PairedTimes
from ratchetry.domain.comparison import Comparison
from ratchetry.report.bench import by_verdict, headline, shown_change
from ratchetry.report.plot_axes import Scale, round_numbers, value_scale
from ratchetry.report.text import clip_middle, escape_html

MOST: Final = 60
"""Benchmarks that are drawn: those that changed come first."""
_WIDTH, _LEFT, _RIGHT = 860, 300, 150
_TOP, _ROW, _FOOT = 44, 26, 44
_NAME: Final = 44
_STYLE: Final = (
    "text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.t{font-weight:600;font-size:13px}.m{fill:#656d76}"
    ".g{fill:#ffffff}.a{stroke:#d0d7de}.z{stroke:#57606a}.e{fill:#0969da;fill-opacity:.09}.d{fill:#8c959f;fill-opacity:.55}"
    ".regressed{fill:#cf222e;stroke:#cf222e}.improved{fill:#1a7f37;stroke:#1a7f37}"
    ".unchanged{fill:#0969da;stroke:#0969da}.inconclusive{fill:#9a6700;stroke:#9a6700}.i{stroke-width:3;fill:none}"
    "text.v{stroke:none}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.a{stroke:#30363d}"
    ".z{stroke:#9198a1}.e{fill:#4493f8;fill-opacity:.14}.d{fill:#9198a1}.regressed{fill:#f85149;stroke:#f85149}"
    ".improved{fill:#3fb950;stroke:#3fb950}.unchanged{fill:#4493f8;stroke:#4493f8}"
    ".inconclusive{fill:#d29922;stroke:#d29922}}"
)


def plot(report: BenchReport) -> str:
    """Return the drawing as SVG, for light and dark grounds."""
    rows = by_verdict(report)[:MOST]
    times = {paired.name: paired for paired in report.times}
    height = _TOP + _ROW * len(rows) + _FOOT
    title = escape_html(headline(report))
    size = f'width="{_WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {height}" role="img"'
    parts = [
        f'{head} aria-label="{title}"><style>{_STYLE}</style><rect class="g" {size}/>',
        f'<text class="t" x="12" y="22">{title}</text>',
    ]
    if rows:
        scale = _scale(rows, times)
        bottom = _TOP + _ROW * len(rows)
        parts += _ground(scale, rows[0].margin, bottom)
        for place, comparison in enumerate(rows):
            parts += _row(comparison, times.get(comparison.name), scale, _TOP + _ROW * place + _ROW // 2)
        parts.append(_legend(len(report.comparisons) - len(rows), rows[0].margin, bottom))
    return "".join([*parts, "</svg>\n"])


def _scale(rows: Sequence[Comparison], times: Mapping[str, PairedTimes]) -> Scale:
    """Return the scale of changes: all intervals and most of the pairs are on it, wild ones at its ends."""
    values = [0.0, rows[0].margin, -rows[0].margin]
    for row in rows:
        values += row.interval
        if row.name in times and len(changes := _changes(times[row.name])) > 1:
            tenths = quantiles(changes, n=10, method="inclusive")
            values += [tenths[0], tenths[-1]]
    return value_scale(values, _LEFT, _WIDTH - _RIGHT)


def _changes(paired: PairedTimes) -> list[float]:
    """Return the change in each pair, as a share of the base."""
    return [head / base - 1 for base, head in zip(paired.base, paired.head, strict=True) if base > 0]


def _ground(scale: Scale, margin: float, bottom: int) -> Iterator[str]:
    """Yield the margin, the axis with its marks, and the line of no change."""
    low, high = scale.at(-margin), scale.at(margin)
    yield f'<rect class="e" x="{low}" y="{_TOP - 6}" width="{round(high - low, 1)}" height="{bottom - _TOP + 6}"/>'
    for mark in round_numbers(scale):
        x = scale.at(mark)
        yield f'<line class="a" x1="{x}" y1="{_TOP - 6}" x2="{x}" y2="{bottom}"/>'
        yield f'<text class="m" x="{x}" y="{bottom + 14}" text-anchor="middle">{_mark(mark)}</text>'
    yield f'<line class="z" x1="{scale.at(0)}" y1="{_TOP - 6}" x2="{scale.at(0)}" y2="{bottom}"/>'


def _mark(share: float) -> str:
    """Return a mark of the axis, without a sign where nothing changes."""
    return f"{100 * share:+g} %" if share else "0 %"


def _row(comparison: Comparison, paired: PairedTimes | None, scale: Scale, y: int) -> Iterator[str]:
    """Yield a benchmark's name, its pairs as dots, its interval as a bar and its change as a disk."""
    low, high = comparison.interval
    told = f"{shown_change(comparison.difference)}, {shown_change(low)} to {shown_change(high)}"
    name, kind = escape_html(comparison.name), comparison.verdict
    short = escape_html(clip_middle(comparison.name, _NAME))
    yield f"<g><title>{name}: {kind}, {told}</title>"
    yield f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{short}</text>'
    for change in _changes(paired) if paired else ():
        yield f'<circle class="d" cx="{scale.at(change)}" cy="{y}" r="2"/>'
    yield f'<path class="i {kind}" d="M{scale.at(low)} {y}H{scale.at(high)}"/>'
    yield f'<circle class="{kind}" cx="{scale.at(comparison.difference)}" cy="{y}" r="4.5"/>'
    text = f"{shown_change(comparison.difference)} {kind}"
    yield f'<text class="v {kind}" x="{_WIDTH - _RIGHT + 12}" y="{y + 4}">{text}</text></g>'


def _legend(more: int, margin: float, bottom: int) -> str:
    """Return what the marks mean."""
    rest = f"; {more} more are not drawn" if more else ""
    told = f"change of the time, head against base: dots are pairs, bars 95 % intervals, the band ±{100 * margin:g} %"
    return f'<text class="m" x="{_LEFT}" y="{bottom + 32}">{told}{rest}</text>'
