"""Why an arm was chosen: what is believed of all of them, and the outcomes that this rests on."""

from __future__ import annotations

from typing import Final

from ratchetry.domain.belief import ContextStanding
from ratchetry.domain.explanation import Explanation, Observed
from ratchetry.domain.weights import context_key
from ratchetry.learn.bandit.policies import STATIC
from ratchetry.learn.bandit.propensity import drawn
from ratchetry.learn.decision_log import Decided, DecisionLog

SHOWN: Final = 10
"""Outcomes of the context that are listed, the newest first."""


def explained(standing: ContextStanding, log: DecisionLog, one: Decided | None, *, state: str) -> Explanation:
    """Return why a decision was taken as it was, or how one would be taken where the arms stand.

    `state` is the hash of the weights by which they stand there.
    """
    observed = tuple(_observed(standing.context, log))[:SHOWN]
    if one is None:
        return Explanation(standing=standing, observed=observed)
    decision = one.decision
    fixed = bool(decision.experiment) or decision.policy == STATIC
    return Explanation(
        standing=standing,
        decision=decision,
        outcome=one.outcome,
        repeated=fixed or drawn(decision.id, decision.propensities) == decision.arm,
        same_state=decision.state == state,
        observed=observed,
    )


def _observed(key: str, log: DecisionLog) -> list[Observed]:
    """Return the outcomes in a context, the newest first."""
    found = [
        (one.outcome_at, one.decision.id, one.decision.arm, one.outcome)
        for one in log.decisions
        if one.outcome is not None and one.outcome.reward is not None and _key(one) == key
    ]
    return [
        Observed(decision=name, arm=arm, reward=outcome.reward or 0.0, time=outcome.time, runs=outcome.runs)
        for _, name, arm, outcome in sorted(found, key=lambda row: row[:2], reverse=True)
    ]


def _key(one: Decided) -> str | None:
    """Return the key of a decision's context, None when it is none."""
    try:
        return context_key(one.decision.context)
    except ValueError:
        return None
