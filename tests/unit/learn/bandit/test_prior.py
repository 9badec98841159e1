"""Priors: from all arms, from the same arm elsewhere, and never from the context itself twice."""

from __future__ import annotations

import pytest

from ratchetry.domain.weights import ArmEvidence, Parameters
from ratchetry.learn.bandit.prior import beliefs


def evidence(rewards: float, outcomes: int) -> ArmEvidence:
    """Return evidence of which all is remembered."""
    return ArmEvidence(alpha=rewards, beta=outcomes - rewards, n=outcomes, reward=rewards)


def test_without_any_outcome_every_arm_is_uniform() -> None:
    """Two pseudo-outcomes with a mean of one half are the uniform distribution."""
    (one,) = beliefs({}, "", ["a"], Parameters())
    assert (one.alpha, one.beta, one.pooled) == (1.0, 1.0, 0.0)


def test_a_new_arm_is_thought_to_be_like_the_others() -> None:
    """Where most arms succeed, an arm that was added later starts neither at one half nor at the top."""
    contexts = {"": {"a": evidence(190, 200), "b": evidence(170, 200)}}
    new = beliefs(contexts, "", ["a", "b", "new"], Parameters())[2]
    assert new.mean == pytest.approx((20 + 360) / (40 + 400), abs=0.005)
    assert new.prior_strength == 2.0


def test_an_arm_starts_where_it_stands_in_other_contexts() -> None:
    """Its outcomes elsewhere move its start to their mean, and are worth at most eight outcomes more."""
    contexts = {"k=x": {"a": evidence(18, 20), "b": evidence(2, 20)}, "k=y": {"a": evidence(900, 1000)}}
    first, second = beliefs(contexts, "k=z", ["a", "b"], Parameters())
    assert first.mean > 0.85
    assert second.mean < 0.35
    assert (first.pooled, second.pooled) == (1020.0, 20.0)
    assert second.prior_strength == pytest.approx(2 + 8 * 20 / 40)
    assert 9.5 < first.prior_strength < 10.0


def test_the_context_itself_is_no_prior_of_its_arms() -> None:
    """Outcomes in a context do not count twice: the pooled ones are those of the other contexts."""
    contexts = {"k=x": {"a": evidence(5, 50)}, "k=y": {"a": evidence(45, 50)}}
    (here,) = beliefs(contexts, "k=x", ["a"], Parameters())
    assert here.pooled == 50.0
    assert here.prior_mean > 0.8
    assert here.mean < 0.25
