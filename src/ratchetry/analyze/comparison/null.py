"""How rank sums are distributed where nothing differs: counted, not approximated.

B. Streitberg and J. Röhmel, "Exact distributions for permutation and rank tests: an introduction to some recently
published algorithms", Statistical Software Newsletter 12 (1986): the shift algorithm, which takes ties as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXACT_WORK: Final = 800
"""The smaller of two samples times both together, up to which their distribution is counted."""
EXACT_PAIRS: Final = 50
"""Pairs up to which their distribution is counted: the counts are whole in 53 bits."""
_CACHED: Final = 256


def is_countable(smaller: int, both: int) -> bool:
    """Tell whether the distribution of the rank sum of the smaller of two samples is worth counting."""
    return smaller * both <= EXACT_WORK


def sums_of_some(ranks: Sequence[int], size: int) -> Floats:
    """Return how likely each sum of so many of the ranks is, when any choice of them is as likely as another."""
    import numpy as np

    counts = np.zeros((size + 1, sum(sorted(ranks)[len(ranks) - size :]) + 1))
    counts[0, 0] = 1.0
    for rank in ranks:
        # the right side is computed before it is added: each rank is chosen once at most
        counts[1:, rank:] += counts[:-1, : counts.shape[1] - rank]
    last = counts[size]
    return np.asarray(last / last.sum(), dtype=float)


def sums_of_any(ranks: Sequence[int]) -> Floats:
    """Return how likely each sum of the ranks with a plus is, when every sign is a coin's."""
    import numpy as np

    likely = np.zeros(sum(ranks) + 1)
    likely[0] = 1.0
    for rank in ranks:
        shifted = np.zeros_like(likely)
        shifted[rank:] = likely[: len(likely) - rank]
        likely = (likely + shifted) / 2
    return likely


def two_sided(likely: Floats, at: int) -> float:
    """Return twice the probability of the nearer tail from a sum on, at most 1."""
    return min(1.0, 2.0 * min(float(likely[: at + 1].sum()), float(likely[at:].sum())))


@lru_cache(maxsize=_CACHED)
def rounds_rank(n: int, m: int, alpha: float) -> int:
    """Return the greatest k such that the k-th least difference of two samples, and the k-th greatest, bound the shift.

    Between them it lies but for alpha.  0 when the samples are too small for any such bound.
    """
    smaller = min(n, m)
    likely = sums_of_some(range(1, n + m + 1), smaller)
    return _greatest(likely[smaller * (smaller + 1) // 2 :], alpha)


@lru_cache(maxsize=_CACHED)
def pairs_rank(n: int, alpha: float) -> int:
    """Return the same for the averages of any two of n differences."""
    return _greatest(sums_of_any(range(1, n + 1)), alpha)


def _greatest(likely: Floats, alpha: float) -> int:
    """Return how many of the least values of a statistic are, together, not likelier than half of alpha."""
    import numpy as np

    return int(np.searchsorted(np.cumsum(likely), alpha / 2, side="right"))
