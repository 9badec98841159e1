"""Mann and Kendall's test: against its definition, against scipy, and where neighbors are alike."""

from __future__ import annotations

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.mann_kendall import mann_kendall
from ratchetry.analyze.trend.kendall import (
    STRONGEST,
    descents,
    inflation,
    kendall_s,
    kendall_variance,
    p_value,
    persistence,
    tied_pairs,
)
from tests.unit.analyze.trend.made import first_order

stats = pytest.importorskip("scipy.stats")

steady = settings(derandomize=True, deadline=None, max_examples=60)
few_digits = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=60)
any_values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60)


@steady
@given(st.one_of(few_digits, any_values))
def test_descents_and_ties_are_those_of_all_pairs(values: list[float]) -> None:
    """Counting bit by bit finds the very pairs that looking at each one does."""
    assert descents(np.array(values)) == sum(one > other for one, other in combinations(values, 2))
    assert tied_pairs(np.array(values)) == sum(one == other for one, other in combinations(values, 2))


def test_descents_of_more_values_than_sixteen_bits_count() -> None:
    """Long series are counted as well: all pairs of a falling one descend, none of a rising one."""
    values = np.arange(70_000, dtype=float)
    assert descents(values) == 0
    assert descents(values[::-1]) == 70_000 * 69_999 // 2
    assert descents(np.array([])) == 0


@steady
@given(st.one_of(few_digits.filter(lambda values: len(set(values)) > 1), any_values.filter(lambda v: len(set(v)) > 1)))
def test_s_is_that_of_scipy(values: list[float]) -> None:
    """Kendall's tau-b, times what scipy divides S by, is S."""
    given_values = np.array(values)
    pairs = len(values) * (len(values) - 1) / 2
    tau = float(stats.kendalltau(np.arange(len(values)), given_values).statistic)
    assert kendall_s([given_values]) == pytest.approx(tau * math.sqrt(pairs * (pairs - tied_pairs(given_values))))


@pytest.mark.parametrize("values", [(1, 2, 3, 4, 5, 6), (1, 1, 2, 3, 3, 3), (1, 1, 1, 1, 2, 2), (4, 4, 4, 4, 4, 4)])
def test_the_variance_is_that_over_all_orders(values: tuple[int, ...]) -> None:
    """Over all orders of some values, ties included, S varies as the formula says."""
    counted = [kendall_s([np.array(order, dtype=float)]) for order in permutations(values)]
    assert kendall_variance([np.array(values, dtype=float)]) == pytest.approx(np.mean(np.square(counted)))


@steady
@given(any_values)
def test_p_values_are_those_of_the_direct_implementation(values: list[float]) -> None:
    """Without autocorrelation, the test is the plain one, both sides."""
    plain = mann_kendall([float(at) for at in range(len(values))], values)
    given_values = [np.array(values)]
    found = p_value(kendall_s(given_values), kendall_variance(given_values))
    assert found == pytest.approx(min(1.0, 2 * min(plain.p_rising, plain.p_falling)), abs=1e-12)


def test_strata_add_up() -> None:
    """Values of different strata are never compared with each other."""
    one, other = np.array([1.0, 2.0, 3.0]), np.array([30.0, 20.0, 10.0])
    assert kendall_s([one, other]) == 0
    assert kendall_variance([one, other]) == kendall_variance([one]) + kendall_variance([other])


@pytest.mark.parametrize(("n", "alike"), [(3, 0.5), (10, 0.3), (40, 0.8), (41, 0.99)])
def test_the_inflation_is_that_of_the_formula(n: int, alike: float) -> None:
    """Hamed and Rao's factor, written out lag by lag."""
    total = 0.0
    for lag in range(1, n):
        total += (n - lag) * (n - lag - 1) * (n - lag - 2) * 6 / math.pi * math.asin(alike**lag / 2)
    assert inflation(n, alike) == pytest.approx(1 + 2 / (n * (n - 1) * (n - 2)) * total)


def test_nothing_is_inflated_without_reason() -> None:
    """Values that are independent, or too few to tell, keep the plain variance."""
    assert inflation(50, 0.0) == inflation(2, 0.9) == 1.0
    assert persistence(np.array([1.0, 2.0, 3.0])) == persistence(np.zeros(30)) == 0.0
    assert persistence(np.array([1.0, -1.0] * 20)) == 0.0
    assert persistence(np.repeat([0.0, 1.0], 200)) == STRONGEST


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.8])
def test_the_autocorrelation_is_found(alike: float) -> None:
    """On average over series, the estimate is near the truth."""
    chance = np.random.default_rng(5)
    found = [persistence(first_order(chance, 100, alike)) for _ in range(60)]
    assert float(np.median(found)) == pytest.approx(alike, abs=0.07)


def test_p_values_without_evidence() -> None:
    """No variance, and no S, say nothing."""
    assert p_value(0, 10.0) == p_value(5, 0.0) == 1.0
