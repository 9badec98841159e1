"""The fold: whatever order, copies and nonsense events come in, the same weights or a refusal by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import ArmDecision, decision_event, decision_of, outcome_of
from ratchetry.domain.event import Event, event
from ratchetry.domain.weights import Arm, Parameters
from ratchetry.learn.bandit.arms import arm_event
from ratchetry.learn.bandit.fold import Folded, fold
from ratchetry.state.weights import dumps, loads
from tests.unit.learn.bandit.events import NOW, at, came, decided, seeded, tried

ARMS = (Arm(name="a"), Arm(name="b"), Arm(name="c"))
EVENTS = tuple(seeded(60, "abc", seed=5))


def folded(events: Sequence[Event], arms: Sequence[Arm] = ARMS, **parameters: float) -> Folded:
    """Return what events come to."""
    return fold(events, as_of=NOW, arms=arms, parameters=replace(Parameters(), **parameters))  # type: ignore[arg-type]


def slow_oracle(events: Sequence[Event], parameters: Parameters) -> dict[str, dict[str, list[float]]]:
    """Return the evidence of clean events by the definition: every arm fades at every step of its context."""
    decisions = sorted((decision_of(one) for one in events if one.kind == "decision"), key=lambda one: one.time)
    outcomes = {one.subject: outcome_of(one) for one in events if one.kind == "outcome"}
    found: dict[str, dict[str, list[float]]] = {}
    for decision in decisions:
        reward = outcomes[decision.id].reward
        assert reward is not None
        arms = found.setdefault(f"kind={decision.context['kind']}", {})
        for name, counts in arms.items():
            if name != decision.arm:
                counts[0], counts[1] = counts[0] * parameters.idle_decay, counts[1] * parameters.idle_decay
        counts = arms.setdefault(decision.arm, [0.0, 0.0])
        counts[0] = counts[0] * parameters.discount + reward
        counts[1] = counts[1] * parameters.discount + 1.0 - reward
        if parameters.cap and sum(counts) > parameters.cap:
            scale = parameters.cap / sum(counts)
            counts[0], counts[1] = counts[0] * scale, counts[1] * scale
    return found


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(cap=5.0, idle_decay=0.9),
        Parameters(cap=0.0, idle_decay=0.95, discount=0.95),
        Parameters(cap=0.0, idle_decay=1.0),
    ],
)
def test_evidence_is_what_the_definition_gives(parameters: Parameters) -> None:
    """Working out what faded only when it is needed changes nothing."""
    found = fold(EVENTS, as_of=NOW, arms=ARMS, parameters=parameters).weights.contexts
    expected = slow_oracle(EVENTS, parameters)
    assert found.keys() == expected.keys()
    for key, arms in expected.items():
        for name, counts in arms.items():
            assert [found[key][name].alpha, found[key][name].beta] == pytest.approx(counts, abs=1e-6)


@given(st.permutations(EVENTS[:40]), st.lists(st.integers(0, 39), max_size=10))
@settings(max_examples=30)
def test_order_and_copies_change_no_byte(order: list[Event], again: list[int]) -> None:
    """The same events give the same file in any order, and however often each of them comes."""
    data = dumps(folded(EVENTS[:40]).weights)
    assert dumps(folded([*order, *(order[number] for number in again)]).weights) == data


def test_folding_again_changes_nothing() -> None:
    """Weights that were written, read and folded again with the same events are the same bytes."""
    first = folded(EVENTS).weights
    data = dumps(first)
    kept = loads(data, "file")
    again = fold(EVENTS, as_of=NOW, arms=kept.arms, parameters=kept.parameters, kept=kept).weights
    assert dumps(again) == data


def test_what_a_decision_says_of_itself_is_counted() -> None:
    """Each context has its own counts, and the fold says on how many events it rests and how new they are."""
    events = [decided("1", "a", kind="x"), came("1", 1.0, 2.0), decided("2", "a", 1.0, kind="y"), came("2", 0.0, 1.5)]
    weights = folded(events).weights
    one = weights.contexts["kind=x"]["a"]
    assert (one.alpha, one.beta, one.n, one.reward, one.last) == (1.0, 0.0, 1, 1.0, at(2.0))
    assert weights.contexts["kind=y"]["a"].beta == 1.0
    assert (weights.fold.events, weights.fold.as_of, weights.fold.refused) == (4, at(2.0), 0)


def test_missing_and_censored_outcomes_and_none_say_nothing() -> None:
    """They are neither successes nor failures, and no evidence stands on them."""
    events = [
        *(decided(name, "a") for name in "123"),
        came("1", None, status="missing"),
        came("2", None, status="censored"),
    ]
    found = folded(events)
    assert (found.weights.contexts, found.waiting, found.silent, found.weights.fold.events) == ({}, 1, 2, 0)


def test_of_several_outcomes_the_first_counts() -> None:
    """A later outcome of a decision changes nothing, whichever is read first."""
    first, second = came("1", 1.0, 1.0), came("1", 0.0, 2.0)
    for order in ([first, second], [second, first]):
        assert folded([decided("1", "a"), *order]).weights.contexts[""]["a"].reward == 1.0


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((decided("1", "z"), came("1", 1.0)), "unknown arm 'z'"),
        ((came("1", 1.0),), "there is no decision '1'"),
        ((decided("1", "a", 9000.0), came("1", 1.0, 9000.0)), "lies beyond the newest run"),
        ((decided("1", "a", 30.0), came("1", 1.0, 1.0)), "is older than the decision 1"),
        ((decided("1", "a", kind=""), came("1", 1.0)), "context kind: '' must be 1 to 200 printable characters"),
        ((event("decision", time=at(0), subject="1", data={"arm": 3}),), "arm: must be a text, not 3"),
        ((event("decision", time="soon", subject="1"),), "its time 'soon' is none"),
        ((decided("1", "a"), event("outcome", time=at(1), subject="1", data={"status": "won"})), "'won' is none of"),
        ((decided("1", "a"), decided("1", "b"), came("1", 1.0)), "there is an earlier decision 1"),
        ((arm_event("rename", "a", time=at(0), to="b"),), "there is an arm 'b' already"),
        ((arm_event("rename", "a", time=at(0), to="no name"),), "is no name of an arm"),
        ((arm_event("retire", "z", time=at(0)),), "there is no arm 'z'"),
        ((arm_event("retire", "a", time=at(9000)),), "lies beyond the newest run"),
        ((event("arm", time=at(0), subject="a", data={"phase": "sell"}),), "phase 'sell' is none of"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(events: tuple[Event, ...], reason: str) -> None:
    """An event that makes no sense is left out and named; all others count as if it were not there."""
    found = folded([*EVENTS, *events])
    ids = {one.id for one in events}
    assert any(reason in one.reason and one.event in ids for one in found.refused), found.refused
    if len(events) < 3:
        assert found.weights.contexts == folded(EVENTS).weights.contexts
    early = {one.event for one in found.refused if "beyond the newest run" not in one.reason}
    assert found.weights.fold.refused == len(early)


def test_versions_of_an_experiment_need_be_no_arms() -> None:
    """A decision of an experiment between things that are no arms is none of the bandit's, and no nonsense either."""
    decision = ArmDecision(id="1", time=at(0), arm="z", propensities={"z": 1.0}, experiment="tone")
    found = folded([decision_event(decision), came("1", 1.0)])
    assert (found.refused, found.weights.contexts) == ((), {})


def test_a_decision_that_is_newer_than_all_runs_changes_no_byte() -> None:
    """It is left out until a run has followed, and the file does not change with each choice."""
    found = folded([*EVENTS, decided("new", "a", 9000.0)])
    assert len(found.refused) == 1
    assert dumps(found.weights) == dumps(folded(EVENTS).weights)


def test_a_clock_that_went_back_a_little_does_no_harm() -> None:
    """A run may have started some hours before its decision by another machine's clock."""
    assert folded([decided("1", "a", 1.0), came("1", 1.0, 0.5)]).weights.contexts[""]["a"].n == 1


def test_another_way_to_write_a_time_is_no_further_decision() -> None:
    """One decision that is kept in two formats counts once."""
    one, outcome = decided("1", "a"), came("1", 1.0)
    other = event("decision", time=one.time.replace("Z", "+00:00"), subject="1", data=one.data)
    assert other.id != one.id
    for order in ([one, other, outcome], [other, outcome, one]):
        assert folded(order).weights.contexts[""]["a"].n == 1


def test_a_renamed_arm_keeps_what_was_learned_under_its_old_names() -> None:
    """Decisions under any name that it had count for it, wherever in the order the renaming comes."""
    events = [*tried([("a", 1.0), ("b", 0.0), ("a", 1.0)]), arm_event("rename", "a", time=at(1), to="alpha")]
    events += [arm_event("rename", "alpha", time=at(2), to="first"), decided("9", "first", 3.0), came("9", 1.0, 4.0)]
    for order in (events, events[::-1]):
        weights = folded(order).weights
        assert weights.arms[0] == Arm(name="first", aliases=("a", "alpha"))
        assert weights.contexts[""]["first"].n == 3
        assert "a" not in weights.contexts[""]
    assert loads(dumps(weights), "file") == weights


def test_arms_are_added_retired_and_restored() -> None:
    """A retired arm is not among the active ones, and what was learned of it stays."""
    events = [*tried([("a", 1.0), ("d", 1.0)]), arm_event("add", "d", time=at(0)), arm_event("retire", "a", time=at(1))]
    weights = folded(events).weights
    assert weights.active == ("b", "c", "d")
    assert weights.contexts[""]["a"].n == weights.contexts[""]["d"].n == 1
    restored = [*events, arm_event("restore", "a", time=at(2))]
    assert folded(restored).weights.active == ("a", "b", "c", "d")


def test_memory_is_bounded_and_idle_arms_fade() -> None:
    """No arm has more evidence than the cap, and an arm that is not tried loses what was known of it."""
    events = [*tried([("a", 1.0)] * 30 + [("b", 0.0)] * 60)]
    arms = folded(events, cap=10.0, idle_decay=0.9).weights.contexts[""]
    assert (arms["a"].n, arms["b"].n) == (30, 60)
    assert arms["b"].alpha + arms["b"].beta == pytest.approx(10.0)
    assert arms["a"].alpha == pytest.approx(10.0 * 0.9**60, abs=1e-6)


@given(
    st.lists(
        st.builds(
            event,
            st.sampled_from(["decision", "outcome", "arm", "log"]),
            time=st.sampled_from([at(0), at(3), "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "", "9999-12-31"]),
            subject=st.sampled_from(["1", "2", "a", "b", ""]),
            data=st.dictionaries(
                st.sampled_from(["arm", "propensities", "status", "reward", "context", "phase", "to"]),
                st.none()
                | st.booleans()
                | st.floats()
                | st.sampled_from(["a", "b", "rewarded", "rename", "add", "x y"])
                | st.dictionaries(st.sampled_from(["a", "b"]), st.floats() | st.just("x"), max_size=2),
            ),
        ),
        max_size=12,
    )
)
@settings(max_examples=120)
def test_no_event_breaks_the_fold(events: list[Event]) -> None:
    """Whatever events say, the clean ones count, and the file can be written and read."""
    found = folded([*EVENTS[:20], *events])
    assert loads(dumps(found.weights), "file").fold.events >= 0
    known: Mapping[str, object] = {one.id: one for one in events}
    assert {one.event for one in found.refused} <= known.keys()
