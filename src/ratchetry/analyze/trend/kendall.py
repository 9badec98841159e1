"""Mann and Kendall's test for a trend, with ties, in strata, and with neighbors that are alike.

H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945), https://doi.org/10.2307/1907187;
M. G. Kendall, "Rank Correlation Methods", 4th edition (1975), for the variance with ties;
R. M. Hirsch and J. R. Slack, "A nonparametric trend test for seasonal data with serial dependence", Water Resources
Research 20 (1984), https://doi.org/10.1029/WR020i006p00727, for strata, which here are machines;
K. H. Hamed and A. R. Rao, "A modified Mann-Kendall trend test for autocorrelated data", Journal of Hydrology 204
(1998), https://doi.org/10.1016/S0022-1694(97)00125-X, for the variance under autocorrelation;
F. H. C. Marriott and J. A. Pope, "Bias in the estimation of autocorrelations", Biometrika 41 (1954),
https://doi.org/10.1093/biomet/41.3-4.390.

Hamed and Rao put estimates of the autocorrelation at many lags into their formula.  In series as short as those of CI
these are biased towards none and noisy: the test then cries wolf two to four times as often as it says.  Here the
formula is given the autocorrelation of a first order process, whose one parameter is estimated without that bias.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STRONGEST: Final = 0.99
"""The largest autocorrelation that is reckoned with."""
_LEAST: Final = 6
"""Values from which on autocorrelation can be estimated."""


def descents(values: Floats) -> int:
    """Return how many pairs of values have the larger one first, in a time of n log n.

    Two ranks first differ in some bit: for each bit, zeros are counted with the ones before them, among those that
    share all higher bits.
    """
    import numpy as np

    _, ranks = np.unique(values, return_inverse=True)
    ranks = ranks.astype(np.uint16 if len(ranks) < 1 << 16 else np.uint32)  # short ones are sorted by their digits
    total = 0
    for bit in range(int(ranks.max(initial=0)).bit_length()):
        higher = ranks >> (bit + 1)
        order = np.argsort(higher, kind="stable")
        ones = (ranks[order] >> bit).astype(np.int64) & 1
        before = np.cumsum(ones) - ones
        starts = np.flatnonzero(np.diff(higher[order], prepend=higher[order[0]]) != 0)
        bounds = np.concatenate([[0], starts, [len(ranks)]])
        before -= np.repeat(before[bounds[:-1]], np.diff(bounds))
        total += int(before[ones == 0].sum())
    return total


def tied_pairs(values: Floats) -> int:
    """Return how many pairs of values are equal."""
    import numpy as np

    _, counts = np.unique(values, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def kendall_s(strata: Sequence[Floats]) -> int:
    """Return Kendall's S of values in the order of their distinct times, added up over strata."""
    return sum(len(values) * (len(values) - 1) // 2 - tied_pairs(values) - 2 * descents(values) for values in strata)


def kendall_variance(strata: Sequence[Floats]) -> float:
    """Return the variance of S without a trend and with independent values, added up over strata."""
    import numpy as np

    total = 0
    for values in strata:
        _, counts = np.unique(values, return_counts=True)
        n = len(values)
        ties = sum(int(t) * (int(t) - 1) * (2 * int(t) + 5) for t in counts if t > 1)
        total += n * (n - 1) * (2 * n + 5) - ties
    return total / 18


def p_value(s: int, variance: float) -> float:
    """Return how likely an S as far from 0 is without a trend, by the normal approximation with continuity."""
    if variance <= 0 or s == 0:
        return 1.0
    return math.erfc((abs(s) - 1) / math.sqrt(2 * variance))


def persistence(residuals: Floats) -> float:
    """Return the autocorrelation of neighbors, from values in order without their trend; 0 where there is none.

    From ranks, which outliers do not sway; turned into that of a normal process; and freed from the bias that taking
    a line off brings.
    """
    import numpy as np

    n = len(residuals)
    if n < _LEAST:
        return 0.0
    ranks = _ranks(residuals)
    ranks -= ranks.mean()
    scale = float(ranks @ ranks)
    if scale <= 0:
        return 0.0
    alike = 2 * math.sin(math.pi / 6 * float(ranks[:-1] @ ranks[1:]) / scale)
    return float(np.clip((n * alike + 2) / (n - 4), 0.0, STRONGEST))


def inflation(n: int, neighbors: float) -> float:
    """Return how many times larger the variance of S is for a first order process (Hamed and Rao, equation 14)."""
    import numpy as np

    if n < 3 or neighbors <= 0:
        return 1.0
    lags = np.arange(1, n, dtype=float)
    alike = 6 / math.pi * np.arcsin(neighbors**lags / 2)  # of the ranks
    weights = (n - lags) * (n - lags - 1) * (n - lags - 2)
    return 1.0 + 2.0 * float(weights @ alike) / (n * (n - 1) * (n - 2))


def _ranks(values: Floats) -> Floats:
    """Return the rank of each value, ties sharing their mean."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place], dtype=float)
