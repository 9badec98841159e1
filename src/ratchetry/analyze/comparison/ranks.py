"""Rank tests: whether two samples, or the two sides of pairs, differ at all.

H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the
other", Annals of Mathematical Statistics 18 (1947), https://doi.org/10.1214/aoms/1177730491;
F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945), https://doi.org/10.2307/3001968;
J. W. Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", Journal of the American Statistical
Association 54 (1959), https://doi.org/10.1080/01621459.1959.10501526.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ratchetry.analyze.comparison.null import EXACT_PAIRS, is_countable, sums_of_any, sums_of_some, two_sided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.int64]


def mann_whitney(base: Floats, head: Floats) -> float:
    """Return the p-value, both sides, that two samples come from one distribution: exact where that is quick.

    Otherwise by the normal approximation, corrected for ties and continuity.
    """
    import numpy as np

    n, m = len(base), len(head)
    ranks, ties = _doubled_ranks(np.concatenate([base, head]))
    few, smaller = (ranks[:n], n) if n <= m else (ranks[n:], m)
    if is_countable(smaller, n + m):
        return two_sided(sums_of_some(ranks.tolist(), smaller), int(few.sum()))
    count = n + m
    off = abs(int(few.sum()) / 2 - smaller * (count + 1) / 2)
    variance = n * m / 12 * (count + 1 - ties / (count * (count - 1)))
    return _normal(off - 0.5, variance)


def signed_rank(differences: Floats) -> float:
    """Return the p-value, both sides, that differences lie around 0: exact for few of them.

    Zeros are ranked and then left out, as Pratt does.
    """
    import numpy as np

    doubled, _ = _doubled_ranks(np.abs(differences))
    ranks, signs = doubled[differences != 0], np.sign(differences[differences != 0])
    plus = int(ranks[signs > 0].sum())
    if len(ranks) <= EXACT_PAIRS:
        return two_sided(sums_of_any(ranks.tolist()), plus)
    halves = ranks / 2
    return _normal(abs(plus / 2 - float(halves.sum()) / 2) - 0.5, float((halves * halves).sum()) / 4)


def _doubled_ranks(values: Floats) -> tuple[Ranks, int]:
    """Return twice the rank of each value, ties sharing their mean, and the sum of t³ - t over the ties."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (2 * ends - counts + 1)[place], int((counts.astype(object) ** 3 - counts).sum())


def _normal(off: float, variance: float) -> float:
    """Return how likely a normal variable is that far from its mean, or farther, on either side."""
    return math.erfc(off / math.sqrt(2 * variance)) if variance > 0 and off > 0 else 1.0
