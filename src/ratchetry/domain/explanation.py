"""Why the bandit chose as it did, as values that reports can show."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.bandit import ArmDecision, ArmOutcome
from ratchetry.domain.belief import ContextStanding


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
