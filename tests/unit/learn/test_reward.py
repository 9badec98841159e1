"""Outcomes of decisions, row by row of the rule, and whatever the order and the number of looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_of
from ratchetry.domain.event import Event, event
from ratchetry.domain.run_evidence import Ending, RunEvidence
from ratchetry.learn.guards import Tolerance, guarded
from ratchetry.learn.reward import RULE, RewardRule, outcomes, rewards

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
METRICS = {"tests.total": 200.0, "tests.skipped": 4.0, "coverage.line": 81.0}


def at(days: float) -> str:
    """Return a moment so many days after the first decision."""
    return f"{START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def decision(name: str = "d1", days: float = 0.0) -> Event:
    """Return a decision."""
    return decision_event(ArmDecision(id=name, time=at(days), arm="a", propensities={"a": 0.7, "b": 0.3}))


def run(number: int, days: float, *named: str, ending: Ending = "passed", **changes: object) -> RunEvidence:
    """Return a run that carries some decisions."""
    base = RunEvidence(
        run_id=str(number), started=at(days), seconds=60.0, ending=ending, decisions=named, metrics=METRICS
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


BEFORE = run(1, -1.0)
OLD = 30.0


def learned(events: Sequence[Event], runs: Sequence[RunEvidence], days: float = OLD) -> list[ArmOutcome]:
    """Return the outcomes that are learned so many days after the first decision."""
    return [outcome_of(one) for one in outcomes(events, runs, at(days))]


def test_green_at_the_first_attempt_is_a_reward() -> None:
    """The first run that carries the trailer passed, with the tests and the coverage of the runs before."""
    (one,) = learned([decision()], [BEFORE, run(2, 0.1, "d1")])
    assert (one.status, one.reward, one.time, one.runs) == ("rewarded", 1.0, at(0.1), ("2-1",))
    assert one.measures == {**METRICS, "attempts": 1.0, "cost_seconds": 60.0}


def test_red_first_is_no_reward_however_green_it_is_later() -> None:
    """Later attempts say how many it took and what they cost, and nothing else."""
    runs = [BEFORE, run(2, 0.1, "d1", ending="failed", reason="t failed"), run(2, 0.2, "d1", attempt=2)]
    (one,) = learned([decision()], runs)
    assert (one.reward, one.reason, one.runs, one.time) == (0.0, "t failed", ("2-1", "2-2"), at(0.2))
    assert (one.measures["attempts"], one.measures["cost_seconds"]) == (2.0, 120.0)


def test_a_decision_that_never_got_green_has_no_number_of_attempts() -> None:
    """What was not reached is not measured."""
    (one,) = learned([decision()], [BEFORE, run(2, 0.1, "d1", ending="failed")])
    assert "attempts" not in one.measures


def test_runs_that_say_nothing_are_skipped() -> None:
    """After a flaky failure the next attempt decides."""
    (one,) = learned([decision()], [BEFORE, run(2, 0.1, "d1", ending="missing"), run(2, 0.2, "d1", attempt=2)])
    assert (one.reward, one.runs, one.measures["attempts"]) == (1.0, ("2-1", "2-2"), 1.0)


def test_nothing_but_runs_that_say_nothing_is_missing() -> None:
    """It is missing after a week, not before, and neither green nor red."""
    runs = [BEFORE, run(2, 0.1, "d1", ending="missing", reason="an outage")]
    assert learned([decision()], runs, 6.9) == []
    (one,) = learned([decision()], runs, 7.0)
    assert (one.status, one.reward, one.time) == ("missing", None, at(0.1))
    assert "an outage" in one.reason


def test_no_run_at_all_is_censored_after_a_week() -> None:
    """The outcome's time follows from the decision, so that it does not matter when somebody looks."""
    assert learned([decision()], [BEFORE], 6.9) == []
    assert learned([decision()], [BEFORE], 7.0) == learned([decision()], [BEFORE], 50.0)
    (one,) = learned([decision()], [BEFORE], 7.0)
    assert (one.status, one.time, one.runs) == ("censored", at(7.0), ())


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        ({"tests.total": 197.0}, "197 tests instead of 200"),
        ({"tests.skipped": 7.0}, "7 skipped tests instead of 4"),
        ({"coverage.line": 80.4}, "coverage.line is 80.40 instead of 81.00"),
    ],
)
def test_fewer_tests_are_no_win(metrics: dict[str, float], reason: str) -> None:
    """Deleting tests, skipping them or losing coverage makes a green run worth nothing, and the outcome says why."""
    (one,) = learned([decision()], [BEFORE, run(2, 0.1, "d1", metrics={**METRICS, **metrics})])
    assert (one.status, one.reward, one.reason) == ("rewarded", 0.0, reason)


def test_what_the_guards_tolerate() -> None:
    """One test in a hundred, and half a point of coverage, may go."""
    near = {"tests.total": 198.0, "tests.skipped": 6.0, "coverage.line": 80.5}
    assert guarded(run(2, 0.1, metrics=near), [BEFORE], Tolerance()).verdict == "kept"


def test_a_guard_that_cannot_be_checked_is_no_win() -> None:
    """Coverage that was measured before and is not any more, or no run before, makes the outcome missing."""
    (one,) = learned([decision()], [BEFORE, run(2, 0.1, "d1", metrics={"tests.total": 200.0, "tests.skipped": 4.0})])
    assert (one.status, one.reason) == ("missing", "coverage.line was measured before, and was not measured here")
    (one,) = learned([decision()], [run(2, 0.1, "d1")])
    assert one.status == "missing"


def test_runs_of_pull_requests_are_no_measure_for_the_guards() -> None:
    """A run of another pull request with few tests does not lower what is asked for."""
    other = run(3, -0.5, metrics={"tests.total": 1.0}, pull_request=4)
    (one,) = learned([decision()], [BEFORE, other, run(2, 0.1, "d1", metrics={**METRICS, "tests.total": 100.0})])
    assert one.reward == 0.0


def test_a_day_matures_as_a_whole() -> None:
    """An outcome does not count before others of its day could be there: fast failures would come first."""
    events = [decision("d1", 0.0), decision("d2", 0.5)]
    runs = [BEFORE, run(2, 0.01, "d1", ending="failed"), run(3, 0.9, "d2")]
    end = 15 / 24 + 1.0
    assert learned(events, runs, end - 0.01) == []
    assert [one.decision for one in learned(events, runs, end)] == ["d1", "d2"]


def test_maturity_follows_from_decisions_that_are_old_enough() -> None:
    """With twenty of them, it is the delay that all but one in twenty of the outcomes keep to."""
    events = [decision(f"d{number}", number / 100) for number in range(40)]
    runs = [BEFORE, *(run(10 + number, number / 100 + 0.25 * (number + 1) / 40, f"d{number}") for number in range(40))]
    found = rewards(events, runs, at(20.0))
    assert found.maturity == pytest.approx(0.25 * 38 / 40 + 60 / 86_400, abs=1e-4)
    assert rewards(events, runs, at(5.0)).maturity == RULE.maturity


def test_trailers_that_name_no_decision_are_told() -> None:
    """Nothing is learned from them."""
    found = rewards([decision()], [BEFORE, run(2, 0.1, "d1", "nobody")], at(OLD))
    assert dict(found.unknown) == {"nobody": ("2-1",)}
    assert len(found.outcomes) == 1


@pytest.mark.parametrize("time", ["", "soon", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", at(OLD + 2)])
def test_decisions_without_a_sensible_time_are_refused(time: str) -> None:
    """They are named, and neither crash nor count."""
    odd = replace(decision(), time=time)
    found = rewards([odd], [run(2, 0.1, "d1")], at(OLD))
    assert [one.event for one in found.refused] == [odd.id]
    assert found.outcomes == ()


def test_events_that_are_no_decisions_are_refused() -> None:
    """A decision that misses its probability, and a second one under the same name, are named; the first counts."""
    broken = event("decision", time=at(0.0), subject="d9", data={"arm": "a"})
    again = decision("d1", 0.3)
    found = rewards([again, broken, decision()], [BEFORE, run(2, 0.1, "d1")], at(OLD))
    assert {one.event for one in found.refused} == {broken.id, again.id}
    assert len(found.outcomes) == 1


def test_an_outcome_event_that_is_none_keeps_nothing_from_being_learned() -> None:
    """Somebody's damaged event must not silence a decision."""
    broken = event("outcome", time=at(0.2), subject="d1", data={"status": "rewarded", "reward": 3})
    assert len(outcomes([decision(), broken], [BEFORE, run(2, 0.1, "d1")], at(OLD))) == 1


def test_runs_out_of_time_do_not_count() -> None:
    """A run long before the decision, or more than a week after it, is none of its runs."""
    (one,) = learned([decision()], [BEFORE, run(2, -3.0, "d1"), run(3, 7.1, "d1")])
    assert one.status == "censored"


def test_clocks_that_disagree_a_little_make_no_outcome_before_its_decision() -> None:
    """The outcome of a run that seems to have begun before its decision is known at the decision."""
    (one,) = learned([decision()], [BEFORE, run(2, -0.01, "d1")])
    assert (one.reward, one.time) == (1.0, at(0.0))


def test_without_a_newest_run_nothing_is_learned() -> None:
    """An unreadable moment to look at gives nothing."""
    assert outcomes([decision()], [], "") == ()


ENDINGS = st.sampled_from(("passed", "failed", "missing"))
RUNS = st.lists(st.tuples(st.floats(0, 12), ENDINGS, st.sets(st.sampled_from(("d0", "d1", "d2", "x")))), max_size=12)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.floats(0, 20), st.randoms(use_true_random=False))
def test_the_order_and_the_number_of_looks_change_nothing(
    rows: list[tuple[float, Ending, set[str]]], days: float, chance: Random
) -> None:
    """Shuffled and doubled input gives the same outcomes, which taken as events leave nothing to learn."""
    events = [decision(f"d{number}", number) for number in range(3)]
    runs = [run(number, when, *sorted(named), ending=ending) for number, (when, ending, named) in enumerate(rows)]
    found = outcomes(events, runs, at(days))
    mixed = [*events, *events]
    chance.shuffle(mixed)
    chance.shuffle(runs)
    assert outcomes(mixed, [*runs, *runs], at(days)) == found
    assert outcomes([*events, *found], runs, at(days)) == ()
    assert len({one.subject for one in found}) == len(found)


@settings(max_examples=40, deadline=None)
@given(RUNS, st.integers(0, 19))
def test_looking_every_day_learns_each_decision_once(rows: list[tuple[float, Ending, set[str]]], step: int) -> None:
    """Whoever looks day by day, with the runs there are by then, ends with one outcome for each decision."""
    kept: list[Event] = [decision(f"d{number}", number) for number in range(3)]
    runs = [run(number, when, *sorted(named), ending=ending) for number, (when, ending, named) in enumerate(rows)]
    for day in range(0, 40, 1 + step):
        kept += outcomes(kept, [one for one in runs if one.started <= at(day)], at(day))
    found = [one.subject for one in kept if one.kind == "outcome"]
    assert len(found) == len(set(found))
    last = max(range(0, 40, 1 + step))
    assert len(found) == 3 or last < 10 + 2


def test_a_stricter_rule_may_be_given() -> None:
    """The numbers of the rule are arguments."""
    rule = RewardRule(censored_after=1.0)
    assert [outcome_of(one).status for one in outcomes([decision()], [], at(2.0), rule)] == ["censored"]
