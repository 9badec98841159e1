"""Splits of a series into stretches of one level: the cheapest by least squares and a penalty for each stretch.

B. Jackson et al., "An algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12
(2005), https://doi.org/10.1109/LSP.2001.838216, for the partition; S. Kovács et al., "Seeded binary segmentation",
Biometrika 110 (2023), https://doi.org/10.1093/biomet/asac052, for the places it may choose from in a long series.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.change_point.sums import median_of

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats, Places

LEAST: Final = 3
"""Points that a stretch has at least: two in a row out of the ordinary are an everyday matter in CI."""
PENALTY: Final = 2.0
"""Times log n and the variance of the noise: what each stretch costs (twice Schwarz's criterion for its level)."""
ROUNDS: Final = 3
"""How often the noise is estimated anew from what is left after the split."""
EXACT: Final = 40
"""Up to so many points every place is tried."""
_DECAY: Final = math.sqrt(2)
_AT_ONCE: Final = 4_000
"""Up to so many points all windows are looked at in one go."""
_BLOCK: Final = 64
"""Ends of stretches whose costs are worked out in one go."""
_AROUND: Final = 3
"""Points on either side whose median tells an outlier."""
_FAR: Final = 4.0
_STEADY: Final = 0.01
RARE: Final = 0.06
"""The share of outliers up to which they are: more of them are how the series goes, as with two machines."""
_WORTH: Final = 0.25
"""The share of the penalty that a place must save somewhere, in order to be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Places where a stretch may begin, in their order, and the sum of squares that each saves at best."""

    places: Places
    gains: Floats


def running_medians(y: Floats) -> Floats:
    """Return the median around each point of a series; itself where it is too short for that."""
    import numpy as np

    if len(y) < 2 * _AROUND:
        return y
    ends = np.concatenate([y[_AROUND:0:-1], y, y[-2 : -2 - _AROUND : -1]])
    around = np.lib.stride_tricks.sliding_window_view(ends, 2 * _AROUND + 1)
    return np.asarray(np.partition(around, _AROUND, axis=1)[:, _AROUND])


def without_outliers(y: Floats) -> Floats:
    """Return a series with its outliers cut, those far from the median around them; itself where it has no few."""
    import numpy as np

    middle = running_medians(y)
    left = y - middle
    distances = np.abs(left)
    most = _FAR * 1.4826 * median_of(distances)
    if most == 0 or not 0 < int((distances > most).sum()) <= RARE * len(y):
        return y
    return np.asarray(middle + np.clip(left, -most, most))


def partition(y: Floats) -> list[int]:
    """Return where the stretches of a series begin, the first left out."""
    import numpy as np

    n = len(y)
    if n < 2 * LEAST:
        return []
    sums = np.concatenate([np.zeros(1), np.cumsum(y)])
    candidates = candidates_of(sums)
    noise = float(np.diff(y).var()) / 2 or float(y.var())
    found: list[int] = []
    for _ in range(ROUNDS):
        penalty = PENALTY * math.log(n) * noise
        found = optimal(sums, candidates.places[candidates.gains >= _WORTH * penalty], penalty)
        left = residual(y, found)
        if left <= 0 or abs(left - noise) < _STEADY * noise:
            break
        noise = left
    return found


def candidates_of(sums: Floats) -> Candidates:
    """Return the best place to split each of many overlapping windows of all sizes, from the sums of a series.

    In a short series that is every place.
    """
    import numpy as np

    n = len(sums) - 1
    best = np.zeros(n + 1)
    if n <= EXACT:
        best[LEAST : n - LEAST + 1] = math.inf
    elif n <= _AT_ONCE:
        _best_splits(sums, _all_windows(n), best)
    else:
        for length in _lengths(n):
            _best_splits(sums, _windows(n, [length]), best)
    places = np.flatnonzero(best)
    return Candidates(places=places, gains=best[places])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Windows:
    """Windows of a series, one after the other, and every split of each: its place, weight and share of the window."""

    starts: Places
    ends: Places
    counts: Places
    """How many splits each has."""
    firsts: Places
    """Where the splits of each begin in the following."""
    places: Places
    shares: Floats
    weights: Floats


def _lengths(n: int) -> list[int]:
    """Return the lengths of windows: those of the whole series, and always shorter ones."""
    most = math.floor(math.log(n / (2 * LEAST), _DECAY))
    return [math.ceil(n / _DECAY**at) for at in range(most + 1)]


@lru_cache(maxsize=4)
def _all_windows(n: int) -> _Windows:
    """Return the windows of all lengths in a series of n points; most series of a project have the same length."""
    return _windows(n, _lengths(n))


def _windows(n: int, lengths: Sequence[int]) -> _Windows:
    """Return windows of some lengths in a series of n points, each half a window from the next."""
    import numpy as np

    by_length = [np.append(np.arange(0, n - length, max(1, length // 2)), n - length) for length in lengths]
    starts = np.concatenate(by_length)
    sizes = np.repeat(np.array(lengths), [len(each) for each in by_length])
    counts = sizes - 2 * LEAST + 1
    firsts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)[:-1]])
    cuts = np.arange(counts.sum()) - np.repeat(firsts - LEAST, counts)
    shares = cuts / np.repeat(sizes, counts)
    return _Windows(
        starts=starts,
        ends=starts + sizes,
        counts=counts,
        firsts=firsts,
        places=np.repeat(starts, counts) + cuts,
        shares=shares,
        weights=1 / np.sqrt(cuts * (1 - shares)),
    )


def _best_splits(sums: Floats, windows: _Windows, best: Floats) -> None:
    """Note what the best split of each window saves."""
    import numpy as np

    before = sums[windows.starts]
    roots = sums[windows.places] - np.repeat(before, windows.counts)
    roots -= np.repeat(sums[windows.ends] - before, windows.counts) * windows.shares
    roots = np.abs(roots * windows.weights)
    most = np.maximum.reduceat(roots, windows.firsts)
    at = np.flatnonzero(roots == np.repeat(most, windows.counts))
    # a place may be the best of several windows: the greatest gain counts
    np.maximum.at(best, windows.places[at], roots[at] ** 2)


def optimal(sums: Floats, places: Places, penalty: float) -> list[int]:
    """Return the cheapest split at some of the places, each stretch at a penalty and of LEAST points or more."""
    import numpy as np

    bounds = np.concatenate([np.zeros(1, dtype=np.int64), places, np.full(1, len(sums) - 1)])
    at = sums[bounds]
    cost = np.full(len(bounds), -penalty)
    before = [0] * len(bounds)
    starts = np.searchsorted(bounds, bounds - LEAST, side="right").tolist()
    for block in range(1, len(bounds), _BLOCK):
        ends = slice(block, min(block + _BLOCK, len(bounds)))
        gains = at[ends, None] - at[: ends.stop]
        gains *= gains
        gains /= np.maximum(bounds[ends, None] - bounds[: ends.stop], LEAST)
        for end in range(block, ends.stop):
            allowed = starts[end]
            if not allowed:
                cost[end] = math.inf
                continue
            whole = cost[:allowed] - gains[end - block, :allowed]
            start = before[end] = int(whole.argmin())
            cost[end] = whole[start] + penalty
    found: list[int] = []
    end = before[-1]
    while end > 0:
        found.append(int(bounds[end]))
        end = before[end]
    return found[::-1]


def residual(y: Floats, found: Sequence[int]) -> float:
    """Return the variance of a series around the levels of its stretches."""
    import numpy as np

    bounds = np.array([0, *found, len(y)])
    lengths = bounds[1:] - bounds[:-1]
    left = y - np.repeat(np.add.reduceat(y, bounds[:-1]) / lengths, lengths)
    return float(left @ left) / max(1, len(y) - len(lengths))
