"""Series in few points, and numbers in few digits: what a page can show, not all that was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ratchetry.domain.dashboard import ShortSeries

_DIGITS = 6


def rounded(value: float, digits: int = _DIGITS) -> float:
    """Return a number with so many digits that count, as a whole number where it is one."""
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    return float(f"{value:.{digits}g}")


def maybe(value: float | None) -> float | None:
    """Return a number in few digits, None for none and for what is not finite."""
    return rounded(float(value)) if value is not None and math.isfinite(value) else None


def both(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return an interval in few digits, None for none and for one with an end that is not finite."""
    if interval is None or not all(map(math.isfinite, interval)):
        return None
    return rounded(interval[0]), rounded(interval[1])


def parts(length: int, most: int) -> tuple[slice, ...]:
    """Return the slices that divide so many values into at most so many parts, as equal as can be."""
    count = min(length, most)
    edges = [length * part // count for part in range(count + 1)] if count else []
    return tuple(slice(start, end) for start, end in pairwise(edges))


def short_series(times: Sequence[int], values: Sequence[float], most: int) -> ShortSeries:
    """Return a series in at most so many points: each is the median of its part, in a band from least to greatest.

    The last part is the newest value alone: what the page says of it is what it shows.
    """
    if len(values) <= most:
        return ShortSeries(t=tuple(times), v=tuple(map(rounded, values)))
    slices = (*parts(len(values) - 1, most - 1), slice(len(values) - 1, len(values)))
    return ShortSeries(
        t=tuple(times[piece.stop - 1] for piece in slices),
        v=tuple(rounded(median(values[piece])) for piece in slices),
        lo=tuple(rounded(min(values[piece])) for piece in slices),
        hi=tuple(rounded(max(values[piece])) for piece in slices),
    )


def spark(values: Sequence[float], most: int) -> tuple[float, ...]:
    """Return a series in at most so many values, the median of each part, in four digits."""
    return tuple(rounded(median(values[piece]), 4) for piece in parts(len(values), most))
