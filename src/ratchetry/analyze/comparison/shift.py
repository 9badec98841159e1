"""How far a head lies from its base: Hodges and Lehmann's shift, with the interval that the rank tests allow.

J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics 34
(1963), https://doi.org/10.1214/aoms/1177704172; the intervals are those of M. Hollander, D. A. Wolfe and E. Chicken,
"Nonparametric Statistical Methods", 3rd edition (2014), sections 3.3 and 4.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.comparison.null import EXACT_PAIRS, is_countable, pairs_rank, rounds_rank

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.95
"""How often the interval holds the shift."""
MOST: Final = 512
"""Values of a sample that are looked at: of a larger one, so many order statistics at even spaces stand for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far the head lies above the base, from where to where that may be, and whether the data allow an interval.

    Where they do not, there being too few of them, `low` and `high` are the least and the greatest difference.
    """

    estimate: float
    low: float
    high: float
    bounded: bool = True


def shift_of_rounds(base: Floats, head: Floats) -> Shift:
    """Return the median of the differences between any value of the head and any of the base."""
    import numpy as np

    n, m = len(base), len(head)
    differences = np.subtract.outer(_few(head), _few(base)).ravel()
    if is_countable(min(n, m), n + m):
        return _bounded(differences, rounds_rank(n, m, _ALPHA))
    return _bounded(differences, len(differences) * (0.5 - _Z * math.sqrt((n + m + 1) / (12 * n * m))))


def shift_of_pairs(differences: Floats) -> Shift:
    """Return the median of the averages of any two differences, one and itself included (Walsh averages)."""
    import numpy as np

    n = len(differences)
    few = _few(differences)
    one, other = np.triu_indices(len(few))
    averages = (few[one] + few[other]) / 2
    if n <= EXACT_PAIRS:
        return _bounded(averages, pairs_rank(n, _ALPHA))
    share = 0.5 - _Z * math.sqrt((2 * n + 1) / (6 * n * (n + 1)))
    return _bounded(averages, len(averages) * share)


_ALPHA: Final = 1 - CONFIDENCE
_Z: Final = NormalDist().inv_cdf(1 - _ALPHA / 2)


def _few(values: Floats) -> Floats:
    """Return a sample, or the order statistics that stand for a large one."""
    import numpy as np

    if len(values) <= MOST:
        return values
    places = ((np.arange(MOST) + 0.5) * len(values) / MOST).astype(int)
    return np.asarray(np.sort(values)[places], dtype=float)


def _bounded(differences: Floats, rank: float) -> Shift:
    """Return the median of differences, and those of a rank from either end as the interval."""
    import numpy as np

    at = max(0, int(rank) - 1)
    last = len(differences) - 1
    middle = [last // 2, last - last // 2]
    ordered = np.partition(differences, sorted({at, *middle, last - at}))
    estimate = float(ordered[middle].mean())
    return Shift(estimate=estimate, low=float(ordered[at]), high=float(ordered[last - at]), bounded=rank >= 1)
