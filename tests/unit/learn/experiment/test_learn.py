"""Experiments from events: decided once, whatever the order, and never by what makes no sense."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.experiment import MEASURES_ONLY, ExperimentStatus
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.experiment.definition import start_event
from ratchetry.learn.experiment.learn import courses, learn, status_of, stop_event
from tests.unit.learn.experiment.made import START, after, experiment, measured, shorter, stamp, units

ONE = experiment()
WON = (start_event(ONE), *units(ONE, {"long": 0.5, "short": 0.8}, days=14, per_day=40))
SAME = {"long": 0.6, "short": 0.6}


def status(events: tuple[Event, ...], as_of: str) -> ExperimentStatus:
    """Return where the one experiment stands."""
    log = read_log(events, as_of)
    return status_of(courses(log).by_name["tone"], log)


def test_a_clear_winner_is_found_after_the_seventh_day() -> None:
    """The evidence is enough earlier; the gate of seven days holds the verdict back until then."""
    (verdict,) = learn(WON, after(14.5))
    assert verdict.data["state"] == "winner"
    assert verdict.data["winner"] == "short"
    assert verdict.data["days"] == 7
    assert verdict.time == after(6 + (10 + 39 + 180) / 1440)
    assert 0 < len(verdict.runs) <= 20
    assert isinstance(verdict.data["low"], float)
    assert 0 < verdict.data["low"] < 0.6
    assert status(WON, after(5)).state == "running"
    assert "days or units are not yet" in status(WON, after(5)).reason


def test_the_verdict_does_not_depend_on_when_it_is_asked_for() -> None:
    """Learners that look on the eighth and on the last day append the very same event."""
    assert learn(WON, after(7.5)) == learn(WON, after(14.5))


def test_a_second_pass_adds_nothing() -> None:
    """With its own verdict among the events, learning is done."""
    found = learn(WON, after(14.5))
    assert learn((*WON, *found), after(14.5)) == ()
    assert status((*WON, *found), after(14.5)).state == "winner"


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(chance: random.Random) -> None:
    """Shuffled events, some of them twice, give the same verdict and the same status."""
    few = (start_event(ONE), *units(ONE, {"long": 0.3, "short": 0.9}, days=9, per_day=12))
    shuffled = [*few, *chance.sample(few, 30)]
    chance.shuffle(shuffled)
    assert learn(shuffled, after(9.5)) == learn(few, after(9.5))
    assert status(tuple(shuffled), after(9.5)) == status(few, after(9.5))


def test_a_harmful_treatment_is_stopped_before_the_seventh_day() -> None:
    """Harm waits for no gate."""
    events = (start_event(ONE), *units(ONE, {"long": 0.9, "short": 0.3}, days=6, per_day=40))
    (verdict,) = learn(events, after(6))
    assert (verdict.data["state"], verdict.data["winner"]) == ("harmful", "")
    assert isinstance(verdict.data["days"], int)
    assert verdict.data["days"] < 7


def test_a_lift_that_is_ruled_out_is_futile() -> None:
    """Many units without a difference rule out that the treatment is much better."""
    one = replace(ONE, min_lift=0.5)
    events = (start_event(one), *units(one, SAME, days=20, per_day=40))
    found = status(events, after(20))
    assert (found.state, found.days < 20) == ("futile", True)
    high = found.treatments[0].metrics[0].high
    assert high is not None
    assert high < 0.5


def test_without_enough_evidence_time_runs_out() -> None:
    """An experiment with few units ends inconclusive on its last day, and says so with its interval."""
    one = shorter(ONE, 10)
    events = (start_event(one), *units(one, SAME, days=15, per_day=8))
    found = status(events, after(20))
    assert (found.state, found.days, found.last_day) == ("inconclusive", 10, "2026-03-11")
    assert "10 days are over" in found.reason
    low, high = found.treatments[0].metrics[0].low, found.treatments[0].metrics[0].high
    assert low is None or low < 0
    assert high is None or high > 0


def test_an_experiment_without_any_unit_ends_too() -> None:
    """Its verdict is from the end of its last day."""
    one = shorter(ONE, 8)
    (verdict,) = learn((start_event(one),), after(30))
    assert (verdict.data["state"], verdict.time) == ("inconclusive", after(8))


def test_a_stop_ends_it_as_of_then() -> None:
    """What matures after the stop does not count, and units decided later do not either."""
    stop = stop_event(ONE, "the prompt is gone", time=after(4.5), actor="kim")
    (verdict,) = learn((*WON, stop), after(14.5))
    assert (verdict.data["state"], verdict.time) == ("inconclusive", after(4.5))
    assert verdict.data["reason"] == "stopped: the prompt is gone"
    assert verdict.data["days"] == 4
    assert learn((*WON, stop), after(20)) == (verdict,)


def test_only_whole_matured_days_count() -> None:
    """A unit without an outcome holds its day back, and all later ones, until it is seven days old."""
    silent = [one for one in WON if not (one.kind == "outcome" and one.time.startswith("2026-03-03T03:10"))]
    assert len(silent) == len(WON) - 1
    waiting = status(tuple(silent), after(5))
    assert waiting.days == 1
    assert waiting.waiting > 100
    matured = status(tuple(silent), after(9.1))
    assert matured.days == 7
    assert matured.left_out == 1


def test_missing_and_late_outcomes_are_left_out() -> None:
    """Missing outcomes move nothing; one that comes after seven days is left out for good."""
    few = list(units(ONE, {"long": 1.0, "short": 1.0}, days=1, per_day=4))
    first, second = few[0], few[2]
    missing = outcome_event(ArmOutcome(decision=first.subject, time=after(0.3), status="missing", reason="flaky"))
    late = outcome_event(ArmOutcome(decision=second.subject, time=after(7.5), status="rewarded", reward=0.0))
    events = (start_event(ONE), first, missing, second, late, *few[4:])
    found = status(events, after(9))
    assert found.left_out == 2
    primary = found.treatments[0].metrics[0]
    assert primary.n_control + primary.n_treatment == 2
    assert {primary.control, primary.treatment} <= {None, 1.0}


def test_a_size_is_compared_by_its_whole_distribution() -> None:
    """A latency that falls by a third is found, and its interval holds the truth."""
    one = experiment(metrics=("latency_p99:lower",))
    events = (start_event(one), *measured(one, 30, {"long": 1.0, "short": 0.65}, "latency_p99"))
    found = status(events, after(30))
    primary = found.treatments[0].metrics[0]
    assert found.state == "winner"
    assert primary.low is not None
    assert primary.high is not None
    assert 0 < primary.low < 0.35 < primary.high


def test_better_but_not_by_enough_is_futile_in_the_end() -> None:
    """A small lift that is beyond doubt first waits for the lift that is worth it, then has no hope of it."""
    one = replace(ONE, min_lift=0.4)
    events = (start_event(one), *units(one, {"long": 0.5, "short": 0.6}, days=30, per_day=200))
    found = status(events, after(30))
    primary = found.treatments[0].metrics[0]
    assert found.state == "futile"
    assert primary.high is not None
    assert primary.high < 0.4


def test_a_lift_that_is_too_small_so_far_goes_on() -> None:
    """The evidence is enough, the lift is a little below what is worth it: nothing is decided yet."""
    one = replace(ONE, min_lift=0.2)
    events = (start_event(one), *units(one, {"long": 0.5, "short": 0.58}, days=12, per_day=400, seed=3))
    reasons = {status(events, after(day)).reason for day in range(8, 13)}
    assert any("it is better, but not by 20% so far" in reason for reason in reasons), reasons


def test_a_share_that_is_better_when_lower() -> None:
    """Errors that fall by half win, and the interval is of the improvement."""
    one = experiment(metrics=("error_rate:lower",))
    kept = []
    for made in units(one, {"long": 0.4, "short": 0.2}, days=12, per_day=60):
        if made.kind == "outcome":
            error = float(str(made.data["reward"]))
            outcome = ArmOutcome(
                decision=made.subject, time=made.time, status="rewarded", reward=0.5, measures={"error_rate": error}
            )
            kept.append(outcome_event(outcome))
        else:
            kept.append(made)
    found = status((start_event(one), *kept), after(12))
    primary = found.treatments[0].metrics[0]
    assert found.state == "winner"
    assert primary.low is not None
    assert primary.high is not None
    assert 0 < primary.low < 0.5 < primary.high


def test_a_guardrail_that_gets_worse_is_harm() -> None:
    """The primary metric does not move; the cost doubles."""
    one = experiment(metrics=("reward:higher", "cost:lower"))
    events = (start_event(one), *measured(one, 20, {"long": 1.0, "short": 2.0}, "cost"))
    found = status(events, after(20))
    assert (found.state, found.reason) == ("harmful", "short: it is worse in cost")


def test_of_several_treatments_the_best_wins_and_each_needs_more_evidence() -> None:
    """Three treatments need three times the evidence of one."""
    one = experiment(treatments=("short", "blunt", "kind"))
    shares = {"long": 0.4, "short": 0.42, "blunt": 0.4, "kind": 0.8}
    events = (start_event(one), *units(one, shares, days=12, per_day=80))
    found = status(events, after(12))
    assert (found.state, found.winner, round(found.threshold)) == ("winner", "kind", 60)
    assert [one.arm for one in found.treatments] == ["short", "blunt", "kind"]


def test_a_split_that_is_not_as_planned_is_not_judged() -> None:
    """Where most units of one arm never show up, nothing is concluded from the rest."""
    lost = [kept for kept in WON if not (kept.kind == "decision" and kept.data["arm"] == "long" and kept.id[0] < "c")]
    found = status(tuple(lost), after(14))
    assert found.mismatch
    assert found.state == "running"
    assert "sample ratio mismatch, not judged" in found.reason
    assert learn(lost, after(14)) == ()


def test_measures_without_a_reward_count_for_the_experiment() -> None:
    """An outcome that only brings measures is missing for the bandit, and counts here."""
    one = experiment(metrics=("cost:lower",))
    (decision,) = (kept for kept in units(one, SAME, days=1, per_day=1) if kept.kind == "decision")
    brought = ArmOutcome(
        decision=decision.subject, time=after(0.5), status="missing", reason=MEASURES_ONLY, measures={"cost": 3.0}
    )
    found = status((start_event(one), decision, outcome_event(brought)), after(1.5)).treatments[0].metrics[0]
    assert found.n_control + found.n_treatment == 1


def hostile(**changes: Value) -> Event:
    """Return the decision about a unit with some of its data changed."""
    kept = next(kept for kept in units(ONE, SAME, days=1, per_day=1) if kept.kind == "decision")
    return event("decision", time=kept.time, subject="X" * 26, data={**kept.data, **changes})


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (hostile(arm="rogue", propensities={"rogue": 1.0}), "the arm 'rogue' is none of the experiment"),
        (hostile(unit="pr-other-1"), None),
        (hostile(propensities={"long": 0.9, "short": 0.1}), "its probabilities are not those of the experiment"),
        (hostile(propensities={"long": -1.0, "short": 2.0}), "must be positive and add up to 1"),
        (hostile(arm=7), "must be a text"),
        (event("decision", time="soon", data={}), "its time 'soon' is none"),
        (event("outcome", time=after(1), subject="nobody", data={"status": "rewarded"}), "there is no decision"),
        (event("decision", time="2999-01-01T00:00:00Z", data={}), "lies beyond the newest run"),
        (event("experiment", time=after(1), subject="tone", data={"phase": "party"}), "makes no sense"),
        (event("experiment", time=after(1), subject="tone", data={"phase": ("start",)}), "makes no sense"),
        (event("experiment", time=after(1), subject="ghost", data={"phase": "stop"}), "there is no experiment 'ghost'"),
        (event("experiment", time=after(1), subject="new", data={"phase": "start", "slot": 3}), "must be"),
        (
            event(
                "experiment", time=after(1), subject="tone", data={"phase": "verdict", "state": "winner", "winner": "x"}
            ),
            "makes no sense",
        ),
    ],
)
def test_events_that_make_no_sense_are_refused_one_by_one(bad: Event, reason: str | None) -> None:
    """Each is named with what is wrong with it, and changes nothing else."""
    log = read_log((*WON, bad), after(14.5))
    known = courses(log)
    found = status_of(known.by_name["tone"], log)
    named = {one.event: one.reason for one in (*log.refused, *known.refused, *found.refused)}
    assert found.winner == "short"
    assert list(named) == [bad.id]
    assert reason is None or reason in named[bad.id]


def test_values_that_no_metric_has_are_refused() -> None:
    """A share beyond 1 and a negative size are left out with the outcome's event named."""
    one = experiment(metrics=("success_rate:higher", "cost:lower"))
    (decision,) = (kept for kept in units(one, SAME, days=1, per_day=1) if kept.kind == "decision")
    bad = outcome_event(
        ArmOutcome(
            decision=decision.subject,
            time=after(0.5),
            status="rewarded",
            reward=1.0,
            measures={"success_rate": 3.0, "cost": -1.0},
        )
    )
    found = status((start_event(one), decision, bad), after(1.5))
    assert [one.event for one in found.refused] == [bad.id]


def test_an_outcome_before_its_decision_and_a_second_one_do_not_count() -> None:
    """Of two outcomes the first counts; one from more than a day before the decision is refused."""
    few = tuple(units(ONE, {"long": 1.0, "short": 1.0}, days=1, per_day=1))
    before = outcome_event(ArmOutcome(decision=few[0].subject, time=after(-1.5), status="rewarded", reward=0.0))
    again = outcome_event(ArmOutcome(decision=few[0].subject, time=after(0.9), status="rewarded", reward=0.0))
    log = read_log((start_event(ONE), *few, before, again), after(2))
    assert [one.event for one in log.refused] == [before.id]
    primary = status_of(courses(log).by_name["tone"], log).treatments[0].metrics[0]
    assert {primary.control, primary.treatment} == {None, 1.0}


def test_one_unit_is_one_decision() -> None:
    """Running again the same unit adds nothing: the first decision about it counts."""
    few = tuple(units(ONE, SAME, days=1, per_day=1))
    later = ArmDecision(
        id="Z" * 26,
        time=stamp(START + timedelta(days=1)),
        arm=str(few[0].data["arm"]),
        propensities=ONE.propensities,
        experiment="tone",
        unit=str(few[0].data["unit"]),
    )
    found = status((start_event(ONE), *few, decision_event(later)), after(3))
    assert sum(found.assigned.values()) == 1


def test_a_second_start_is_refused() -> None:
    """A name is used once: what is under way cannot be redefined."""
    again = start_event(replace(ONE, alpha=0.2, started=after(2)))
    log = read_log((*WON, again), after(3))
    assert [one.event for one in courses(log).refused] == [again.id]
    assert courses(log).by_name["tone"].experiment.alpha == ONE.alpha
