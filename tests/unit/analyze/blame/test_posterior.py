"""Shared blame, held to the exact posterior by enumeration and to what must not change it."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.beta import log_beta
from ratchetry.analyze.blame.posterior import OUTSIDE, OUTSIDE_PRIOR, Blame, Changes, common_prior, shared_blame


def exact(changes: list[Changes]) -> dict[str, tuple[float, float]]:
    """Return the mean and standard deviation of each posterior, by summing over all assignments of culprits."""
    failures = [(*sorted(set(one.members)), OUTSIDE) for one in changes if one.failed]
    runs = Counter(thing for one in changes for thing in (*set(one.members), OUTSIDE))
    priors = {**dict.fromkeys(runs, common_prior(changes)), OUTSIDE: OUTSIDE_PRIOR}
    total = 0.0
    first: defaultdict[str, float] = defaultdict(float)
    second: defaultdict[str, float] = defaultdict(float)
    for culprits in itertools.product(*failures):
        caused = Counter(culprits)
        shapes = {
            thing: (priors[thing][0] + caused[thing], priors[thing][1] + runs[thing] - caused[thing]) for thing in runs
        }
        weight = math.exp(sum(log_beta(*shapes[thing]) - log_beta(*priors[thing]) for thing in runs))
        total += weight
        for thing, (alpha, beta) in shapes.items():
            mean = alpha / (alpha + beta)
            spread = alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1.0))
            first[thing] += weight * mean
            second[thing] += weight * (spread + mean * mean)
    return {
        thing: (first[thing] / total, math.sqrt(second[thing] / total - (first[thing] / total) ** 2)) for thing in runs
    }


def deviation(blame: Blame) -> float:
    """Return the standard deviation of a posterior."""
    whole = blame.alpha + blame.beta
    return math.sqrt(blame.mean * (1.0 - blame.mean) / (whole + 1.0))


def made(chance: Random, runs: int = 30) -> list[Changes]:
    """Return made-up observations of five things, of which some break often."""
    risks = {thing: chance.choice((0.01, 0.05, 0.3)) for thing in "abcde"}
    rows = [chance.sample("abcde", chance.randint(1, 4)) for _ in range(runs)]
    return [Changes(members=tuple(row), failed=any(chance.random() < risks[thing] for thing in row)) for row in rows]


@pytest.mark.parametrize("seed", range(12))
def test_close_to_the_exact_posterior(seed: int) -> None:
    """Means are within half a standard deviation of the exact ones, and widths not far off."""
    chance = Random(seed)  # noqa: S311  # made-up data, no secret
    rows = (made(chance) for _ in range(100))
    changes = next(row for row in rows if 1 <= sum(one.failed for one in row) <= 5)
    blames = shared_blame(changes).blames
    for thing, (mean, spread) in exact(changes).items():
        assert abs(blames[thing].mean - mean) < 0.5 * spread
        assert 0.55 < deviation(blames[thing]) / spread < 1.35


def test_one_suspect_takes_what_is_not_outside() -> None:
    """A failure of a run that changed one thing is blamed on it, but for the share of what is outside."""
    found = shared_blame([Changes(members=("a",), failed=True), *[Changes(members=("b",), failed=False)] * 20])
    (share, *_) = found.shares
    assert share["a"] > 0.9
    assert sum(share.values()) == pytest.approx(1.0)
    assert found.blames["a"].mean > 5 * found.blames["b"].mean


def test_what_passed_often_is_exonerated() -> None:
    """Of two things that changed together, the one whose other changes passed gets little."""
    together = [Changes(members=("risky", "sound"), failed=True)] * 4
    found = shared_blame([*together, *[Changes(members=("sound",), failed=False)] * 20])
    assert found.shares[0]["risky"] > 0.85
    assert found.blames["sound"].mean < 0.05


def test_failures_without_a_change_are_from_outside() -> None:
    """A scheduled run that fails blames nothing in the repository."""
    found = shared_blame([Changes(members=(), failed=True), Changes(members=("a",), failed=False)])
    assert found.shares[0] == {OUTSIDE: 1.0}
    assert found.blames[OUTSIDE].failed == 1.0


def test_what_never_changed_has_no_blame() -> None:
    """Only things that changed in some run are there."""
    assert set(shared_blame([Changes(members=("a",), failed=True)]).blames) == {"a", OUTSIDE}
    assert set(shared_blame([]).blames) == set()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.booleans()), max_size=25), st.randoms(use_true_random=False)
)
def test_the_order_does_not_matter(rows: list[tuple[set[str], bool]], chance: Random) -> None:
    """Shuffled observations give the same posteriors to the last bit, shares add up, intervals hold the mean."""
    changes = [Changes(members=tuple(members), failed=failed) for members, failed in rows]
    found = shared_blame(changes)
    mixed = list(changes)
    chance.shuffle(mixed)
    assert shared_blame(mixed).blames == found.blames
    for one, share in zip(changes, found.shares, strict=True):
        assert sum(share.values()) == pytest.approx(float(one.failed))
        assert set(share) == ({*one.members, OUTSIDE} if one.failed else set())
    for blame in found.blames.values():
        low, high = blame.interval()
        assert 0.0 <= low <= blame.mean <= high <= 1.0
    assert sum(blame.failed for blame in found.blames.values()) == pytest.approx(sum(one.failed for one in changes))


def test_a_prior_of_its_own() -> None:
    """A thing with a worse past is blamed more, all else being equal."""
    found = shared_blame([Changes(members=("a", "b"), failed=True)], {"a": (2.0, 2.0), "b": (0.1, 3.9)})
    assert found.shares[0]["a"] > 4 * found.shares[0]["b"]
