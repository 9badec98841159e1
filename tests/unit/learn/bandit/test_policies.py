"""Policies: what each makes of the same beliefs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import POLICIES, ArmEvidence, Parameters, PolicyName
from ratchetry.learn.bandit.policies import defaults, policy_name, probabilities
from ratchetry.learn.bandit.propensity import best_probabilities


def belief(arm: str, rewards: float, outcomes: int, kept: float = 1.0) -> Belief:
    """Return what is believed of an arm, of whose outcomes a share is remembered."""
    alpha, beta = kept * rewards, kept * (outcomes - rewards)
    evidence = ArmEvidence(alpha=alpha, beta=beta, n=outcomes, reward=rewards)
    return Belief(arm=arm, alpha=1 + alpha, beta=1 + beta, prior_mean=0.5, prior_strength=2.0, evidence=evidence)


KNOWN = [belief("good", 30, 40), belief("bad", 15, 40), belief("worse", 10, 40)]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_gives_probabilities(policy: PolicyName) -> None:
    """They add up to 1, favor the best, and are even where nothing is known."""
    found = probabilities(KNOWN, defaults(policy))
    assert sum(found) == pytest.approx(1.0)
    assert found[0] == max(found)
    unknown = [belief(name, 0, 0) for name in "abc"]
    assert probabilities(unknown, defaults(policy)) == pytest.approx([1 / 3] * 3)
    assert defaults(policy).policy == policy


def test_sharpening_explores_less() -> None:
    """The more the evidence counts, the more often the best arm is chosen."""
    shares = [probabilities(KNOWN[:2], Parameters(sharpening=times))[0] for times in (0.5, 1.0, 2.0, 4.0)]
    assert shares == sorted(shares)


def test_plain_thompson_remembers_everything() -> None:
    """What was forgotten counts for it as well, and it takes the prior to be uniform."""
    faded = [belief("a", 30, 40, kept=0.1), belief("b", 15, 40, kept=0.5)]
    assert probabilities(faded, defaults("plain-thompson")) == best_probabilities([(31, 11), (16, 26)])
    assert probabilities(faded, defaults("discounted-thompson")) == best_probabilities([(4, 2), (8.5, 13.5)])


def test_ucb1_tries_each_arm_once_and_then_the_highest_bound() -> None:
    """Untried arms come first and share; then a rarely tried arm may have the highest bound."""
    assert probabilities([*KNOWN, belief("new", 0, 0)], defaults("ucb1")) == (0.0, 0.0, 0.0, 1.0)
    assert probabilities(KNOWN, defaults("ucb1")) == (1.0, 0.0, 0.0)
    assert probabilities([belief("good", 700, 1000), belief("rare", 3, 6)], defaults("ucb1")) == (0.0, 1.0)


def test_epsilon_greedy_spends_its_share_evenly() -> None:
    """A tenth is spread over all arms, the rest goes to the best mean."""
    assert probabilities(KNOWN, defaults("epsilon-greedy")) == pytest.approx((0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3))
    tied = [belief("a", 3, 4), belief("b", 6, 8)]
    assert probabilities(tied, defaults("epsilon-greedy")) == (0.5, 0.5)


def test_the_logged_name_tells_parameters_apart() -> None:
    """Two policies or two sets of parameters never have the same name."""
    names = {policy_name(defaults(policy)) for policy in POLICIES}
    names |= {policy_name(replace(Parameters(), cap=cap)) for cap in (10.0, 20.0)}
    assert len(names) == len(POLICIES) + 2
    assert policy_name(Parameters()).startswith("thompson:")
