"""The ratio of means, contexts compared like with like."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ratchetry.analyze.mantel_haenszel import pooled, stratified_ratio
from ratchetry.domain.versions import Window


def test_one_context_is_the_ordinary_ratio() -> None:
    """With a single context the ratio is that of the shares, the interval that of its logarithm (Katz)."""
    found = stratified_ratio({"": Window(total=60, n=100)}, {"": Window(total=30, n=80)})
    assert found is not None
    ratio, low, high = found
    reach = 1.959964 * math.sqrt(1 / 60 - 1 / 100 + 1 / 30 - 1 / 80)
    assert ratio == pytest.approx(30 / 80 / 0.6)
    assert low == pytest.approx(ratio * math.exp(-reach), rel=1e-6)
    assert high == pytest.approx(ratio * math.exp(reach), rel=1e-6)


def test_another_mix_is_no_difference() -> None:
    """The same rates in another mix give a ratio of one, where the pooled rates differ by half."""
    before = {"easy": Window(total=90, n=100), "hard": Window(total=6, n=20)}
    after = {"easy": Window(total=18, n=20), "hard": Window(total=30, n=100)}
    found = stratified_ratio(before, after)
    assert found is not None
    assert found[0] == pytest.approx(1.0)
    assert (pooled(after).mean or 0) / (pooled(before).mean or 1) < 0.6


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Over 400 made-up pairs with a true ratio of 0.8 in both contexts, the interval misses it in about 5 percent."""
    chance = np.random.default_rng(5)
    missed = 0
    for _ in range(400):
        before = {name: Window(total=float(chance.binomial(80, rate)), n=80) for name, rate in (("a", 0.8), ("b", 0.4))}
        after = {
            name: Window(total=float(chance.binomial(40, rate)), n=40) for name, rate in (("a", 0.64), ("b", 0.32))
        }
        found = stratified_ratio(before, after)
        assert found is not None
        assert found[1] is not None
        assert found[2] is not None
        missed += not found[1] <= 0.8 <= found[2]
    assert missed <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)


def test_what_cannot_be_compared_has_no_ratio() -> None:
    """No context in common, or nothing before, gives none; nothing after has no interval."""
    assert stratified_ratio({"a": Window(total=1, n=2)}, {"b": Window(total=1, n=2)}) is None
    assert stratified_ratio({"a": Window(total=0, n=9)}, {"a": Window(total=1, n=2)}) is None
    assert stratified_ratio({"a": Window(total=5, n=9)}, {"a": Window(total=0, n=9)}) == (0.0, None, None)
