"""The choice: drawn from what is logged, static when frozen, left to an experiment that has the unit."""

from __future__ import annotations

import pytest

from ratchetry.domain.bandit import ArmDecision, decision_event, decision_of
from ratchetry.domain.weights import POLICIES, ArmEvidence, Parameters, Weights, context_key
from ratchetry.learn.bandit.choose import Request, choose, propensities, standing
from ratchetry.learn.bandit.policies import defaults
from ratchetry.learn.bandit.propensity import drawn
from tests.unit.learn.bandit.events import at

WEIGHTS = Weights(
    contexts={
        "kind=api": {
            "a": ArmEvidence(alpha=30.0, beta=10.0, n=60, reward=45.0, last=at(0)),
            "b": ArmEvidence(alpha=5.0, beta=15.0, n=20, reward=5.0, last=at(0)),
        }
    }
)


def request(name: str = "d1", **changes: object) -> Request:
    """Return what is asked for."""
    known = {"id": name, "time": at(1), "arms": ("a", "b"), "context": {"kind": "api"}, "unit": "pr:1", **changes}
    return Request(**known)  # type: ignore[arg-type]  # a wrong field fails the test


def test_the_arm_is_drawn_from_the_logged_propensities() -> None:
    """Whoever knows the event can repeat the draw, also after it was kept and read."""
    for number in range(200):
        decision = choose(WEIGHTS, request(f"d{number}"), state="0123")
        read = decision_of(decision_event(decision))
        assert read == decision
        assert drawn(read.id, read.propensities) == read.arm
    assert decision.propensities == propensities(WEIGHTS, {"kind": "api"}, ("a", "b"))
    assert (decision.state, decision.unit, decision.policy.partition(":")[0]) == ("0123", "pr:1", "thompson")


@pytest.mark.parametrize("policy", POLICIES)
def test_no_arm_is_ever_impossible(policy: str) -> None:
    """Each has at least its share of the floor, whatever the policy and the evidence."""
    parameters = next(defaults(one) for one in POLICIES if one == policy)
    sure = {"": {"a": ArmEvidence(alpha=160, beta=0, n=9000, reward=9000), "b": ArmEvidence(beta=160, n=9000)}}
    found = propensities(Weights(parameters=parameters, contexts=sure), {}, ("a", "b", "c"))
    assert min(found.values()) >= round(parameters.floor / 3, 6) - 1e-6
    assert sum(found.values()) == pytest.approx(1.0)


def test_frozen_learning_takes_the_static_default() -> None:
    """The first arm, with the probability 1 that it really had, and nothing that was learned."""
    decision = choose(WEIGHTS, request(arms=("b", "a")), state="0123", frozen=True)
    assert (decision.arm, decision.propensities, decision.policy, decision.state) == ("b", {"b": 1.0}, "static", "")
    assert decision_of(decision_event(decision)) == decision


def test_an_experiment_decides_for_its_units() -> None:
    """Its fixed split makes the decision as it stands, but not while learning is frozen."""
    fixed = ArmDecision(id="e1", time=at(1), arm="a", propensities={"a": 0.5, "c": 0.5}, experiment="tone")
    decision = choose(WEIGHTS, request(), state="0123", assignment=fixed)
    assert (decision.id, decision.arm, decision.propensities) == ("e1", "a", fixed.propensities)
    assert choose(WEIGHTS, request(), assignment=fixed, frozen=True).experiment == ""


def test_without_arms_there_is_nothing_to_choose() -> None:
    """An empty choice is refused."""
    with pytest.raises(ValueError, match="there is no arm to choose"):
        choose(WEIGHTS, request(arms=()))


def test_a_standing_tells_what_a_choice_would_do() -> None:
    """Its propensities are those of a decision, its interval holds nine tenths, and its floor lies under all."""
    found = standing(WEIGHTS, context_key({"kind": "api"}), ("a", "b", "new"))
    assert {one.belief.arm: one.propensity for one in found.standings} == propensities(
        WEIGHTS, {"kind": "api"}, ("a", "b", "new")
    )
    for one in found.standings:
        assert one.low < one.belief.mean < one.high
        assert one.propensity >= found.floor - 1e-6
    assert found.floor == pytest.approx(Parameters().floor / 3)
