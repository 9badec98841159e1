"""Student's t distribution, by the incomplete beta function (https://dlmf.nist.gov/8.17)."""

from __future__ import annotations

import math

from ratchetry.analyze.beta import beta_below, beta_quantile


def student_t_two_sided(t: float, freedom: float) -> float:
    """Return how likely Student's t is as far from 0 as this or farther, either way."""
    square = t * t
    return beta_below(freedom / (freedom + square), freedom / 2, 0.5)


def student_t_bound(probability: float, freedom: float) -> float:
    """Return the bound that Student's t stays within, either way, but for a probability."""
    share = beta_quantile(probability, freedom / 2, 0.5)
    return math.sqrt(freedom * (1.0 - share) / share) if share > 0 else math.inf
