"""Series: what one metric or benchmark was at each measured commit, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ratchetry.domain.record import Better


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of a series: of which commit and run, when (UTC, ISO 8601) and on which machine it was measured.

    What is not known stays empty.  `n` is how many observations the value is the median of, `spread` their
    interquartile range.  `source` tells values apart that are not defined alike, such as the means of another tool.
    `reused` values were taken over from an earlier run with the same inputs, or are times that this shortened.
    """

    value: float
    time: str = ""
    commit: str = ""
    run: str = ""
    machine: str = ""
    source: str = ""
    reused: bool = False
    n: int = 1
    spread: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of one metric or benchmark, oldest first; `better` is None where neither direction is."""

    name: str = ""
    unit: str = ""
    better: Better | None = None
    points: tuple[Point, ...] = ()
    deterministic: bool = False
    """Whether the values depend on the files alone: no machine and no moment changes them."""

    @property
    def values(self) -> tuple[float, ...]:
        """Return the values alone."""
        return tuple(point.value for point in self.points)


def series_of(values: Sequence[float], name: str = "") -> Series:
    """Return a series of bare values."""
    return Series(name=name, points=tuple(Point(value=value) for value in values))
