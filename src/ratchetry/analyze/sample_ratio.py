"""Whether units fell to the arms in the planned proportion: if not, something decides who is counted.

R. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019,
https://doi.org/10.1145/3292500.3330722.  Pearson's chi-square is for a single look; looking daily is paid for by the
Bayes factor of a Dirichlet-multinomial model (M. Lindon and A. Malek, "Anytime-Valid Inference for Multinomial Count
Data", NeurIPS 2022, https://arxiv.org/abs/2011.03567), which reaches 1/p with probability at most p, ever.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_CONCENTRATION: Final = 100.0
"""How close to the plan deviations are looked for: as those of so many units."""


def chi_square_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the p-value of Pearson's chi-square test, 1 where nothing was counted."""
    total = sum(counts)
    if not total:
        return 1.0
    statistic = sum((count - total * share) ** 2 / (total * share) for count, share in zip(counts, shares, strict=True))
    return chi_square_above(statistic, len(counts) - 1)


def chi_square_above(value: float, freedom: int) -> float:
    """Return the probability of a chi-square variable above a value (https://dlmf.nist.gov/8.8.E2)."""
    if value <= 0 or freedom < 1:
        return 1.0
    half = value / 2
    known, result = (1, math.erfc(math.sqrt(half))) if freedom % 2 else (2, math.exp(-half))
    while known < freedom:
        result += math.exp(known / 2 * math.log(half) - half - math.lgamma(known / 2 + 1))
        known += 2
    return min(1.0, result)


def mismatch_log_e(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the logarithm of the evidence against the planned shares, valid at every look."""
    priors = [_CONCENTRATION * share for share in shares]
    counted = zip(counts, shares, priors, strict=True)
    changes = sum(
        math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share) for count, share, prior in counted
    )
    return changes + math.lgamma(_CONCENTRATION) - math.lgamma(_CONCENTRATION + sum(counts))
