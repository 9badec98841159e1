"""Planning: against scipy's normal distribution, simulated random walks, and the e-process itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ratchetry.analyze.e_process import BETS, Block, lift_step, log_e_process
from ratchetry.analyze.power import POWER, crossing, detectable_lift, planned_units, power

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize(("variance", "bound"), [(1.0, 3.0), (9.0, 3.5), (20.0, 3.0), (400.0, 5.0)])
def test_the_crossing_is_that_of_the_inverse_gaussian(variance: float, bound: float) -> None:
    """A Brownian motion with drift v/2 and variance v reaches a bound at an inverse Gaussian time."""
    mean, shape = bound / (variance / 2), bound**2 / variance
    assert crossing(variance, bound) == pytest.approx(
        float(stats.invgauss.cdf(1.0, mean / shape, scale=shape)), abs=1e-9
    )


def test_more_units_and_larger_differences_are_easier() -> None:
    """Power grows with both, and is nothing without units."""
    assert power(0, 0.6, 0.66, 0.05) == 0.0
    assert power(500, 0.6, 0.66, 0.05) < power(1000, 0.6, 0.66, 0.05) < power(1000, 0.6, 0.7, 0.05)


def test_a_plan_asks_for_more_than_a_single_look_would() -> None:
    """Looking daily costs units: more than the fixed one-sided test needs, less than three times as many."""
    base, other = 0.6, 0.66
    wanted = float(stats.norm.ppf(0.95) + stats.norm.ppf(POWER))
    fixed = wanted**2 * (base * (1 - base) + other * (1 - other)) / (other - base) ** 2
    planned = planned_units(base, 0.1, 0.05)
    assert planned is not None
    assert fixed < planned < 3 * fixed


def test_a_plan_is_what_the_test_needs() -> None:
    """With the planned units the e-process finds the lift in about 80 of 100 simulated experiments."""
    chance = np.random.default_rng(1)
    units = planned_units(0.5, 0.3, 0.05)
    assert units is not None
    days = math.ceil(units / 10)
    found = 0
    for _ in range(300):
        blocks = [
            Block(
                control=int(chance.binomial(10, 0.5)),
                control_n=10,
                treatment=int(chance.binomial(10, 0.65)),
                treatment_n=10,
            )
            for _ in range(days)
        ]
        found += max(log_e_process(blocks, lift_step(0.3))) >= math.log(20)
    assert abs(found / 300 - POWER) < 0.1


def test_what_is_detectable_is_what_was_planned_for() -> None:
    """The smallest lift that the planned units find is the one that they were planned for."""
    units = planned_units(0.4, 0.2, 0.05)
    assert units is not None
    assert detectable_lift(0.4, units, 0.05) == pytest.approx(0.2, rel=1e-2)
    fewer = planned_units(0.4, -0.2, 0.05)
    assert fewer is not None
    assert detectable_lift(0.4, fewer, 0.05, falling=True) == pytest.approx(0.2, rel=1e-2)


def test_what_cannot_be_planned_is_none() -> None:
    """A lift beyond all, no lift, a base of all or nothing, and too few units have no answer."""
    assert planned_units(0.95, 0.1, 0.05) is None
    assert planned_units(0.5, 0.0, 0.05) is None
    assert planned_units(0.0, 0.1, 0.05) is None
    assert detectable_lift(0.9, 5, 0.05) is None
    assert detectable_lift(1.0, 500, 0.05) is None


def test_the_capital_on_the_smallest_effect_is_the_largest() -> None:
    """The plan counts on the first bet, which must have the largest share, and the shares make up all."""
    assert BETS[0][1] == max(share for _, share in BETS)
    assert sum(share for _, share in BETS) == pytest.approx(1.0)
