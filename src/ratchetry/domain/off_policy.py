"""What another policy would have earned, as values: an estimate with its interval, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Estimator = Literal["snips", "doubly robust", "mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean reward with its 95 percent interval."""

    estimator: Estimator
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What an estimate rests on."""

    decisions: int
    """Decisions with a reward that could be used."""
    left_out: int
    """Decisions with a reward in which the policy might have taken an arm that could not be drawn."""
    effective: float
    """The effective sample size: so many decisions of the policy itself would say as much."""
    largest: float
    """The largest weight of one decision, of which the mean is about 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What a policy would have earned, beside what was earned."""

    policy: str
    support: Support
    value: Estimate
    """By the self-normalized estimator."""
    doubly_robust: Estimate
    logged: Estimate
    """The mean reward of what was really chosen."""
    gain: Estimate
    """The difference of the policy to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEvaluated:
    """Why nothing can be said of a policy."""

    policy: str
    support: Support
    reason: str


Evaluation = Evaluated | NotEvaluated
