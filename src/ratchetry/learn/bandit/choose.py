"""The choice: from what is known to one arm, with how likely each was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ratchetry.analyze.beta import beta_quantile
from ratchetry.domain.bandit import ArmDecision
from ratchetry.domain.belief import Belief, ContextStanding, Standing
from ratchetry.domain.weights import Parameters, Weights, context_key
from ratchetry.learn.bandit.policies import STATIC, policy_name, probabilities
from ratchetry.learn.bandit.prior import beliefs
from ratchetry.learn.bandit.propensity import drawn, floored, logged

_TAIL: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: an arm of these, in a context, for a unit."""

    id: str
    """The identifier of the decision, which draws the arm."""
    time: str
    arms: tuple[str, ...]
    """The static default first."""
    context: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    repository: str = ""


def choose(
    weights: Weights,
    request: Request,
    *,
    state: str = "",
    frozen: bool = False,
    assignment: ArmDecision | None = None,
) -> ArmDecision:
    """Return the decision that weights give, drawn by its identifier; `state` is the hash of the weights.

    A running experiment that the unit takes part in decides itself (`assignment`), and learning that is frozen leaves
    the static default.  Raises ValueError for a context that is none, or without an arm to choose.
    """
    if not request.arms:
        msg = "there is no arm to choose"
        raise ValueError(msg)
    if frozen:
        return _static(request)
    if assignment is not None:
        return replace(assignment, state=state)
    shares = propensities(weights, request.context, request.arms)
    return ArmDecision(
        id=request.id,
        time=request.time,
        arm=drawn(request.id, shares),
        propensities=shares,
        context=dict(request.context),
        policy=policy_name(weights.parameters),
        state=state,
        unit=request.unit,
        repository=request.repository,
    )


def propensities(weights: Weights, context: Mapping[str, str], arms: Sequence[str]) -> dict[str, float]:
    """Return how likely each arm is chosen in a context: never 0; raises ValueError for a context that is none."""
    believed = beliefs(weights.contexts, context_key(context), arms, weights.parameters)
    return _shares(believed, probabilities(believed, weights.parameters), weights.parameters)


def standing(weights: Weights, key: str, arms: Sequence[str]) -> ContextStanding:
    """Return where arms stand in a context, by its key."""
    believed = beliefs(weights.contexts, key, arms, weights.parameters)
    best = probabilities(believed, weights.parameters)
    shares = _shares(believed, best, weights.parameters)
    return ContextStanding(
        context=key,
        policy=policy_name(weights.parameters),
        floor=weights.parameters.floor / len(arms),
        standings=tuple(
            Standing(
                belief=belief,
                low=beta_quantile(_TAIL, belief.alpha, belief.beta),
                high=beta_quantile(1.0 - _TAIL, belief.alpha, belief.beta),
                propensity=shares[belief.arm],
                best=share,
            )
            for belief, share in zip(believed, best, strict=True)
        ),
    )


def _shares(believed: Sequence[Belief], best: Sequence[float], parameters: Parameters) -> dict[str, float]:
    """Return the propensities as they are logged."""
    return logged([belief.arm for belief in believed], floored(best, parameters.floor))


def _static(request: Request) -> ArmDecision:
    """Return the decision for the static default, which nothing learned goes into."""
    return ArmDecision(
        id=request.id,
        time=request.time,
        arm=request.arms[0],
        propensities={request.arms[0]: 1.0},
        context=dict(request.context),
        policy=STATIC,
        unit=request.unit,
        repository=request.repository,
    )
