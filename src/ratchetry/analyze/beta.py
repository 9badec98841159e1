"""The beta distribution, by its regularized incomplete beta function."""

from __future__ import annotations

import math
from typing import Final

_TINY: Final = 1e-300
_ACCURACY: Final = 1e-14
_STEPS: Final = 10_000
_HALVINGS: Final = 60


def log_beta(alpha: float, beta: float) -> float:
    """Return the logarithm of the beta function."""
    return math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta)


def beta_below(x: float, alpha: float, beta: float) -> float:
    """Return the probability that a Beta(alpha, beta) variable is at most x.

    The continued fraction of the regularized incomplete beta function, by Lentz's method
    (https://dlmf.nist.gov/8.17.E22), on the side on which it converges fast.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(alpha * math.log(x) + beta * math.log1p(-x) - log_beta(alpha, beta))
    if x <= (alpha + 1.0) / (alpha + beta + 2.0):
        return front * _fraction(x, alpha, beta) / alpha
    return 1.0 - front * _fraction(1.0 - x, beta, alpha) / beta


def beta_quantile(probability: float, alpha: float, beta: float) -> float:
    """Return the value below which a Beta(alpha, beta) variable is with a probability, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if beta_below(middle, alpha, beta) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _fraction(x: float, alpha: float, beta: float) -> float:
    """Return the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1.0 / _away(1.0 - (alpha + beta) * x / (alpha + 1.0))
    value = d
    for step in range(1, _STEPS):
        even = step * (beta - step) * x / ((alpha + 2 * step - 1.0) * (alpha + 2 * step))
        odd = -(alpha + step) * (alpha + beta + step) * x / ((alpha + 2 * step) * (alpha + 2 * step + 1.0))
        for term in (even, odd):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < _ACCURACY:
            break
    return value


def _away(value: float) -> float:
    """Return a number, kept away from 0."""
    return value if abs(value) > _TINY else _TINY
