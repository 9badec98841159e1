"""Series drawn over time: points, levels between changes, the changes, the trend with its band, and the bound."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.moment import days_of
from ratchetry.domain.series import Series
from ratchetry.domain.trend import Trend
from ratchetry.report.plot_axes import Scale, round_moments, round_numbers, value_scale
from ratchetry.report.text import clip, clip_middle, escape_html, exact, number

MOST_PANELS: Final = 20
"""Series of one drawing."""
MOST_DOTS: Final = 400
"""Points that are drawn one by one: of more, the least and the greatest of each column of the drawing are."""
_WIDTH, _LEFT, _RIGHT = 860, 84, 16
_HEAD, _BODY, _FOOT, _TOP = 26, 150, 30, 8
_NAME: Final = 70
_NOTE: Final = 110
_REACH: Final = 3.0
_SLACK: Final = 0.02
_STYLE: Final = (
    "text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.n{font-weight:600;font-size:13px}"
    ".m{fill:#656d76}.n .m{font-weight:400;font-size:11px}.g{fill:#ffffff}.a{stroke:#d0d7de;stroke-width:1}"
    ".p{fill:#57606a}"
    ".v{fill:none;stroke:#afb8c1;stroke-width:1}.l{stroke:#0969da;stroke-width:2;fill:none}"
    ".c{stroke:#bf3989;stroke-width:1.5;stroke-dasharray:3 3}.k{fill:#bf3989}"
    ".t{stroke:#1a7f37;stroke-width:2}.b{fill:#1a7f37;fill-opacity:.16}"
    ".u{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:7 3}.w{fill:#cf222e}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.a{stroke:#30363d}"
    ".p{fill:#9198a1}.v{stroke:#484f58}.l{stroke:#4493f8}.c{stroke:#db61a2}.k{fill:#db61a2}.t{stroke:#3fb950}"
    ".b{fill:#3fb950;fill-opacity:.2}.u{stroke:#f85149}.w{fill:#f85149}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One series to draw, and what is known of it; `note` stands beside its name."""

    series: Series
    changes: tuple[ChangePoint, ...] = ()
    trend: Trend | None = None
    bound: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The points of a panel that can be drawn, and its scales; `dated` where the horizontal one is of days."""

    xs: tuple[float | None, ...]
    points: tuple[tuple[float, float], ...]
    x: Scale
    y: Scale
    dated: bool


def series_plot(
    series: Series,
    *,
    changes: Sequence[ChangePoint] = (),
    trend: Trend | None = None,
    bound: float | None = None,
    note: str = "",
) -> str:
    """Return a drawing of one series as SVG, for light and dark grounds."""
    return stacked_plot([Panel(series=series, changes=tuple(changes), trend=trend, bound=bound, note=note)])


def stacked_plot(panels: Sequence[Panel]) -> str:
    """Return a drawing of series as SVG, one below the other; what is more than can be drawn is only counted."""
    shown = panels[:MOST_PANELS]
    each = _HEAD + _BODY + _FOOT
    rest = len(panels) - len(shown)
    height = _TOP + each * len(shown) + (20 if rest or not shown else 0)
    size = f'width="{_WIDTH}" height="{height}"'
    title = escape_html(_title(panels))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {height}" role="img"'
    parts = [f'{head} aria-label="{title}"><title>{title}</title><style>{_STYLE}</style><rect class="g" {size}/>']
    for place, panel in enumerate(shown):
        parts += _panel(panel, _TOP + each * place)
    if rest or not shown:
        text = f"and {rest:,} more series, not drawn" if rest else "no series"
        parts.append(f'<text class="m" x="{_LEFT}" y="{height - 8}">{text}</text>')
    return "".join([*parts, "</svg>\n"])


def _title(panels: Sequence[Panel]) -> str:
    """Return what a drawing shows, in a line."""
    names = [panel.series.name or "a series" for panel in panels[:3]]
    return ", ".join(names) + (f" and {len(panels) - 3} more" if len(panels) > 3 else "")


def _panel(panel: Panel, top: float) -> Iterator[str]:
    """Yield the elements of one series."""
    name = panel.series.name or "series"
    short = escape_html(clip_middle(name, _NAME))
    note = f'<tspan class="m" dx="10">{escape_html(clip(panel.note, _NOTE))}</tspan>' if panel.note else ""
    heading = f'<text class="n" x="{_LEFT}" y="{top + 16}">{short}{note}</text>'
    yield f"<g><title>{escape_html(name)}</title>{heading}"
    frame = _frame(panel, top + _HEAD)
    if frame is None:
        yield f'<text class="m" x="{_LEFT}" y="{top + _HEAD + 20}">no finite value</text></g>'
        return
    yield from _axes(frame, panel.series.unit)
    yield from _values(frame, panel.series.unit)
    yield from _levels(frame, panel.changes)
    yield from _trend(frame, panel)
    if panel.bound is not None:
        yield _bound(frame, panel.bound, panel.series.unit)
    yield "</g>"


def _frame(panel: Panel, top: float) -> _Frame | None:
    """Return where the points of a series stand, None when there are none."""
    points = panel.series.points
    moments = [days_of(point.time) for point in points]
    dated = all(moment is not None for moment in moments)
    xs = tuple(moments) if dated else tuple(float(at) for at in range(len(points)))
    usable = sorted(
        (x, point.value) for x, point in zip(xs, points, strict=True) if x is not None and math.isfinite(point.value)
    )
    if not usable:
        return None
    first, last = usable[0][0], usable[-1][0]
    room = (last - first) * 0.01 or 0.5
    ys = [y for _, y in usable]
    if panel.bound is not None and _in_reach(panel.bound, ys):
        ys.append(panel.bound)
    return _Frame(
        xs=xs,
        points=tuple(usable),
        x=Scale(low=first - room, high=last + room, start=_LEFT, end=_WIDTH - _RIGHT),
        y=value_scale(ys, top + _BODY, top),
        dated=dated,
    )


def _in_reach(bound: float, ys: Sequence[float]) -> bool:
    """Tell whether a bound is near enough for an axis that still shows how the values go."""
    low, high = min(ys), max(ys)
    reach = _REACH * max(high - low, _SLACK * max(abs(low), abs(high)))
    return low - reach <= bound <= high + reach


def _axes(frame: _Frame, unit: str) -> Iterator[str]:
    """Yield the marks of both axes with their texts."""
    marks = round_numbers(frame.y)
    for mark in marks:
        y = frame.y.at(mark)
        text = escape_html(exact(mark, unit))
        yield f'<line class="a" x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text class="m" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
    bottom = frame.y.start
    if frame.dated:
        moments = round_moments(frame.x)
    else:
        moments = tuple((at, f"{at:,.0f}") for at in round_numbers(frame.x) if at.is_integer())
    for mark, text in moments:
        x = frame.x.at(mark)
        yield f'<line class="a" x1="{x}" y1="{bottom}" x2="{x}" y2="{bottom + 4}"/>'
        yield f'<text class="m" x="{x}" y="{bottom + 16}" text-anchor="middle">{text}</text>'


def _values(frame: _Frame, unit: str) -> Iterator[str]:
    """Yield the points, joined by a thin line."""
    places = [(frame.x.at(x), frame.y.at(y), x, y) for x, y in frame.points]
    if len(places) > MOST_DOTS:
        columns: dict[int, tuple[float, float]] = {}
        for x, y, _, _ in places:
            low, high = columns.get(round(x), (y, y))
            columns[round(x)] = (min(low, y), max(high, y))
        joined = [f"{x} {y}" for x, pair in columns.items() for y in pair]
        yield f'<polyline class="v" points="{" ".join(joined)}"/>'
        return
    yield f'<polyline class="v" points="{" ".join(f"{x} {y}" for x, y, _, _ in places)}"/>'
    for x, y, _, value in places:
        yield f'<circle class="p" cx="{x}" cy="{y}" r="2"><title>{escape_html(number(value, unit))}</title></circle>'


def _levels(frame: _Frame, changes: Sequence[ChangePoint]) -> Iterator[str]:
    """Yield the level of each stretch, and a mark where it changes."""
    placed = sorted(
        ((x, change) for change in changes if (x := _place(frame, change)) is not None), key=lambda pair: pair[0]
    )
    if not placed:
        return
    edges = [frame.points[0][0], *(x for x, _ in placed), frame.points[-1][0]]
    levels = [placed[0][1].before, *(change.after for _, change in placed)]
    for start, end, level in zip(edges, edges[1:], levels, strict=False):
        y = frame.y.at(level)
        yield f'<line class="l" x1="{frame.x.at(start)}" y1="{y}" x2="{frame.x.at(end)}" y2="{y}"/>'
    for where, change in placed:
        x = frame.x.at(where)
        effect = f"{change.effect:+.1%}" if change.relative else f"{change.effect:+.4g}"
        commit = escape_html(change.first_bad[:10])
        yield f'<line class="c" x1="{x}" y1="{frame.y.end}" x2="{x}" y2="{frame.y.start}">'
        yield f"<title>{escape_html(effect)} {commit}</title></line>"
        yield f'<text class="k" x="{x + 4:.1f}" y="{frame.y.end + 10}">{escape_html(effect)}</text>'


def _place(frame: _Frame, change: ChangePoint) -> float | None:
    """Return where on its axis a change stands, None for one that is not of this series."""
    return frame.xs[change.index] if 0 <= change.index < len(frame.xs) else None


def _trend(frame: _Frame, panel: Panel) -> Iterator[str]:
    """Yield the trend line, in the band between the lines of the ends of its interval."""
    trend = panel.trend
    if trend is None or not frame.dated or trend.slope is None or trend.level is None or trend.days <= 0:
        return
    end = frame.points[-1][0]
    start, middle = end - trend.days, end - trend.days / 2
    center = trend.level - trend.slope * trend.days / 2

    def line(slope: float) -> list[str]:
        return [f"{frame.x.at(x)} {frame.y.at(center + slope * (x - middle))}" for x in (start, end)]

    if trend.interval is not None:
        low, high = (line(slope) for slope in trend.interval)
        yield f'<polygon class="b" points="{low[0]} {_at(frame, middle, center)} {high[0]}"/>'
        yield f'<polygon class="b" points="{low[1]} {_at(frame, middle, center)} {high[1]}"/>'
    first, last = (place.split() for place in line(trend.slope))
    yield f'<line class="t" x1="{first[0]}" y1="{first[1]}" x2="{last[0]}" y2="{last[1]}"/>'


def _at(frame: _Frame, x: float, y: float) -> str:
    """Return a place of the drawing."""
    return f"{frame.x.at(x)} {frame.y.at(y)}"


def _bound(frame: _Frame, bound: float, unit: str) -> str:
    """Return the line of a bound, or where it is when that is far outside."""
    text = escape_html(f"bound {exact(bound, unit)}")
    y = frame.y.at(bound)
    if not frame.y.low <= bound <= frame.y.high:
        far, where = ("↑", frame.y.end + 10) if bound > frame.y.high else ("↓", frame.y.start - 4)
        return f'<text class="w" x="{_WIDTH - _RIGHT}" y="{where}" text-anchor="end">{text} {far}</text>'
    line = f'<line class="u" x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
    return f'{line}<text class="w" x="{_WIDTH - _RIGHT}" y="{y - 4:.1f}" text-anchor="end">{text}</text>'
