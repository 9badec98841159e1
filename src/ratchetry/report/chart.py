"""The geometry of the small charts: lengths from 0 to 100, whatever the numbers."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ratchetry.report.text import duration

_FULL: Final = {"percent": 100.0, "ratio": 1.0}
_BOUND_AT: Final = 75.0
_TICKS: Final = 120
_STRENGTHS: Final = 4
_FENCES: Final = 6.0
_LONGEST: Final = 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar's length and where its mark stands, None without one."""

    length: float
    mark: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Where some rounds lie, and how many there are, from 1 (few) to 4 (most)."""

    at: float
    strength: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The rounds of a benchmark along an axis: each a tick, their middle half a box, their median a line."""

    ticks: tuple[Tick, ...]
    box: tuple[float, float]
    median: float
    low: str
    high: str
    beyond: int
    """Rounds far above the others, which the axis leaves out."""


def share(value: float, largest: float) -> Bar:
    """Return a bar as long as a value's share of the largest one."""
    return Bar(length=_rounded(100 * value / largest) if largest > 0 else 0.0)


def against(value: float | None, bound: float, unit: str) -> Bar:
    """Return a bar for a value and a mark for its bound, on the unit's whole scale where it has one."""
    full = _FULL.get(unit)
    if full is not None and 0 <= bound <= full:
        return Bar(length=_rounded(100 * (value or 0.0) / full), mark=_rounded(100 * bound / full))
    if bound <= 0:
        return Bar(length=0.0 if not value or value <= bound else 100.0, mark=0.0)
    scaled = (value or 0.0) / bound
    return Bar(length=_rounded(_BOUND_AT * scaled), mark=_BOUND_AT)


def strip(rounds: Iterable[float]) -> Strip | None:
    """Return the strip plot of a benchmark's rounds, None if there are none to show.

    The axis ends six interquartile ranges above the third quartile, so that one hiccup does not flatten the rest.
    """
    ordered = sorted(value for value in rounds if math.isfinite(value) and 0 <= value < _LONGEST)
    if not ordered:
        return None
    first, third = ordered[(len(ordered) - 1) // 4], ordered[3 * (len(ordered) - 1) // 4]
    reach = third + _FENCES * (third - first) if third > first else ordered[-1]
    shown = [value for value in ordered if value <= reach]
    low, high = shown[0], shown[-1]

    def place(value: float) -> float:
        return _rounded(2 + 96 * (value - low) / (high - low)) if high > low else 50.0

    bins = Counter(round(place(value) / 100 * _TICKS) for value in shown)
    most = max(bins.values())
    ticks = (Tick(at=_rounded(100 * key / _TICKS), strength=_strength(count, most)) for key, count in bins.items())
    return Strip(
        ticks=tuple(sorted(ticks, key=lambda tick: tick.at)),
        box=(place(first), place(third)),
        median=place(statistics.median(ordered)),
        low=duration(low),
        high=duration(high),
        beyond=len(ordered) - len(shown),
    )


def _strength(count: int, most: int) -> int:
    """Return how strong a tick of this many rounds is drawn."""
    return max(1, math.ceil(_STRENGTHS * count / most))


def _rounded(value: float) -> float:
    """Return a length on the chart: from 0 to 100, with two decimals."""
    return round(min(100.0, max(0.0, value)), 2)
