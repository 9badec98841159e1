"""A series made ready: in the order of time, one value for each commit and machine, without what is no number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from ratchetry.domain.series import Point, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Points in the order of time with finite values, the place of each in the series, and what was done to get them.

    `machines` holds the number of each point's machine, 0 for the one of most points; it is empty where all are alike.
    """

    points: tuple[Point, ...]
    places: tuple[int, ...]
    machines: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def prepared(series: Series) -> Prepared:
    """Return a series made ready; results of one commit on one machine in a row become their median."""
    notes: list[str] = []
    kept = [(at, point) for at, point in enumerate(series.points) if math.isfinite(point.value)]
    if len(kept) < len(series.points):
        notes.append(f"{len(series.points) - len(kept)} points without a finite value are left out")
    if all(point.time for _, point in kept) and any(one[1].time > other[1].time for one, other in pairwise(kept)):
        kept.sort(key=lambda pair: pair[1].time)
        notes.append("the points were not in the order of their times, and have been sorted")
    merged = _merged(kept)
    if len(merged) < len(kept):
        notes.append(f"{len(kept) - len(merged)} repeated results are one with those of their commit, by the median")
    return Prepared(
        points=tuple(point for _, point in merged),
        places=tuple(at for at, _ in merged),
        machines=_numbers([point.machine for _, point in merged]),
        notes=tuple(notes),
    )


def _merged(kept: Sequence[tuple[int, Point]]) -> list[tuple[int, Point]]:
    """Return points with those of one commit and machine that follow each other made one."""
    if not any(point.commit for _, point in kept):
        return list(kept)
    found: list[tuple[int, Point]] = []
    for (commit, machine), group in groupby(kept, key=lambda pair: (pair[1].commit, pair[1].machine)):
        same = list(group)
        if not commit or len(same) == 1:
            found += same
            continue
        at, first = same[0]
        value = median(point.value for _, point in same)
        count = sum(point.n for _, point in same)
        found.append((at, Point(value=value, time=first.time, commit=commit, run=first.run, machine=machine, n=count)))
    return found


def _numbers(machines: Sequence[str]) -> tuple[int, ...]:
    """Return the number of each machine, in the order of how many points they have; none when there is but one."""
    counts: dict[str, int] = {}
    for machine in machines:
        counts[machine] = counts.get(machine, 0) + 1
    if len(counts) < 2:
        return ()
    order = sorted(counts, key=lambda machine: (-counts[machine], machine))
    number = {machine: place for place, machine in enumerate(order)}
    return tuple(number[machine] for machine in machines)
