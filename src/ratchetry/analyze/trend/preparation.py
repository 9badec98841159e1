"""A series made ready for its trend: days and values since its level last changed, one value for each moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Final

from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.domain.catalog import definition
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.moment import days_of
from ratchetry.domain.series import Series

LARGEST: Final = 1e280
"""Values beyond this, either way, are no measurements: their slopes are no numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Values with their days since 1970, in that order, and their machines, which are all "" where they do not matter.

    `notes` say what was left out.
    """

    days: tuple[float, ...]
    values: tuple[float, ...]
    machines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def dated(series: Series) -> Dated:
    """Return a series made ready: without what is no number or has no time, one value for each moment and machine."""
    ready = prepared(series)
    apart = depends_on_machine(series)
    rows = [
        (days, point.machine if apart else "", point.value)
        for point in ready.points
        if (days := days_of(point.time)) is not None and abs(point.value) <= LARGEST
    ]
    rows.sort()
    merged = [(*key, median(row[2] for row in same)) for key, same in groupby(rows, key=lambda row: row[:2])]
    left_out = len(ready.points) - len(rows)
    return Dated(
        days=tuple(days for days, _, _ in merged),
        machines=tuple(machine for _, machine, _ in merged),
        values=tuple(value for _, _, value in merged),
        notes=(f"{left_out} points without a time, or beyond {LARGEST:g}, are left out",) if left_out else (),
    )


def depends_on_machine(series: Series) -> bool:
    """Tell whether the values depend on the machine: times do, and so may what the catalog does not know."""
    return series.unit == "seconds" or definition(series.name) is None


def since_change(data: Dated, series: Series, changes: Sequence[ChangePoint]) -> Dated:
    """Return the part of a series since its level last changed."""
    starts = [
        days
        for change in changes
        if 0 <= change.index < len(series.points) and (days := days_of(series.points[change.index].time)) is not None
    ]
    if not starts:
        return data
    first = next((at for at, days in enumerate(data.days) if days >= max(starts)), len(data.days))
    return Dated(days=data.days[first:], values=data.values[first:], machines=data.machines[first:], notes=data.notes)
