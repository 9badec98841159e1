"""Values by day, one panel below the other, with the bounds that they are held against; for light and dark grounds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.moment import date_of, days_of
from ratchetry.report.plot_axes import Scale
from ratchetry.report.text import clip, escape_html

MOST_CURVES: Final = 10
"""Curves of one panel."""
_WIDTH, _LEFT, _RIGHT = 860, 70, 150
_HEAD, _BODY, _GAP, _TOP, _FOOT = 24, 170, 16, 44, 28
_COLORS: Final = (("#0969da", "#4493f8"), ("#bf3989", "#db61a2"), ("#1a7f37", "#3fb950"), ("#9a6700", "#d29922"))
_LIGHT: Final = (
    "text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.t{font-weight:600;font-size:13px}.m{fill:#656d76}"
    ".g{fill:#ffffff}.a{stroke:#d0d7de}.u{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:7 3}.x{fill:#cf222e}"
    "path{fill:none}.d{fill:#57606a}"
)
_DARK: Final = (
    "text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.a{stroke:#30363d}.u{stroke:#f85149}.x{fill:#f85149}"
    ".d{fill:#9198a1}"
)
_LEAST: Final = 1e-3
_MOST: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The values of some days, from the first of the drawing on; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePanel:
    """Curves on one scale, which is logarithmic for evidence, and the bound that they are held against."""

    title: str
    curves: Sequence[Curve]
    bound: float | None = None
    bound_name: str = ""
    logarithmic: bool = True
    dots: bool = False


def evidence_plot(title: str, first_day: str, panels: Sequence[EvidencePanel], marks: Sequence[str] = ()) -> str:
    """Return panels as SVG; `marks` are days that stand out in each of them."""
    days = max((len(curve.values) for panel in panels for curve in panel.curves), default=0)
    start = days_of(first_day) or 0.0
    height = _TOP + len(panels) * (_HEAD + _BODY + _GAP) + _FOOT
    size = f'width="{_WIDTH}" height="{height}"'
    shown = escape_html(clip(title, 120))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {height}" role="img"'
    x = Scale(low=0.0, high=float(max(1, days - 1)), start=_LEFT, end=_WIDTH - _RIGHT)
    parts = [f'{head} aria-label="{shown}"><style>{_style()}</style><rect class="g" {size}/>']
    parts.append(f'<title>{shown}</title><text class="t" x="12" y="24">{shown}</text>')
    for number, panel in enumerate(panels):
        top = _TOP + number * (_HEAD + _BODY + _GAP)
        places = [place for mark in marks if (place := (days_of(mark) or -1.0) - start) >= 0]
        parts.extend(_panel(panel, x, top, places))
    parts.extend(_days(x, days, start, height - 10))
    return "".join([*parts, "</svg>\n"])


def _style() -> str:
    """Return the style sheet."""
    light, dark = (
        "".join(
            f".c{number}{{stroke:{pair[ground]};stroke-width:1.8}}.k{number}{{fill:{pair[ground]}}}"
            for number, pair in enumerate(_COLORS)
        )
        for ground in (0, 1)
    )
    return f"{_LIGHT}{light}@media(prefers-color-scheme:dark){{{_DARK}{dark}}}"


def _panel(panel: EvidencePanel, x: Scale, top: int, marks: Sequence[float]) -> Iterator[str]:
    """Yield one panel: its title, its scale, its bound, its marks and its curves."""
    values = [value for curve in panel.curves for value in curve.values if value is not None]
    y = _scale(panel, values, top)
    yield f'<text class="m" x="{_LEFT}" y="{top + 12}">{escape_html(panel.title)}</text>'
    for value in _ticks(panel, y):
        at = y.at(_placed(panel, value))
        yield f'<path class="a" d="M{_LEFT} {at}H{_WIDTH - _RIGHT}"/>'
        yield f'<text class="m" x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{value:,.10g}</text>'
    if panel.bound is not None:
        at = y.at(_placed(panel, panel.bound))
        full = escape_html(panel.bound_name)
        yield f'<path class="u" d="M{_LEFT} {at}H{_WIDTH - _RIGHT}"><title>{full}</title></path>'
        yield f'<text class="x" x="{_LEFT + 6}" y="{at - 5}">{escape_html(clip(panel.bound_name, 60))}</text>'
    for place in marks:
        at = x.at(place)
        yield f'<path class="u" d="M{at} {top + _HEAD}V{top + _HEAD + _BODY}"/>'
    for number, curve in enumerate(panel.curves[:MOST_CURVES]):
        yield from _curve(panel, curve, number % len(_COLORS), x, y)
        if not panel.dots:
            name = escape_html(clip(curve.name, 22))
            place = top + _HEAD + 14 + 15 * number
            yield f'<text class="k{number % len(_COLORS)}" x="{_WIDTH - _RIGHT + 6}" y="{place}">{name}</text>'


def _curve(panel: EvidencePanel, curve: Curve, color: int, x: Scale, y: Scale) -> Iterator[str]:
    """Yield a curve, as dots or as a line that is broken where there is no value."""
    points = [
        None if value is None else (x.at(place), y.at(_placed(panel, value)))
        for place, value in enumerate(curve.values)
    ]
    if panel.dots:
        yield from (f'<circle class="d" cx="{point[0]}" cy="{point[1]}" r="2.5"/>' for point in points if point)
        return
    steps: list[str] = []
    joined = False
    for point in points:
        if point is not None:
            steps.append(f"{'L' if joined else 'M'}{point[0]} {point[1]}")
        joined = point is not None
    yield f'<path class="c{color}" d="{"".join(steps)}"><title>{escape_html(curve.name)}</title></path>'


def _scale(panel: EvidencePanel, values: Sequence[float], top: int) -> Scale:
    """Return the scale of a panel: of shares from 0 to 1, of evidence with its bound well inside."""
    end, start = top + _HEAD, top + _HEAD + _BODY
    if not panel.logarithmic:
        return Scale(low=0.0, high=1.0, start=start, end=end)
    placed = [_placed(panel, value) for value in (*values, panel.bound or 1.0, 0.1, 10.0)]
    return Scale(low=min(placed), high=max(placed) + 0.3, start=start, end=end)


def _ticks(panel: EvidencePanel, y: Scale) -> Iterator[float]:
    """Yield the values that the scale names."""
    if not panel.logarithmic:
        yield from (0.0, 0.25, 0.5, 0.75, 1.0)
        return
    step = max(1, math.ceil((y.high - y.low) / 6))
    yield from (10.0**power for power in range(math.ceil(y.low), math.floor(y.high) + 1, step))


def _placed(panel: EvidencePanel, value: float) -> float:
    """Return where a value stands on a scale."""
    return math.log10(min(_MOST, max(_LEAST, value))) if panel.logarithmic else min(1.0, max(0.0, value))


def _days(x: Scale, days: int, start: float, baseline: int) -> Iterator[str]:
    """Yield the names of some days."""
    step = max(1, math.ceil(days / 6))
    for place in range(0, days, step):
        yield f'<text class="m" x="{x.at(place)}" y="{baseline}" text-anchor="middle">{date_of(start + place)}</text>'
