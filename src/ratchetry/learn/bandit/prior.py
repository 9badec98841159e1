"""What is believed of an arm in a context before it was tried there: learned from all other contexts and arms.

An arm starts at the mean reward of all arms, shrunk toward one half; outcomes of the same arm in other contexts move
the start toward their own mean and make it worth more.  The context itself is left out of what is pooled (empirical
Bayes with partial pooling; Gelman and others, "Bayesian Data Analysis", 3rd edition, 2013, chapter 5), so that no
outcome counts as prior and as evidence of the same arm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import ArmEvidence, Parameters

Contexts = Mapping[str, Mapping[str, ArmEvidence]]
_NONE: Final = ArmEvidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A Beta distribution by its mean and the outcomes that it is worth, and the outcomes that were pooled for it."""

    mean: float
    strength: float
    pooled: float


def beliefs(contexts: Contexts, key: str, arms: Sequence[str], parameters: Parameters) -> tuple[Belief, ...]:
    """Return what is believed of each of some arms in a context."""
    here = contexts.get(key, {})
    elsewhere = [found for other, found in contexts.items() if other != key]
    base = _base(elsewhere, here, parameters.base_strength)
    return tuple(_belief(arm, _prior(arm, elsewhere, base, parameters), here.get(arm, _NONE)) for arm in arms)


def _prior(arm: str, elsewhere: Sequence[Mapping[str, ArmEvidence]], base: float, parameters: Parameters) -> Prior:
    """Return what is believed of an arm before it was tried in a context, by what became of it elsewhere."""
    rewards, pooled = _sums(found[arm] for found in elsewhere if arm in found)
    strength = parameters.prior_strength
    more = parameters.pooled_strength * pooled / (pooled + parameters.pooled_half)
    return Prior(
        mean=(strength * base + rewards) / (strength + pooled),
        strength=strength + more,
        pooled=pooled,
    )


def _belief(arm: str, before: Prior, evidence: ArmEvidence) -> Belief:
    """Return what is believed of an arm: the prior and the evidence together."""
    return Belief(
        arm=arm,
        alpha=before.strength * before.mean + evidence.alpha,
        beta=before.strength * (1.0 - before.mean) + evidence.beta,
        prior_mean=before.mean,
        prior_strength=before.strength,
        pooled=before.pooled,
        evidence=evidence,
    )


def _base(elsewhere: Sequence[Mapping[str, ArmEvidence]], here: Mapping[str, ArmEvidence], strength: float) -> float:
    """Return the mean reward of all arms in a context, shrunk to that in the other contexts, that to one half."""
    rewards, outcomes = _sums(evidence for arms in elsewhere for evidence in arms.values())
    overall = (strength / 2.0 + rewards) / (strength + outcomes)
    rewards, outcomes = _sums(here.values())
    return (strength * overall + rewards) / (strength + outcomes)


def _sums(found: Iterable[ArmEvidence]) -> tuple[float, float]:
    """Return the remembered rewards and the remembered outcomes of all evidence together."""
    rewards = outcomes = 0.0
    for evidence in found:
        rewards += evidence.alpha
        outcomes += evidence.alpha + evidence.beta
    return rewards, outcomes
