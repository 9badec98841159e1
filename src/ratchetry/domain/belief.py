"""What the bandit believes of arms, as values that reports can show."""

from __future__ import annotations

from dataclasses import dataclass, field

from ratchetry.domain.weights import ArmEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """A Beta distribution over the mean reward of an arm in a context, and what it is made of."""

    arm: str
    alpha: float
    beta: float
    """The two counts of the distribution, the prior among them."""
    prior_mean: float
    prior_strength: float
    """What was believed before any outcome in this context, and how many outcomes that is worth."""
    pooled: float = 0.0
    """Outcomes of the same arm in other contexts that the prior rests on."""
    evidence: ArmEvidence = field(default_factory=ArmEvidence)

    @property
    def mean(self) -> float:
        """Return the mean reward that is believed in."""
        return self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an arm stands in a context: what is believed of it, and how likely it is chosen."""

    belief: Belief
    low: float
    high: float
    """The 90 % interval of its mean reward."""
    propensity: float
    best: float
    """How likely it would be chosen without the floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextStanding:
    """Where all arms stand in one context."""

    context: str
    policy: str
    """Name and hash of the policy that gives the propensities."""
    floor: float
    """The least probability that an arm has."""
    standings: tuple[Standing, ...]
