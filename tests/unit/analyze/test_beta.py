"""The beta distribution, against scipy's where that is installed and against sums that are exact."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.beta import beta_below, beta_quantile, log_beta

PARAMETERS = st.floats(min_value=0.1, max_value=500.0)


def binomial_tail(x: float, alpha: int, beta: int) -> float:
    """Return the same probability for whole parameters, as a binomial sum: at least alpha successes."""
    n = alpha + beta - 1
    return math.fsum(math.comb(n, k) * x**k * (1.0 - x) ** (n - k) for k in range(alpha, n + 1))


@given(st.floats(0.0, 1.0), st.integers(1, 30), st.integers(1, 30))
def test_whole_parameters_give_a_binomial_sum(x: float, alpha: int, beta: int) -> None:
    """For whole parameters the distribution is a binomial tail."""
    assert beta_below(x, alpha, beta) == pytest.approx(binomial_tail(x, alpha, beta), abs=1e-11)


@given(st.floats(0.0, 1.0), PARAMETERS, PARAMETERS)
def test_it_agrees_with_scipy(x: float, alpha: float, beta: float) -> None:
    """Over all parameters the distribution is scipy's."""
    stats = pytest.importorskip("scipy.stats")
    assert beta_below(x, alpha, beta) == pytest.approx(float(stats.beta.cdf(x, alpha, beta)), abs=1e-9)


@given(st.floats(0.001, 0.999), PARAMETERS, PARAMETERS)
def test_a_quantile_is_the_inverse(probability: float, alpha: float, beta: float) -> None:
    """Below a quantile lies its probability, as far as numbers near 0 and 1 can be told apart."""
    quantile = beta_quantile(probability, alpha, beta)
    low, high = beta_below(quantile - 1e-12, alpha, beta), beta_below(quantile + 1e-12, alpha, beta)
    assert low - 1e-6 <= probability <= high + 1e-6


def test_the_ends_and_the_beta_function() -> None:
    """Nothing lies below 0, everything below 1, and the beta function is a ratio of factorials."""
    assert beta_below(-0.5, 2, 3) == 0.0
    assert beta_below(1.5, 2, 3) == 1.0
    assert math.exp(log_beta(2, 3)) == pytest.approx(1 / 12)
