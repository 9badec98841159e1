"""Splits of a series into stretches of one level: the cheapest by least squares and a penalty for each stretch.

B. Jackson et al., "An algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12
(2005), https://doi.org/10.1109/LSP.2001.838216, for the partition; S. Kovács et al., "Seeded binary segmentation",
Biometrika 110 (2023), https://doi.org/10.1093/biomet/asac052, for the places it may choose from in a long series.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
_AROUND: Final = 3
"""Points on either side whose median tells an outlier."""
_FAR: Final = 4.0
_WORTH: Final = 0.25
"""The share of the penalty that a place must save somewhere, in order to be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Places where a stretch may begin, in their order, and the sum of squares that each saves at best."""

    places: Places
    gains: Floats


def candidates(y: Floats) -> list[int]:
    """Return where the stretches of a series begin, those included that show only without its outliers."""
    cut = _without_outliers(y)
    found = partition(y)
    return found if cut is None else sorted({*found, *partition(cut)})


def _without_outliers(y: Floats) -> Floats | None:
    """Return a series with its outliers cut, None when it has none: those far from the median around them."""
    import numpy as np

    if len(y) < 2 * _AROUND:
        return None
    ends = np.concatenate([np.full(_AROUND, np.median(y[:_AROUND])), y, np.full(_AROUND, np.median(y[-_AROUND:]))])
    middle = np.median(np.lib.stride_tricks.sliding_window_view(ends, 2 * _AROUND + 1), axis=1)
    left = y - middle
    most = _FAR * 1.4826 * float(np.median(np.abs(left)))
    if float(np.abs(left).max()) <= most:
        return None
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
        left = _residual(y, sums, found)
        if left <= 0 or abs(left - noise) < 1e-3 * noise:
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
    else:
        length = float(n)
        while length >= 2 * LEAST:
            _best_splits(sums, math.ceil(length), best)
            length /= _DECAY
    places = np.flatnonzero(best)
    return Candidates(places=places, gains=best[places])


def _best_splits(sums: Floats, length: int, best: Floats) -> None:
    """Note the best split of each window of one length that is half a window from the next."""
    import numpy as np

    shift = max(1, length // 2)
    windows = np.lib.stride_tricks.sliding_window_view(sums, length + 1)
    starts = np.arange(0, len(windows), shift)
    if starts[-1] != len(windows) - 1:
        starts = np.append(starts, len(windows) - 1)
    cut = np.arange(LEAST, length - LEAST + 1)
    first = windows[starts, :1]
    inside = windows[starts, LEAST : length - LEAST + 1] - first
    inside -= (windows[starts, -1:] - first) * (cut / length)
    gains = inside * inside
    gains *= length / (cut * (length - cut))
    at = gains.argmax(axis=1)
    # a place may be the best of several windows: the greatest gain counts
    np.maximum.at(best, starts + at + LEAST, gains[np.arange(len(starts)), at])


def optimal(sums: Floats, places: Places, penalty: float) -> list[int]:
    """Return the cheapest split at some of the places, each stretch at a penalty and of LEAST points or more."""
    import numpy as np

    n = len(sums) - 1
    bounds = np.concatenate([np.zeros(1, dtype=np.int64), places, np.full(1, n)])
    at = sums[bounds]
    cost = np.zeros(len(bounds))
    before = [0] * len(bounds)
    for end, allowed in enumerate(np.searchsorted(bounds, bounds - LEAST, side="right").tolist()):
        if allowed == 0:
            cost[end] = math.inf if end else -penalty
            continue
        level = at[end] - at[:allowed]
        costs = cost[:allowed] - level * level / (bounds[end] - bounds[:allowed])
        start = int(costs.argmin())
        cost[end] = costs[start] + penalty
        before[end] = start
    found: list[int] = []
    end = before[-1]
    while end > 0:
        found.append(int(bounds[end]))
        end = before[end]
    return found[::-1]


def _residual(y: Floats, sums: Floats, found: list[int]) -> float:
    """Return the variance of a series around the levels of its stretches."""
    import numpy as np

    bounds = np.array([0, *found, len(y)])
    lengths = np.diff(bounds)
    levels = np.diff(sums[bounds]) / lengths
    left = y - np.repeat(levels, lengths)
    return float(left @ left) / max(1, len(y) - len(lengths))
