"""Off-policy evaluation: what another policy would have earned, from decisions drawn with known probabilities.

A decision whose arm the other policy takes twice as often counts twice.  Both estimators are asymptotically normal, and
their intervals follow from the delta method, with Student's distribution on the effective sample size.

- self-normalized (SNIPS): the weighted mean of the rewards (Swaminathan and Joachims, "The Self-Normalized Estimator
  for Counterfactual Learning", NeurIPS 2015; variance: Owen, "Monte Carlo Theory, Methods and Examples", 2013, 9.2).
  It is the default: hardly biased, and always among the rewards.
- doubly robust: what a model of the rewards says, corrected by the weighted error of the model (Dudík, Langford and Li,
  "Doubly Robust Policy Evaluation and Learning", ICML 2011).  The model of a decision knows earlier ones only, so that
  the errors add up as a martingale also when the logging policy learned from them (Hadad et al., "Confidence intervals
  for policy evaluation in adaptive experiments", PNAS 118, 2021).

With an effective sample size below 50 there is no estimate: a few decisions with large weights would decide it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ratchetry.analyze.distributions import student_t_bound
from ratchetry.domain.off_policy import Estimate, Estimator, Evaluated, Evaluation, NotEvaluated, Support

LEAST_EFFECTIVE: Final = 50.0
_POOLED: Final = 8.0
"""Outcomes that an arm's mean over all contexts is worth in the model of one context."""
_PROBABILITY: Final = 0.05
"""Of the truth being outside of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One decision with its reward: what was drawn and how likely, and how likely the other policy takes each arm."""

    context: str
    arm: str
    reward: float
    propensity: float
    target: Mapping[str, float]

    @property
    def weight(self) -> float:
        """Return how many times likelier the other policy takes the arm."""
        return self.target.get(self.arm, 0.0) / self.propensity


def evaluate(policy: str, log: Sequence[Logged], left_out: int = 0) -> Evaluation:
    """Return what a policy would have earned over a log in the order of time, or why that cannot be said."""
    weights = [row.weight for row in log]
    support = Support(
        decisions=len(log), left_out=left_out, effective=effective_size(weights), largest=max(weights, default=0.0)
    )
    if support.effective < LEAST_EFFECTIVE:
        reason = (
            f"the effective sample size is {support.effective:.0f}, and must be {LEAST_EFFECTIVE:.0f} at least: "
            f"{len(log)} decisions with a reward can be used, in which the policy would have chosen otherwise mostly"
        )
        return NotEvaluated(policy=policy, support=support, reason=reason)
    quantile = student_t_bound(_PROBABILITY, support.effective - 1.0)
    rewards = [row.reward for row in log]
    return Evaluated(
        policy=policy,
        support=support,
        value=_estimate("snips", *self_normalized(weights, rewards), quantile),
        doubly_robust=_estimate("doubly robust", *_mean(doubly_robust_terms(log)), quantile),
        logged=_estimate("mean", *_mean(rewards), quantile),
        gain=_gain(weights, rewards, quantile),
    )


def effective_size(weights: Sequence[float]) -> float:
    """Return the effective sample size of weights (Kong, 1992): the square of their sum by the sum of their squares."""
    squares = math.fsum(weight * weight for weight in weights)
    return math.fsum(weights) ** 2 / squares if squares > 0.0 else 0.0


def self_normalized(weights: Sequence[float], rewards: Sequence[float]) -> tuple[float, float]:
    """Return the self-normalized mean and its standard error."""
    total = math.fsum(weights)
    value = math.fsum(weight * reward for weight, reward in zip(weights, rewards, strict=True)) / total
    squares = math.fsum((weight * (reward - value)) ** 2 for weight, reward in zip(weights, rewards, strict=True))
    return value, math.sqrt(squares) / total


def doubly_robust_terms(log: Sequence[Logged]) -> list[float]:
    """Return what each decision says of the policy's reward; their mean is the doubly robust estimate."""
    model = _Model()
    terms = []
    for row in log:
        expected = math.fsum(share * model.expected(row.context, arm) for arm, share in row.target.items())
        terms.append(expected + row.weight * (row.reward - model.expected(row.context, row.arm)))
        model.observe(row.context, row.arm, row.reward)
    return terms


@dataclass(slots=True)
class _Model:
    """The mean reward of each arm in each context so far, drawn to that of the arm, and that to one half."""

    arms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))
    cells: defaultdict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))

    def expected(self, context: str, arm: str) -> float:
        """Return the reward that is to be expected of an arm."""
        total, count = self.arms[arm]
        pooled = (total + 1.0) / (count + 2.0)
        reward, seen = self.cells[context, arm]
        return (reward + _POOLED * pooled) / (seen + _POOLED)

    def observe(self, context: str, arm: str, reward: float) -> None:
        """Take in one reward."""
        for cell in (self.arms[arm], self.cells[context, arm]):
            cell[0] += reward
            cell[1] += 1.0


def _mean(values: Sequence[float]) -> tuple[float, float]:
    """Return a mean and its standard error."""
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / max(1, len(values) - 1)
    return mean, math.sqrt(variance / len(values))


def _estimate(estimator: Estimator, value: float, error: float, quantile: float) -> Estimate:
    """Return an estimate of a mean reward, which lies from 0 to 1, as the ends of its interval do."""
    low, high = value - quantile * error, value + quantile * error
    return Estimate(estimator=estimator, value=_bounded(value), interval=(_bounded(low), _bounded(high)))


def _gain(weights: Sequence[float], rewards: Sequence[float], quantile: float) -> Estimate:
    """Return the difference of the self-normalized mean to that of the rewards, decision by decision."""
    value, _ = self_normalized(weights, rewards)
    mean, _ = _mean(rewards)
    usual = math.fsum(weights) / len(weights)
    rows = zip(weights, rewards, strict=True)
    _, error = _mean([weight * (reward - value) / usual - (reward - mean) for weight, reward in rows])
    gain = value - mean
    return Estimate(estimator="snips", value=gain, interval=(gain - quantile * error, gain + quantile * error))


def _bounded(value: float) -> float:
    """Return a mean reward within the bounds of rewards."""
    return min(1.0, max(0.0, value))
