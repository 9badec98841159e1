"""Student's t distribution, by the incomplete beta function (https://dlmf.nist.gov/8.17)."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from ratchetry.analyze.beta import beta_below, beta_quantile

_STEPS: Final = 20
_ACCURACY: Final = 1e-6
"""The last step at most, relative: what it leaves is of the order of its square."""


def student_t_two_sided(t: float, freedom: float) -> float:
    """Return how likely Student's t is as far from 0 as this or farther, either way."""
    square = t * t
    return beta_below(freedom / (freedom + square), freedom / 2, 0.5)


def student_t_bound(probability: float, freedom: float) -> float:
    """Return the bound that Student's t stays within, either way, but for a probability.

    By Newton's method from the normal distribution's bound, and by bisection where that leads nowhere.
    """
    z = -NormalDist().inv_cdf(probability / 2)
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom * freedom)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    for _ in range(_STEPS):
        density: float = scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        step = (student_t_two_sided(t, freedom) - probability) / (2 * density)
        t += step
        if t <= 0:
            break
        if abs(step) < _ACCURACY * t:
            return t
    share = beta_quantile(probability, freedom / 2, 0.5)
    return math.sqrt(freedom * (1.0 - share) / share) if share > 0 else math.inf
