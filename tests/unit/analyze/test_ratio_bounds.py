"""Bounds of a ratio by turning tests around."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ratchetry.analyze.e_process import Block, lift_step, log_e_process
from ratchetry.analyze.ratio_bounds import lower_bound, upper_bound


def test_bounds_are_where_the_test_turns() -> None:
    """The lower bound is the end of what is rejected from below, the upper that from above."""
    assert lower_bound(lambda ratio: ratio < 1.234) == pytest.approx(1.234, rel=1e-3)
    assert upper_bound(lambda ratio: ratio > 0.321) == pytest.approx(0.321, rel=1e-3)


def test_without_evidence_nothing_is_bounded() -> None:
    """Where no ratio is rejected there is no bound."""
    assert lower_bound(lambda _ratio: False) == 0.0
    assert upper_bound(lambda _ratio: False) == math.inf


def test_what_is_rejected_beyond_a_gap_does_not_count() -> None:
    """Only ratios below which everything is rejected are excluded."""
    assert lower_bound(lambda ratio: ratio < 0.5 or 0.9 < ratio < 1.5) == pytest.approx(0.5, rel=1e-3)


def test_the_true_ratio_is_seldom_excluded_at_any_time() -> None:
    """Over 40 days, looked at daily, the bound is above the true ratio in at most 5 percent (and 3 se) of cases."""
    chance = np.random.default_rng(7)
    missed = 0
    for _ in range(200):
        blocks = []
        for _ in range(40):
            control = int(chance.binomial(8, 0.5))
            treatment = int(chance.binomial(8, 0.65))
            blocks.append(Block(control=control, control_n=8, treatment=treatment, treatment_n=8))
        missed += max(log_e_process(blocks, lift_step(0.1), 1.3)) >= math.log(20)
    assert missed <= 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)


def test_bounds_of_shares_tighten_around_the_truth() -> None:
    """With 0.5 against 0.65 and many results both bounds lie near 1.3, on their sides of it."""
    blocks = [Block(control=20, control_n=40, treatment=26, treatment_n=40)] * 40

    def low(ratio: float) -> bool:
        return max(log_e_process(blocks, lift_step(0.1), ratio)) >= math.log(20)

    def high(ratio: float) -> bool:
        return max(log_e_process([block.swapped() for block in blocks], lift_step(0.1), 1 / ratio)) >= math.log(20)

    assert 1.15 < lower_bound(low) < 1.3 < upper_bound(high) < 1.45
