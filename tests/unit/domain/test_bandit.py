"""Decisions and outcomes are kept as events and come back the same; what makes no sense is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.bandit import (
    ArmDecision,
    ArmOutcome,
    decision_event,
    decision_of,
    outcome_event,
    outcome_of,
)

DECISION = ArmDecision(
    id="d1",
    time="2026-11-20T10:00:00Z",
    arm="terse",
    propensities={"terse": 0.7, "verbose": 0.3},
    context={"code": "parser"},
    policy="thompson:1",
    unit="pr:7",
)


def test_a_decision_comes_back_from_its_event() -> None:
    """A decision read back from its event is the decision, with the probability of its arm."""
    back = decision_of(decision_event(DECISION))

    assert back == DECISION
    assert back.propensity == 0.7


@given(
    reward=st.none() | st.floats(0, 1),
    measures=st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=3),
)
def test_an_outcome_comes_back_from_its_event(reward: float | None, measures: dict[str, float]) -> None:
    """An outcome read back from its event is the outcome."""
    outcome = ArmOutcome(
        decision="d1",
        time="2026-11-20T11:00:00Z",
        status="censored" if reward is None else "rewarded",
        reward=reward,
        measures=measures,
        runs=("1-1",),
    )

    assert outcome_of(outcome_event(outcome)) == outcome


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("arm", "other", "needs an identifier and the probability of its arm 'other'"),
        ("arm", 3, "must be a text, not 3"),
        ("propensities", {"terse": 1.0, "verbose": 0.0}, "must be positive and add up to 1"),
        ("propensities", {"terse": True}, "must be a finite number, not True"),
        ("context", "python", "must be an object, not 'python'"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(field: str, value: object, told: str) -> None:
    """The error names the event and the field."""
    kept = decision_event(DECISION)
    wrong = replace(kept, data={**kept.data, field: value})  # type: ignore[dict-item]  # hostile data has any type

    with pytest.raises(ValueError, match=told) as caught:
        decision_of(wrong)

    assert f"event {kept.id}: " in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "won"}, "status: 'won' is none of rewarded, missing, censored"),
        ({"reward": None}, "reward: None does not go with the status rewarded"),
        ({"reward": 1.5}, "reward: must be a number from 0 to 1, not 1.5"),
        ({"measures": {"cost": float("nan")}}, "measures.cost: must be a finite number"),
    ],
)
def test_an_outcome_that_makes_no_sense_is_refused(change: dict[str, object], told: str) -> None:
    """The error names the event and the field."""
    kept = outcome_event(ArmOutcome(decision="d1", time="2026-11-20T11:00:00Z", status="rewarded", reward=1.0))

    with pytest.raises(ValueError, match=told):
        outcome_of(replace(kept, data={**kept.data, **change}))  # type: ignore[dict-item]  # hostile data has any type
