"""A series made ready: in the order of time, one value for each commit and machine, without what is no number.

Values of another source are those of another machine: what a value means changed there, which is no change of level.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """Return a series made ready; results of one commit on one machine become their median, where the first is."""
    return _prepared(list(enumerate(series.points)), [])


def observed(series: Series) -> Prepared:
    """Return a series made ready without the values that a run took over from an earlier one: they are no evidence."""
    points = [(at, point) for at, point in enumerate(series.points) if not point.reused]
    reused = len(series.points) - len(points)
    return _prepared(points, [f"{reused} results taken over from earlier runs are left out"] if reused else [])


def _prepared(given: Sequence[tuple[int, Point]], notes: list[str]) -> Prepared:
    """Return points of a series, each with its place in it, made ready; `notes` say what was done before."""
    kept = [(at, point) for at, point in given if math.isfinite(point.value)]
    if len(kept) < len(given):
        notes.append(f"{len(given) - len(kept)} points without a finite value are left out")
    times = [point.time for _, point in kept]
    if all(times) and times != sorted(times):
        kept.sort(key=lambda pair: pair[1].time)
        notes.append("the points were not in the order of their times, and have been sorted")
    merged = _merged(kept)
    if len(merged) < len(kept):
        notes.append(f"{len(kept) - len(merged)} repeated results are one with those of their commit, by the median")
    points = tuple(point for _, point in merged)
    if len({point.source for point in points}) > 1:
        notes.append("values of another source are taken for those of another machine: where one ends nothing changed")
    return Prepared(
        points=points,
        places=tuple(at for at, _ in merged),
        machines=_numbers(list(map(_origin, points))),
        notes=tuple(notes),
    )


def _origin(point: Point) -> str:
    """Return what a value's level depends on besides the code: the machine and the source."""
    return f"{point.source} on {point.machine}" if point.source else point.machine


def _merged(kept: Sequence[tuple[int, Point]]) -> list[tuple[int, Point]]:
    """Return points with those of one commit, machine and source made one, in the place of the first."""
    commits = [point.commit for _, point in kept if point.commit]
    if len(set(commits)) == len(commits):
        return list(kept)
    same: dict[tuple[str, str], list[tuple[int, Point]]] = {}
    for at, point in kept:
        if point.commit:
            same.setdefault((point.commit, _origin(point)), []).append((at, point))
    found: list[tuple[int, Point]] = []
    for at, point in kept:
        results = same[point.commit, _origin(point)] if point.commit else [(at, point)]
        if at == results[0][0]:
            found.append((at, point if len(results) == 1 else _one(point, [each for _, each in results])))
    return found


def _one(first: Point, results: Sequence[Point]) -> Point:
    """Return the results of one commit as one, by their median."""
    return replace(first, value=median(each.value for each in results), n=sum(each.n for each in results), spread=None)


def _numbers(machines: Sequence[str]) -> tuple[int, ...]:
    """Return the number of each machine, in the order of how many points they have; none when there is but one."""
    counts = Counter(machines)
    if len(counts) < 2:
        return ()
    order = sorted(counts, key=lambda machine: (-counts[machine], machine))
    number = {machine: place for place, machine in enumerate(order)}
    return tuple(number[machine] for machine in machines)
