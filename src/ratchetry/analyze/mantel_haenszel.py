"""The ratio of two means with contexts compared like with like, so that another mix of contexts is no difference.

N. Mantel and W. Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease", Journal
of the National Cancer Institute 22 (1959); the interval is that of S. Greenland and J. M. Robins, "Estimation of a
common effect parameter from sparse follow-up data", Biometrics 41 (1985), https://doi.org/10.2307/2530643.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist

from ratchetry.domain.versions import Window

_Z = NormalDist().inv_cdf(0.975)


def stratified_ratio(
    before: Mapping[str, Window], after: Mapping[str, Window]
) -> tuple[float, float | None, float | None] | None:
    """Return the ratio of the means after to those before, and its 95 percent interval, None without one.

    Results lie from 0 to 1.  Contexts that only one side has say nothing; None where no context has both.
    """
    numerator = denominator = spread = 0.0
    for stratum in sorted(before.keys() & after.keys()):
        old, new = before[stratum], after[stratum]
        total = old.n + new.n
        if old.n and new.n:
            numerator += new.total * old.n / total
            denominator += old.total * new.n / total
            both = (old.total + new.total) * old.n * new.n
            spread += (both - old.total * new.total * total) / total**2
    if denominator <= 0:
        return None
    ratio = numerator / denominator
    if ratio <= 0:
        return ratio, None, None
    reach = _Z * math.sqrt(max(0.0, spread / (numerator * denominator)))
    return ratio, ratio * math.exp(-reach), ratio * math.exp(reach)


def pooled(strata: Mapping[str, Window]) -> Window:
    """Return all contexts together."""
    return Window(total=math.fsum(window.total for window in strata.values()), n=sum(row.n for row in strata.values()))
