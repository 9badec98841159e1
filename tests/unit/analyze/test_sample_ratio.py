"""The sample ratio: against scipy, exhaustive sums and simulation."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from ratchetry.analyze.sample_ratio import chi_square_above, chi_square_p, mismatch_log_e

stats = pytest.importorskip("scipy.stats")

THIRDS = (1 / 3, 1 / 3, 1 / 3)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 10])
@pytest.mark.parametrize("value", [0.1, 1.0, 5.0, 30.0])
def test_the_tail_is_that_of_scipy(freedom: int, value: float) -> None:
    """The chi-square tail agrees with scipy's to nine digits."""
    assert chi_square_above(value, freedom) == pytest.approx(float(stats.chi2.sf(value, freedom)), rel=1e-9)


def test_the_test_is_that_of_scipy() -> None:
    """Pearson's test agrees with scipy's, and nothing counted says nothing."""
    counts, shares = (40, 55, 61), (0.3, 0.3, 0.4)
    expected = stats.chisquare(counts, [156 * share for share in shares]).pvalue
    assert chi_square_p(counts, shares) == pytest.approx(float(expected), rel=1e-9)
    assert chi_square_p((0, 0), (0.5, 0.5)) == 1.0
    assert mismatch_log_e((0, 0), (0.5, 0.5)) == 0.0


def test_the_evidence_is_fair_on_average() -> None:
    """Over all counts of seven units the mean evidence is exactly 1 when the plan holds."""
    total = sum(
        float(stats.multinomial.pmf(counts, 7, THIRDS)) * math.exp(mismatch_log_e(counts, THIRDS))
        for counts in product(range(8), repeat=3)
        if sum(counts) == 7
    )
    assert total == pytest.approx(1.0)


def test_daily_looks_seldom_raise_a_false_alarm_and_a_lopsided_split_is_found() -> None:
    """Of 300 fair splits, looked at for 60 days, hardly any passes 1,000; one of 56 to 44 percent soon does."""
    chance = np.random.default_rng(4)
    shares = (0.5, 0.5)

    def passes(share: float) -> bool:
        days = np.cumsum(chance.binomial(40, share, 60))
        return any(
            mismatch_log_e((int(n), 40 * (d + 1) - int(n)), shares) >= math.log(1000) for d, n in enumerate(days)
        )

    assert sum(passes(0.5) for _ in range(300)) <= 2
    assert sum(passes(0.56) for _ in range(20)) >= 18
