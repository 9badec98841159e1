"""A series with the bound that held it, as a drawing: points, the bound as stairs, each move with its moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ratchetry.domain.moment import days_of
from ratchetry.domain.ratchet_report import MovingBound
from ratchetry.report.plot_axes import Scale, round_moments, round_numbers, value_scale
from ratchetry.report.text import escape_html, exact, number

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 260, 84, 16, 40, 34
_STYLE: Final = (
    "text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.n{font-weight:600;font-size:13px}"
    ".m{fill:#656d76}.g{fill:#ffffff}.a{stroke:#d0d7de}.p{fill:#0969da}"
    ".b{fill:none;stroke:#cf222e;stroke-width:2}.k{fill:#cf222e}.t{stroke:#1a7f37;stroke-dasharray:6 4}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.a{stroke:#30363d}"
    ".p{fill:#4493f8}.b{stroke:#f85149}.k{fill:#f85149}.t{stroke:#3fb950}}"
)


def plot(moving: MovingBound) -> str:
    """Return the drawing as SVG, for light and dark grounds."""
    name = moving.series.name
    title = escape_html(f"{name} and its {moving.kind}")
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    parts = [f'{head} aria-label="{title}"><title>{title}</title><style>{_STYLE}</style><rect class="g" {size}/>']
    parts.append(f'<text class="n" x="{_LEFT}" y="22">{title}</text>')
    points = _points(moving)
    if not points:
        parts.append(f'<text class="m" x="{_LEFT}" y="{_TOP + 20}">no run has measured it</text>')
    else:
        x, y = _scales(moving, points)
        parts += [*_axes(x, y, moving.series.unit), *_values(points, x, y, moving.series.unit), *_bound(moving, x, y)]
    return "".join([*parts, "</svg>\n"])


def _points(moving: MovingBound) -> list[tuple[float, float]]:
    """Return the points of a series that can be drawn: days since 1970, and values."""
    placed = ((days_of(point.time), point.value) for point in moving.series.points)
    return [(day, value) for day, value in placed if day is not None and math.isfinite(value)]


def _scales(moving: MovingBound, points: list[tuple[float, float]]) -> tuple[Scale, Scale]:
    """Return the scales of a drawing, on which the bound has room, too."""
    days = [day for day, _ in points]
    room = (max(days) - min(days)) * 0.01 or 0.5
    x = Scale(low=min(days) - room, high=max(days) + room, start=_LEFT, end=_WIDTH - _RIGHT)
    values = [*(value for _, value in points), *(bound for _, bound in moving.steps)]
    return x, value_scale(values, _HEIGHT - _BOTTOM, _TOP)


def _axes(x: Scale, y: Scale, unit: str) -> Iterator[str]:
    """Yield the marks of both axes with their texts."""
    for mark in round_numbers(y):
        at = y.at(mark)
        yield f'<line class="a" x1="{x.start}" y1="{at}" x2="{x.end}" y2="{at}"/>'
        text = escape_html(exact(mark, unit))
        yield f'<text class="m" x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text}</text>'
    for moment, text in round_moments(x):
        yield f'<text class="m" x="{x.at(moment)}" y="{_HEIGHT - 14}" text-anchor="middle">{text}</text>'


def _values(points: list[tuple[float, float]], x: Scale, y: Scale, unit: str) -> Iterator[str]:
    """Yield a dot for each run."""
    for day, value in points:
        text = escape_html(number(value, unit))
        yield f'<circle class="p" cx="{x.at(day)}" cy="{y.at(value)}" r="2.5"><title>{text}</title></circle>'


def _bound(moving: MovingBound, x: Scale, y: Scale) -> Iterator[str]:
    """Yield the bound as stairs, with a mark at each move, and the target where it is in sight."""
    unit = moving.series.unit
    steps = [(day, bound) for time, bound in moving.steps if (day := days_of(time)) is not None]
    if moving.target is not None and y.low <= moving.target <= y.high:
        at = y.at(moving.target)
        yield f'<line class="t" x1="{x.start}" y1="{at}" x2="{x.end}" y2="{at}"><title>the target</title></line>'
    path = ""
    for day, bound in steps:
        path += f"H{x.at(day)}V{y.at(bound)}" if path else f"M{x.at(day)} {y.at(bound)}"
    if path:
        yield f'<path class="b" d="{path}H{x.end}"/>'
    for day, bound in steps:
        text = escape_html(f"{moving.kind} {exact(bound, unit)}")
        yield f'<circle class="k" cx="{x.at(day)}" cy="{y.at(bound)}" r="3.5"><title>{text}</title></circle>'
