"""Comparisons of samples: shifts and intervals against their definitions, invariances, answers to oddities."""

from __future__ import annotations

import math
import random
from itertools import combinations_with_replacement
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.comparison.samples import compare_pairs, compare_rounds
from ratchetry.analyze.comparison.verdict import Margin
from ratchetry.domain.comparison import Comparison

POSITIVE = st.integers(min_value=1, max_value=4000).map(float)
SAMPLE = st.lists(POSITIVE, min_size=1, max_size=30)
SECONDS = Margin(size=0.03, relative=True)
NOTHING = Margin(size=0.0, relative=False)


def _rounds(base: list[float], head: list[float], margin: Margin = SECONDS) -> Comparison:
    """Return the comparison of two benchmarks' rounds."""
    return compare_rounds(base, head, name="benchmark.x", unit="seconds", better="lower", margin=margin)


def _pairs(base: list[float], head: list[float], margin: Margin = SECONDS) -> Comparison:
    """Return the comparison of two benchmarks measured in pairs."""
    return compare_pairs(base, head, name="benchmark.x", unit="seconds", better="lower", margin=margin)


def _times(seed: int, n: int, factor: float = 1.0, noise: float = 0.02) -> list[float]:
    """Return times with noise."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, no secret
    return [factor * math.exp(chance.gauss(0, noise)) for _ in range(n)]


@given(SAMPLE, SAMPLE)
@settings(max_examples=60, deadline=None)
def test_the_shift_of_rounds_is_the_median_of_all_differences(base: list[float], head: list[float]) -> None:
    """Hodges and Lehmann's shift is what its definition says, of logarithms where shares are asked for."""
    found = _rounds(base, head, NOTHING)
    assert found.difference == pytest.approx(median(one - other for one in head for other in base), rel=1e-9, abs=1e-9)
    share = median(math.log(one) - math.log(other) for one in head for other in base)
    assert _rounds(base, head).difference == pytest.approx(math.expm1(share), rel=1e-9, abs=1e-9)
    assert found.interval[0] <= found.difference <= found.interval[1]
    assert (found.base, found.head) == pytest.approx((median(base), median(head)))


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_shift_of_pairs_is_the_median_of_all_averages(pairs: list[tuple[float, float]]) -> None:
    """The shift of pairs is the median of Walsh's averages."""
    found = _pairs([one for one, _ in pairs], [other for _, other in pairs], NOTHING)
    averages = [(one + other) / 2 for one, other in combinations_with_replacement([b - a for a, b in pairs], 2)]
    assert found.difference == pytest.approx(median(averages), rel=1e-9, abs=1e-9)
    assert found.interval[0] <= found.difference <= found.interval[1]


@given(SAMPLE, SAMPLE, st.sampled_from([0.125, 2.0, 1024.0]))
@settings(max_examples=60, deadline=None)
def test_neither_side_is_favored_and_the_unit_does_not_matter(base: list[float], head: list[float], by: float) -> None:
    """Swapped sides swap the shift's sign and keep the p-value; a factor on both changes no share."""
    found, swapped = _rounds(base, head), _rounds(head, base)
    assert swapped.p_value == pytest.approx(found.p_value)
    assert math.log1p(swapped.difference) == pytest.approx(-math.log1p(found.difference), abs=1e-6)
    plain, turned = _rounds(base, head, NOTHING), _rounds(head, base, NOTHING)
    assert turned.difference == pytest.approx(-plain.difference)
    assert turned.interval == pytest.approx((-plain.interval[1], -plain.interval[0]))
    scaled = _rounds([by * value for value in base], [by * value for value in head])
    assert scaled.difference == pytest.approx(found.difference, rel=1e-6, abs=1e-6)
    assert scaled.p_value == pytest.approx(found.p_value)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.lists(st.integers(0, 9), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_constant_added_to_both_sides_changes_no_difference(base: list[int], head: list[int]) -> None:
    """Differences in the unit do not depend on the level."""
    found = _rounds([float(each) for each in base], [float(each) for each in head], NOTHING)
    moved = _rounds([each + 64.0 for each in base], [each + 64.0 for each in head], NOTHING)
    assert (moved.difference, moved.interval, moved.verdict) == (found.difference, found.interval, found.verdict)


@given(SAMPLE)
@settings(max_examples=60, deadline=None)
def test_a_sample_is_never_worse_or_better_than_itself(values: list[float]) -> None:
    """Identical samples, in any order, are unchanged or say why not."""
    for found in (_rounds(values, values[::-1]), _pairs(values, values), _rounds(values, values, NOTHING)):
        assert found.verdict in {"unchanged", "inconclusive"}
        assert found.p_value == 1.0


@pytest.mark.parametrize(("n", "m"), [(4, 4), (8, 30), (60, 80)])
def test_the_interval_of_rounds_covers_the_shift(n: int, m: int) -> None:
    """In 400 samples of any size the interval misses the shift in about one of twenty, or fewer."""
    missed = 0
    for seed in range(400):
        found = _rounds(_times(seed, n), _times(10_000 + seed, m, 1.1))
        missed += not found.interval[0] <= 0.1 <= found.interval[1]
    assert missed <= 32


@pytest.mark.parametrize("n", [6, 20, 70])
def test_the_interval_of_pairs_covers_the_shift(n: int) -> None:
    """The same for pairs."""
    missed = 0
    for seed in range(400):
        found = _pairs(_times(seed, n), _times(10_000 + seed, n, 1.1))
        missed += not found.interval[0] <= 0.1 <= found.interval[1]
    assert missed <= 32


def test_the_shift_of_large_samples_is_near_that_of_all_their_values() -> None:
    """Order statistics at even spaces stand for samples of thousands, for shift and interval."""
    base, head = _times(1, 3000), _times(2, 2500, 1.01)
    found = _rounds(base, head)
    every = np.sort(np.subtract.outer(np.log(head), np.log(base)).ravel())
    n, m = len(base), len(head)
    rank = int(n * m / 2 - 1.959964 * math.sqrt(n * m * (n + m + 1) / 12))
    assert found.difference == pytest.approx(math.expm1(float(np.median(every))), abs=2e-5)
    assert found.interval == pytest.approx((math.expm1(every[rank - 1]), math.expm1(every[-rank])), abs=5e-5)


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.1, "regressed"), (0.9, "improved"), (1.0, "unchanged"), (1.035, "inconclusive")]
)
def test_verdicts(factor: float, verdict: str) -> None:
    """Beyond the margin it is worse or better, within it unchanged, and at the margin nothing can be said."""
    for found in (
        _rounds(_times(1, 40), _times(2, 40, factor)),
        _pairs(_times(1, 40), _times(2, 40, factor)),
    ):
        assert found.verdict == verdict
        assert (found.unit, found.relative, found.margin) == ("seconds", True, 0.03)
        assert bool(found.reason) == (verdict == "inconclusive")


def test_few_values_of_great_noise_are_inconclusive() -> None:
    """What might be anything says so, with from where to where."""
    found = _rounds(_times(1, 6, noise=0.3), _times(2, 6, 1.1, noise=0.3))
    assert found.verdict == "inconclusive"
    assert "fits" in found.reason


def test_the_better_direction_may_be_up_or_unknown() -> None:
    """More coverage is an improvement; what has no better direction has no verdict."""
    base, head = [80.0 + at / 100 for at in range(9)], [85.0 + at / 100 for at in range(9)]
    assert compare_rounds(base, head, name="coverage.line", unit="percent", better="higher").verdict == "improved"
    assert compare_rounds(head, base, name="coverage.line", unit="percent", better="higher").verdict == "regressed"
    found = compare_rounds(base, head, name="x", better=None)
    assert found.verdict == "inconclusive"
    assert "neither direction" in found.reason


def test_values_that_are_not_positive_are_compared_by_their_differences() -> None:
    """A margin that is a share is one of the base's median then."""
    found = _rounds([0.0, 10.0, 10.0, 10.0, 20.0], [1.0, 10.0, 10.0, 10.0, 20.0])
    assert not found.relative
    assert found.margin == pytest.approx(0.3)


def test_what_is_no_number_is_left_out_and_said() -> None:
    """NaN, infinities and numbers too large to subtract are no measurements; pairs go with them."""
    odd = [math.nan, math.inf, -math.inf, 1e308]
    found = _rounds([*_times(1, 40), *odd], _times(2, 40, 1.1))
    assert (found.verdict, found.n_base, found.n_head) == ("regressed", 40, 40)
    assert found.reason == "4 values that are no finite numbers are left out"
    paired = _pairs([*_times(1, 40), 1.0], [*_times(2, 40, 1.1), math.nan])
    assert (paired.n_base, paired.n_head) == (40, 40)


@pytest.mark.parametrize("head", [[], [math.nan]])
def test_no_value_is_no_comparison(head: list[float]) -> None:
    """There is nothing to say of a side without values."""
    with pytest.raises(ValueError, match="nothing to compare"):
        _rounds([1.0, 2.0], head)
    with pytest.raises(ValueError, match="nothing to compare"):
        _pairs([1.0] * len(head), head)


def test_pairs_need_two_sides() -> None:
    """Lists of unequal length are no pairs."""
    with pytest.raises(ValueError, match="as many values"):
        _pairs([1.0, 2.0], [1.0])


@pytest.mark.parametrize(("base", "head"), [([1.0], [2.0]), ([1.0], [1.0]), ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0])])
def test_too_few_values_allow_no_verdict(base: list[float], head: list[float]) -> None:
    """Where no interval has the confidence that is claimed, nothing is declared, not even sameness."""
    for found in (_rounds(base, head), _pairs(base, head)):
        assert found.verdict == "inconclusive"
        assert "too few values" in found.reason


@given(st.lists(st.floats(), min_size=1, max_size=12), st.lists(st.floats(), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_any_numbers_give_a_finite_comparison_or_a_clear_refusal(base: list[float], head: list[float]) -> None:
    """Whatever the numbers are, what comes back can be written as JSON."""
    try:
        found = _rounds(base, head)
    except ValueError as error:
        assert "nothing to compare" in str(error)  # noqa: PT017 - either of two outcomes is right
        return
    assert all(map(math.isfinite, (found.base, found.head, found.difference, *found.interval, found.margin)))
