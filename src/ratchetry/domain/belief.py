"""What the bandit believes of arms, as values that reports can show."""

from __future__ import annotations

from dataclasses import dataclass, field

from ratchetry.domain.bandit import ArmDecision, ArmOutcome
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One outcome that counts in a context: of which decision, when it was known, and the events it stands in."""

    decision: str
    arm: str
    reward: float
    time: str
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an arm was, or would be, chosen."""

    standing: ContextStanding
    """Where the arms stand by the weights as they are now."""
    decision: ArmDecision | None = None
    """The decision that is asked about; None when it is about a context."""
    outcome: ArmOutcome | None = None
    repeated: bool = True
    """Whether the decision's identifier draws its arm from its propensities, as it must."""
    same_state: bool = True
    """Whether the weights are still those that the decision was taken by."""
    observed: tuple[Observed, ...] = ()
    """The newest outcomes in the context."""
