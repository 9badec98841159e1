"""The rank tests, against scipy's and against the count of all choices and signs."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ratchetry.analyze.comparison.null import is_countable
from ratchetry.analyze.comparison.ranks import mann_whitney, signed_rank

stats = pytest.importorskip("scipy.stats")

Floats = NDArray[np.float64]
WHOLE = st.integers(min_value=-4, max_value=4)


def _floats(values: list[int]) -> Floats:
    """Return values as an array."""
    return np.array(values, dtype=float)


def _normals(seed: int, n: int, shift: float = 0.0, *, rounded: int = 9) -> Floats:
    """Return normal values."""
    return np.round(np.random.default_rng(seed).normal(shift, 1.0, n), rounded)


@given(st.lists(WHOLE, min_size=1, max_size=5), st.lists(WHOLE, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_small_samples_with_ties_are_counted(base: list[int], head: list[int]) -> None:
    """The p-value is twice the share of all choices of the base's ranks whose sum is as far out as theirs."""
    ranks = stats.rankdata([*base, *head])
    sums = [sum(ranks[list(choice)]) for choice in combinations(range(len(ranks)), len(base))]
    seen = sum(ranks[: len(base)])
    tails = (np.mean([each <= seen for each in sums]), np.mean([each >= seen for each in sums]))
    assert mann_whitney(_floats(base), _floats(head)) == pytest.approx(min(1.0, 2 * min(tails)))


@given(st.lists(WHOLE, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_few_pairs_with_ties_and_zeros_are_counted(differences: list[int]) -> None:
    """The p-value is twice the share of all signs whose sum of ranks is as far out, zeros ranked and left out."""
    values = _floats(differences)
    ranks = stats.rankdata(np.abs(values))[values != 0]
    signs = np.sign(values[values != 0])
    seen = sum(ranks[signs > 0])
    sums = [
        sum(rank for rank, plus in zip(ranks, choice, strict=True) if plus)
        for choice in product((0, 1), repeat=len(ranks))
    ]
    tails = (np.mean([each <= seen for each in sums]), np.mean([each >= seen for each in sums]))
    assert signed_rank(values) == pytest.approx(min(1.0, 2 * min(tails)))


@pytest.mark.parametrize(("n", "m"), [(2, 2), (4, 5), (3, 200), (20, 20)])
def test_the_counted_test_is_scipys(n: int, m: int) -> None:
    """Without ties, small samples have scipy's exact p-value."""
    assert is_countable(min(n, m), n + m)
    base, head = _normals(n, n), _normals(100 + m, m, 0.7)
    expected = stats.mannwhitneyu(base, head, method="exact").pvalue
    assert mann_whitney(base, head) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rounded", [9, 1, 0])
@pytest.mark.parametrize(("n", "m"), [(30, 40), (25, 300), (900, 1100)])
def test_the_approximation_is_scipys(n: int, m: int, rounded: int) -> None:
    """Large samples have scipy's p-value, corrected for ties and continuity."""
    base, head = _normals(n, n, rounded=rounded), _normals(100 + m, m, 0.15, rounded=rounded)
    expected = stats.mannwhitneyu(base, head, method="asymptotic").pvalue
    assert mann_whitney(base, head) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("n", [6, 20, 50])
def test_the_counted_test_of_pairs_is_scipys(n: int) -> None:
    """Without ties, few pairs have scipy's exact p-value."""
    differences = _normals(n, n, 0.4)
    assert signed_rank(differences) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue, rel=1e-9)


@pytest.mark.parametrize("rounded", [9, 1])
def test_the_approximation_for_pairs_is_scipys(rounded: int) -> None:
    """Many pairs have scipy's p-value, with Pratt's zeros and ties."""
    differences = _normals(7, 300, 0.1, rounded=rounded)
    expected = stats.wilcoxon(differences, zero_method="pratt", correction=True, method="asymptotic")
    assert signed_rank(differences) == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize("n", [1, 3, 20, 60, 500])
def test_what_is_alike_does_not_differ(n: int) -> None:
    """Samples without any variation, and pairs without any difference, have the p-value 1."""
    assert mann_whitney(np.ones(n), np.ones(n + 1)) == 1.0
    assert signed_rank(np.zeros(n)) == 1.0
