"""What was found in series: as JSON, as a table for terminals, and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, Protocol

from ratchetry.domain.change_point import NEW, ChangePoint, Detection
from ratchetry.domain.series import Series
from ratchetry.report.plain_table import plain_table
from ratchetry.report.series_plot import Panel, stacked_plot
from ratchetry.report.text import escape_markdown

_COLUMNS: Final = ("series", "index", "commits", "change", "95 % interval", "from", "to", "p", "when")
_SHORT: Final = 10


class Renderer(Protocol):
    """Writes what was found."""

    def __call__(self, detections: Sequence[Detection], *, online: bool) -> str:
        """Return the text for some series, or only which of them have changed at their end."""
        ...


def detection_json(detection: Detection, *, online: bool) -> str:
    """Return what was found in one series on one line."""
    return json.dumps(_document(detection, online=online), ensure_ascii=True)


def render_json(detections: Sequence[Detection], *, online: bool) -> str:
    """Return what was found in all series as one document."""
    return json.dumps({"series": [_document(each, online=online) for each in detections]}, indent=2)


def render_table(detections: Sequence[Detection], *, online: bool) -> str:
    """Return what was found as a table, and what there is to say besides."""
    rows = [row for each in detections for row in _rows(each, online=online)]
    table = plain_table(_COLUMNS, rows) + "\n\n" if rows else ""
    return table + "\n".join(_remarks(detections, len(rows), online=online))


def render_markdown(detections: Sequence[Detection], *, online: bool) -> str:
    """Return what was found as a table in Markdown, and what there is to say besides."""
    rows = [row for each in detections for row in _rows(each, online=online)]
    lines = []
    if rows:
        lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
        lines += [_line([escape_markdown(str(cell)) for cell in row]) for row in rows]
        lines.append("")
    lines += [escape_markdown(remark) for remark in _remarks(detections, len(rows), online=online)]
    return "\n".join(lines)


RENDERERS: Final[dict[str, Renderer]] = {"table": render_table, "json": render_json, "markdown": render_markdown}


def plot(found: Sequence[tuple[Series, Detection]]) -> str:
    """Return a drawing of series with their changes as SVG, those that changed before the others."""
    changed = sorted(found, key=lambda pair: not pair[1].change_points)
    return stacked_plot(
        [
            Panel(
                series=series,
                changes=detection.change_points,
                note=", ".join(map(shown_effect, detection.change_points)),
            )
            for series, detection in changed
        ]
    )


def shown_effect(point: ChangePoint) -> str:
    """Return how far a level moved, in words."""
    return _signed(point.effect, relative=point.relative)


def _document(detection: Detection, *, online: bool) -> dict[str, object]:
    """Return what was found in one series as a JSON object."""
    named: dict[str, object] = {"name": detection.name} if detection.name else {}
    rest = {"n": detection.n, "notes": list(detection.notes)}
    if online:
        points = _wanted(detection, online=True)
        return {**named, "changed": bool(points), "change_point": asdict(points[0]) if points else None, **rest}
    trend = asdict(detection.trend) if detection.trend else None
    return {**named, "change_points": [asdict(point) for point in detection.change_points], "trend": trend, **rest}


def _wanted(detection: Detection, *, online: bool) -> tuple[ChangePoint, ...]:
    """Return the change points to show: all, or the last when it is at the end."""
    if not online:
        return detection.change_points
    return tuple(point for point in detection.change_points[-1:] if point.newest <= NEW)


def _rows(detection: Detection, *, online: bool) -> list[tuple[object, ...]]:
    """Return a row for each change point."""
    return [
        (
            detection.name or "-",
            point.index,
            f"{point.last_good[:_SHORT]}..{point.first_bad[:_SHORT]}" if point.first_bad else "-",
            shown_effect(point),
            " to ".join(_signed(end, relative=point.relative) for end in point.interval),
            point.before,
            point.after,
            f"{point.p_value:.1g}",
            point.time or "-",
        )
        for point in _wanted(detection, online=online)
    ]


def _signed(value: float, *, relative: bool) -> str:
    """Return a difference with its sign."""
    return f"{value:+.1%}" if relative else f"{value:+.4g}"


def _remarks(detections: Sequence[Detection], found: int, *, online: bool) -> list[str]:
    """Return what was looked at, which series drift, and what was done to them."""
    what = "at their end" if online else "in all"
    remarks = [f"{len(detections)} series, {found} change points {what}"]
    for each in detections:
        name = each.name or "the series"
        if each.trend and not online:
            remarks.append(
                f"{name}: drifts by {_signed(each.trend.change, relative=each.trend.relative)} over its length"
            )
        remarks += [f"{name}: {note}" for note in each.notes] if len(detections) == 1 else []
    return remarks


def _line(cells: Sequence[str]) -> str:
    """Return one line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"
