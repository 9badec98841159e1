"""Propensities: exact probabilities, a floor, whole millionths, and a draw that can be repeated."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.beta import beta_below
from ratchetry.domain.fingerprint import short_hash
from ratchetry.learn.bandit.propensity import PARTS, best_probabilities, drawn, floored, logged

COUNTS = st.floats(min_value=0.05, max_value=800.0)


def slow_oracle(shapes: list[tuple[float, float]]) -> list[float]:
    """Return how likely each variable is the largest, by its definition: a fine sum over the log-odds."""
    step, found = 0.02, []
    for place, (alpha, beta) in enumerate(shapes):
        total = 0.0
        for number in range(-3000, 3001):
            odds = step * number
            x = 1.0 / (1.0 + math.exp(-odds)) if odds > -700 else 0.0
            plus = math.log1p(math.exp(-abs(odds))) + max(odds, 0.0)
            whole = math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta)
            density = math.exp(whole + alpha * odds - (alpha + beta) * plus)
            if density < 1e-12:
                continue
            others = (beta_below(x, *shape) for other, shape in enumerate(shapes) if other != place)
            total += step * density * math.prod(others)
        found.append(total)
    return found


@pytest.mark.parametrize(
    "shapes",
    [
        [(1.0, 1.0), (1.0, 1.0)],
        [(4.0, 4.0), (480.0, 160.0), (30.0, 12.0)],
        [(0.4, 8.0), (8.0, 0.4), (3.0, 3.0)],
        [(640.0, 12.0), (630.0, 14.0), (2.0, 0.3), (20.0, 1.0)],
    ],
)
def test_probabilities_are_exact_to_a_millionth(shapes: list[tuple[float, float]]) -> None:
    """They agree with the integral by its definition."""
    assert best_probabilities(shapes) == pytest.approx(slow_oracle(shapes), abs=2e-6)


def test_two_arms_have_the_known_closed_form() -> None:
    """With whole counts the probability is a finite sum (Cook, "Exact calculation of beta inequalities", 2005)."""
    (a, b), (c, d) = (7, 4), (5, 6)
    exact = sum(_term(k, b, c, d) for k in range(a))
    assert best_probabilities([(a, b), (c, d)])[0] == pytest.approx(exact, abs=1e-6)


def _term(k: int, b: int, c: int, d: int) -> float:
    """Return a term of the sum that gives P(X > Y) for X of Beta(a, b) and Y of Beta(c, d)."""

    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    return math.exp(log_beta(c + k, b + d) - math.log(b + k) - log_beta(1 + k, b) - log_beta(c, d))


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_any_counts_give_probabilities(shapes: list[tuple[float, float]]) -> None:
    """They lie from 0 to 1 and add up to 1; the order of the arms does not matter."""
    found = best_probabilities(shapes)
    assert all(0.0 <= share <= 1.0 for share in found)
    assert sum(found) == pytest.approx(1.0)
    assert best_probabilities(shapes[::-1]) == pytest.approx(found[::-1], abs=1e-9)


@pytest.mark.parametrize("shapes", [[(1e9, 1e8), (1e9, 2e8)], [(1e-3, 5.0), (4e6, 1.0)], [(1e-2, 1e-2)] * 3])
def test_extreme_counts_give_probabilities_in_bounded_time(shapes: list[tuple[float, float]]) -> None:
    """Counts that no project has still give numbers."""
    assert sum(best_probabilities(shapes)) == pytest.approx(1.0)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=100), st.floats(0.0001, 1.0))
def test_logged_propensities_are_whole_millionths_and_never_nothing(values: list[float], floor: float) -> None:
    """They add up to 1 exactly, none is 0, and none is further than a few millionths from what was to be logged."""
    whole = sum(values) or 1.0
    shares = [value / whole if sum(values) else 1.0 / len(values) for value in values]
    arms = [f"a{number}" for number in range(len(values))]
    under = floored(shares, floor)
    found = logged(arms, under)
    parts = [round(share * PARTS) for share in found.values()]
    assert sum(parts) == PARTS
    assert all(part >= 1 and part / PARTS == share for part, share in zip(parts, found.values(), strict=True))
    assert all(abs(found[arm] - share) < 1.1e-4 for arm, share in zip(arms, under, strict=True))


def test_the_floor_keeps_every_arm_possible_and_in_order() -> None:
    """An arm that the policy would never choose has the floor, and no two arms change places."""
    found = floored([0.9, 0.1, 0.0], 0.03)
    assert found == pytest.approx((0.01 + 0.97 * 0.9, 0.01 + 0.97 * 0.1, 0.01))


@pytest.mark.parametrize("shares", [{"a": 0.5, "b": 0.5}, {"a": 0.002, "b": 0.698, "c": 0.3}, {"z": 0.05, "b": 0.95}])
def test_arms_are_drawn_as_often_as_their_propensities_say(shares: dict[str, float]) -> None:
    """Over many decisions the arms pass the chi-square test (at a level that seeded data passes or never does)."""
    count = 40_000
    seen = Counter(drawn(short_hash("decision", str(number)), shares) for number in range(count))
    chi_square = sum((seen[arm] - count * share) ** 2 / (count * share) for arm, share in shares.items())
    assert chi_square < 13.8  # 0.999 of the distribution with two degrees of freedom
    assert seen.keys() == shares.keys()


def test_the_draw_depends_on_nothing_but_the_decision_and_its_propensities() -> None:
    """The order in which arms stand in a mapping does not matter, the identifier does."""
    shares = {"a": 0.4, "b": 0.35, "c": 0.25}
    names = [f"decision{number}" for number in range(50)]
    backwards = dict(sorted(shares.items(), reverse=True))
    assert [drawn(name, shares) for name in names] == [drawn(name, backwards) for name in names]
    assert {drawn(name, shares) for name in names} == set(shares)
