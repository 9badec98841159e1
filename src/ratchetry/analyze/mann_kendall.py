"""Whether a series rises or falls: Mann-Kendall's test and Theil and Sen's slope.

H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945), https://doi.org/10.2307/1907187;
M. G. Kendall, "Rank Correlation Methods", 4th edition (1975), for the variance with ties;
P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
Association 63 (1968), https://doi.org/10.1080/01621459.1968.10480934.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True, kw_only=True)
class MonotonicTrend:
    """How a series goes: Kendall's S, the p-values that it rises and that it falls, and the slope per unit of time."""

    n: int
    s: int
    p_rising: float
    p_falling: float
    slope: float


def mann_kendall(times: Sequence[float], values: Sequence[float]) -> MonotonicTrend:
    """Return the trend of values at distinct times, by the normal approximation, which wants some eight of them.

    It supposes that the values are independent of each other but for the trend.  Raises ValueError for less than two.
    """
    if len(times) != len(values) or len(values) < 2:
        msg = f"a trend needs two values or more and a time for each, not {len(values)} and {len(times)}"
        raise ValueError(msg)
    series = sorted(zip(times, values, strict=True))
    steps = [(later[0] - earlier[0], later[1] - earlier[1]) for earlier, later in combinations(series, 2)]
    s = sum((rise > 0) - (rise < 0) for _, rise in steps)
    n = len(series)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    slopes = sorted(rise / run for run, rise in steps)
    middle = len(slopes) // 2
    slope = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    return MonotonicTrend(n=n, s=s, p_rising=_tail(s, variance), p_falling=_tail(-s, variance), slope=slope)


def _tail(s: int, variance: float) -> float:
    """Return the probability of an S as large or larger without a trend, corrected for continuity."""
    if variance <= 0:
        return 1.0
    return 0.5 * math.erfc((s - 1) / math.sqrt(2 * variance))
