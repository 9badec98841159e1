"""Student's t distribution against scipy."""

from __future__ import annotations

import pytest

from ratchetry.analyze.distributions import student_t_bound, student_t_two_sided

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("freedom", [1.0, 2.5, 6.0, 30.0, 998.0])
@pytest.mark.parametrize("t", [0.0, 0.3, -1.0, 4.4, 12.0, 60.0])
def test_tail_is_that_of_scipy(t: float, freedom: float) -> None:
    """The two-sided tail agrees with scipy's, far out too."""
    assert student_t_two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), rel=1e-9)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 6.0, 30.0, 998.0])
@pytest.mark.parametrize("probability", [0.5, 0.05, 1e-3, 1e-6])
def test_bound_is_that_of_scipy(probability: float, freedom: float) -> None:
    """The bound agrees with scipy's quantile."""
    assert student_t_bound(probability, freedom) == pytest.approx(stats.t.isf(probability / 2, freedom), rel=1e-7)
