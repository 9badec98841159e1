"""The e-process: exact on small tables, valid in simulation, the same as slow products."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.e_process import (
    BETS,
    Block,
    always_valid_p,
    expit,
    fixed_step,
    lift_step,
    log_e_process,
    logit,
    nearest,
    running_maximum,
)

SHARES = (0.03, 0.2, 0.5, 0.8, 0.97)


def expectation(first: Block, sizes: tuple[int, int], shares: tuple[float, float], ratio: float) -> float:
    """Return the mean factor of a second block over all its possible results, after a first one."""
    step = lift_step(0.1)
    start = log_e_process([first], step, ratio)[0]
    total = 0.0
    for a, b in product(range(sizes[0] + 1), range(sizes[1] + 1)):
        block = Block(control=a, control_n=sizes[0], treatment=b, treatment_n=sizes[1])
        chance = binomial(a, sizes[0], shares[0]) * binomial(b, sizes[1], shares[1])
        total += chance * math.exp(log_e_process([first, block], step, ratio)[1] - start)
    return total


def binomial(k: int, n: int, share: float) -> float:
    """Return the probability of k successes."""
    return math.comb(n, k) * share**k * (1 - share) ** (n - k)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("sizes", [(1, 1), (4, 4), (2, 7), (9, 1)])
def test_no_difference_wins_nothing_on_average(share: float, sizes: tuple[int, int]) -> None:
    """With equal shares the mean factor over every possible block is at most 1, whatever came before."""
    for first in (Block(), Block(control=1, control_n=6, treatment=5, treatment_n=6)):
        assert expectation(first, sizes, (share, share), 1.0) <= 1 + 1e-9
        assert expectation(first, sizes, (min(1.0, share + 0.02), share), 1.0) <= 1 + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.01, 0.99),
    st.floats(0.0, 1.0),
    st.floats(0.2, 3.0),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.tuples(st.integers(0, 8), st.integers(0, 8)),
)
def test_no_claim_of_a_ratio_loses_on_average(
    control: float, within: float, ratio: float, sizes: tuple[int, int], past: tuple[int, int]
) -> None:
    """Against "treatment is at most so many times control" the mean factor is at most 1 everywhere in the claim."""
    treatment = within * min(1.0, ratio * control)
    first = Block(control=past[0], control_n=8, treatment=past[1], treatment_n=8)
    assert expectation(first, sizes, (control, treatment), ratio) <= 1 + 1e-7


def test_equal_shares_make_a_fair_bet_when_the_sizes_are_equal_to_one() -> None:
    """For blocks of one result each the mean factor is not only at most 1: it is close to it at the bet's place."""
    assert expectation(Block(), (1, 1), (0.5, 0.5), 1.0) == pytest.approx(1.0, abs=1e-3)


def test_it_is_the_mixture_of_products() -> None:
    """The path equals the product of likelihood ratios of each single result, mixed over the bets."""
    chance = np.random.default_rng(5)
    blocks = [
        Block(control=int(chance.integers(0, 7)), control_n=6, treatment=int(chance.integers(0, 10)), treatment_n=9)
        for _ in range(12)
    ]
    slow = [share for _, share in BETS]
    control, treatment, n_a, n_b = 1.0, 1.0, 2, 2
    for number, block in enumerate(blocks):
        pooled = (6 * control / n_a + 9 * treatment / n_b) / 15
        for place, (multiple, _) in enumerate(BETS):
            low = expit(logit(pooled) - 0.4 * multiple * 9 / 15)
            high = expit(logit(pooled) + 0.4 * multiple * 6 / 15)
            middle = (6 * low + 9 * high) / 15
            for count, n, share in ((block.control, 6, low), (block.treatment, 9, high)):
                for result in range(n):
                    success = result < count
                    slow[place] *= (share if success else 1 - share) / (middle if success else 1 - middle)
        path = log_e_process(blocks[: number + 1], fixed_step(0.4))
        assert path[-1] == pytest.approx(math.log(sum(slow)), abs=1e-9)
        control, treatment = control + block.control, treatment + block.treatment
        n_a, n_b = n_a + 6, n_b + 9


@settings(max_examples=100, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.1, 5.0))
def test_the_nearest_shares_are_nearest(control: float, treatment: float, ratio: float) -> None:
    """No other pair of shares on the line is nearer than the one found, looked for on a grid."""

    def distance(x: float) -> float:
        return 3 * divergence(control, x) + 5 * divergence(treatment, min(1 - 1e-9, ratio * x))

    found, other = nearest(control, treatment, (3, 5), ratio)
    assert other == pytest.approx(ratio * found)
    top = min(1.0, 1.0 / ratio)
    assert distance(found) <= min(distance(top * step / 400) for step in range(1, 400)) + 1e-9


def divergence(p: float, q: float) -> float:
    """Return the Kullback-Leibler divergence of two shares."""
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


def test_blocks_with_one_group_change_nothing() -> None:
    """A day on which nobody was given the treatment says nothing about it."""
    full = Block(control=3, control_n=6, treatment=5, treatment_n=6)
    alone = Block(control=6, control_n=6)
    step = lift_step(0.1)
    assert log_e_process([full, alone, full], step)[-1] == log_e_process([full, full], step)[-1]
    assert log_e_process([alone], step)[0] == pytest.approx(0.0)
    assert log_e_process([], step) == ()


def test_the_p_value_only_falls() -> None:
    """It is 1 over the most that the capital has been, and 1 where it has never been more than at the start."""
    assert always_valid_p(()) == 1.0
    assert always_valid_p((-1.0, -3.0)) == 1.0
    assert always_valid_p((0.5, math.log(20), 1.0)) == pytest.approx(0.05)
    assert running_maximum((0.5, 2.0, 1.0)) == (0.5, 2.0, 2.0)


def test_daily_looks_at_nothing_seldom_find_something() -> None:
    """Of 400 comparisons without a difference, looked at on 60 days, at most 5 percent (and 3 se) ever pass 20."""
    chance = np.random.default_rng(11)
    found = 0
    for _ in range(400):
        blocks = [
            Block(control=draw(chance, 5, 0.6), control_n=5, treatment=draw(chance, 5, 0.6), treatment_n=5)
            for _ in range(60)
        ]
        found += always_valid_p(log_e_process(blocks, lift_step(0.1))) <= 0.05
    assert found <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)


def test_a_large_difference_is_found() -> None:
    """Thirty days of 20 results each with 0.6 and 0.75 leave no doubt, and none the other way around."""
    chance = np.random.default_rng(3)
    blocks = [
        Block(control=draw(chance, 20, 0.6), control_n=20, treatment=draw(chance, 20, 0.75), treatment_n=20)
        for _ in range(30)
    ]
    assert always_valid_p(log_e_process(blocks, lift_step(0.1))) < 1e-3
    assert always_valid_p(log_e_process([block.swapped() for block in blocks], lift_step(0.1))) > 0.5


def draw(chance: np.random.Generator, n: int, share: float) -> int:
    """Return how many of n are successes."""
    return int(chance.binomial(n, share))
