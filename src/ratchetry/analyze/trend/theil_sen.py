"""The median slope of a series, with the interval that Kendall's S allows; exact at any length.

H. Theil, "A rank-invariant method of linear and polynomial regression analysis", Proceedings of the Koninklijke
Nederlandse Akademie van Wetenschappen A 53 (1950);
P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
Association 63 (1968), https://doi.org/10.1080/01621459.1968.10480934.

Short series have all their slopes computed.  In long ones the slope of a rank is searched for by bisection: how many
slopes are below b is how many pairs of y - b t descend (M. B. Dillencourt, D. M. Mount and N. S. Netanyahu, "A
randomized algorithm for slope selection", International Journal of Computational Geometry and Applications 2 (1992),
https://doi.org/10.1142/S0218195992000020), which is counted in a time of n log n.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.trend.kendall import descents, tied_pairs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.95
"""How often the interval holds the slope."""
ALL_PAIRS: Final = 400_000
"""Pairs up to which each slope is computed."""
_Z: Final = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_STEPS: Final = 200
_ACCURACY: Final = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Values of one machine, at distinct times, in their order."""

    times: Floats
    values: Floats

    @property
    def pairs(self) -> int:
        """Return how many pairs there are."""
        return len(self.times) * (len(self.times) - 1) // 2


def median_slope(strata: Sequence[Stratum]) -> float:
    """Return the median of the slopes between any two values of a stratum; of a long series, a median.

    Raises ValueError when there is no pair.
    """
    pairs = sum(stratum.pairs for stratum in strata)
    if not pairs:
        msg = "a slope takes two values of one stratum at least"
        raise ValueError(msg)
    middle = (pairs + 1) // 2
    low, high = _ranked(strata, [middle, pairs // 2 + 1] if pairs <= ALL_PAIRS else [middle])
    return low / 2 + high / 2


def slope_interval(strata: Sequence[Stratum], variance: float) -> tuple[float, float] | None:
    """Return the interval that holds the slope but for one time in twenty, None where there are too few values.

    `variance` is that of Kendall's S.
    """
    pairs = sum(stratum.pairs for stratum in strata)
    at = math.floor((pairs - _Z * math.sqrt(variance)) / 2)
    if at < 1:
        return None
    return _ranked(strata, [at, pairs + 1 - at])


def _ranked(strata: Sequence[Stratum], ranks: Sequence[int]) -> tuple[float, float]:
    """Return the slopes of the first and the last of some ranks, from 1."""
    short = sum(stratum.pairs for stratum in strata) <= ALL_PAIRS
    found = _from_all(strata, ranks) if short else [_searched(strata, rank) for rank in ranks]
    return found[0], found[-1]


def _from_all(strata: Sequence[Stratum], wanted: Sequence[int]) -> list[float]:
    """Return the slopes of some ranks, from 1, out of all of them."""
    import numpy as np

    parts = []
    for stratum in strata:
        one, other = np.triu_indices(len(stratum.times), 1)
        rises = stratum.values[other] - stratum.values[one]
        parts.append(rises / (stratum.times[other] - stratum.times[one]))
    slopes = np.concatenate(parts)
    ordered = np.partition(slopes, sorted({rank - 1 for rank in wanted}))
    return [float(ordered[rank - 1]) for rank in wanted]


def _searched(strata: Sequence[Stratum], rank: int) -> float:
    """Return the slope of a rank, from 1, to eleven digits, by bisection."""
    flat = sum(tied_pairs(stratum.values) for stratum in strata)
    falling = _below(strata, 0.0)
    if falling < rank <= falling + flat:
        return 0.0
    low, high = _steepest(strata)
    low, high = (low, 0.0) if rank <= falling else (0.0, high)
    for _ in range(_STEPS):
        middle = low / 2 + high / 2
        if high - low <= _ACCURACY * max(abs(low), abs(high)):
            break
        if _below(strata, middle) < rank:
            low = middle
        else:
            high = middle
    return low / 2 + high / 2


def _below(strata: Sequence[Stratum], slope: float) -> int:
    """Return how many slopes are below one."""
    return sum(descents(stratum.values - slope * stratum.times) for stratum in strata)


def _steepest(strata: Sequence[Stratum]) -> tuple[float, float]:
    """Return the least and the greatest slope, which neighbors have."""
    import numpy as np

    slopes = np.concatenate([np.diff(each.values) / np.diff(each.times) for each in strata if len(each.times) > 1])
    return float(slopes.min()), float(slopes.max())
