"""Sizes split at the median of what came before."""

from __future__ import annotations

import math

import numpy as np

from ratchetry.analyze.e_process import Block, always_valid_p, fixed_step, log_e_process
from ratchetry.analyze.predictable_split import Sizes, split_blocks


def test_the_first_block_only_sets_the_place() -> None:
    """What is larger than the median of the block before counts as above."""
    first, second = split_blocks([([1.0, 2.0, 3.0], [2.0, 5.0]), ([0.5, 2.5], [9.0, 9.0, 1.0])])
    assert first == Block()
    assert second == Block(control=1, control_n=2, treatment=2, treatment_n=3)


def test_ties_go_to_the_side_that_splits_more_evenly() -> None:
    """With mostly zeros, above means more than zero; with mostly ones, at least one."""
    assert split_blocks([([0, 0, 0], [1]), ([0, 1], [1])])[1] == Block(
        control=1, control_n=2, treatment=1, treatment_n=1
    )
    assert split_blocks([([1, 1, 1], [0]), ([0, 1], [1])])[1] == Block(
        control=1, control_n=2, treatment=1, treatment_n=1
    )


def test_a_ratio_is_divided_out() -> None:
    """Sizes that are twice as large do not differ from the control's once divided by two."""
    blocks: list[Sizes] = [([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])] * 2
    assert split_blocks(blocks, 2.0)[1] == Block(control=2, control_n=3, treatment=2, treatment_n=3)


def test_heavy_tails_do_not_fool_it_and_a_shift_is_found() -> None:
    """Of 200 comparisons of equal Cauchy-like sizes few pass 20 in 30 days; sizes twice as large do."""
    chance = np.random.default_rng(2)

    def made(scale: float) -> list[Sizes]:
        return [([tail(chance) for _ in range(8)], [scale * tail(chance) for _ in range(8)]) for _ in range(30)]

    found = sum(always_valid_p(log_e_process(split_blocks(made(1.0)), fixed_step(0.3))) <= 0.05 for _ in range(200))
    assert found <= 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)
    assert always_valid_p(log_e_process(split_blocks(made(2.0)), fixed_step(0.3))) < 0.05


def tail(chance: np.random.Generator) -> float:
    """Return a size whose mean does not exist."""
    return float(1.0 / (1.0 - chance.random()))
