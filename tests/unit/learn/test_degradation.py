"""Versions in use are watched: a fall is found once, and answered by going back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import decision_event, outcome_event
from ratchetry.domain.event import Event, event
from ratchetry.domain.versions import ActiveVersion, ActiveVersions, VersionsReport
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.degradation import learn
from ratchetry.learn.watch_report import rollbacks, watch_report
from tests.unit.learn.watched import Stretch, after, decided, promoted, results, rewarded, steady

FALLEN = (promoted("v1", "v0", -40), promoted("v2", "v1", 30), *results([steady("v1", 30, 0.7), steady("v2", 14, 0.3)]))
ACTIVE = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v2", since=after(30), previous="v1")})


def report(events: tuple[Event, ...], day: float) -> VersionsReport:
    """Return how versions do on a day."""
    return watch_report(read_log(events, after(day)))


def test_a_promotion_that_made_it_worse_is_found_and_taken_back() -> None:
    """The alarm cites its runs and the fall; the proposal goes back to what was there before."""
    (alarm,) = learn(FALLEN, after(44))
    assert (alarm.kind, alarm.subject, alarm.data["version"]) == ("alarm", "review-prompt", "v2")
    assert isinstance(alarm.data["drop"], float)
    assert alarm.data["drop"] > 0.3
    assert isinstance(alarm.data["e_value"], float)
    assert alarm.data["e_value"] >= 1000
    assert 0 < len(alarm.runs) <= 20
    assert after(31) < alarm.time < after(38)
    (status,) = report((*FALLEN, alarm), 44).slots
    assert (status.state, status.version, status.rollback_to) == ("degraded", "v2", "v1")
    move = rollbacks(report((*FALLEN, alarm), 44), ACTIVE)["review-prompt"]
    assert (move.version, move.previous, move.cause) == ("v1", "v2", "rollback")
    assert isinstance(move.evidence["drop"], float)


def test_when_it_is_asked_does_not_matter_and_a_second_pass_adds_nothing() -> None:
    """Learners on different days append the very same alarm, and with it there is no other."""
    (alarm,) = learn(FALLEN, after(44))
    assert learn(FALLEN, after(39)) == (alarm,)
    assert learn((*FALLEN, alarm), after(44)) == ()


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(chance: random.Random) -> None:
    """Shuffled events, some of them twice, give the same alarms and the same report."""
    shuffled = [*FALLEN, *chance.sample(FALLEN, 40)]
    chance.shuffle(shuffled)
    assert learn(shuffled, after(44)) == learn(FALLEN, after(44))
    assert report(tuple(shuffled), 44) == report(FALLEN, 44)


def test_a_steady_version_raises_nothing() -> None:
    """Its rate is what it was; the state says so."""
    events = (promoted("v1", "v0", -40), *results([steady("v1", 60, 0.7)]))
    assert learn(events, after(60)) == ()
    (status,) = report(events, 60).slots
    assert status.state == "steady"
    assert status.evidence < 1000
    assert len(status.path) == len(status.rates) == 60


def test_another_mix_of_code_is_no_degradation() -> None:
    """Hard cases become the most of all: the overall rate falls by half, that of each kind does not."""
    before = Stretch(version="v1", days=40, contexts=[("easy", 16, 0.9), ("hard", 4, 0.25)])
    later = Stretch(version="v1", days=20, contexts=[("easy", 4, 0.9), ("hard", 16, 0.25)])
    events = (promoted("v1", "", -40), *results([before, later], seed=3))
    assert learn(events, after(60)) == ()
    (status,) = report(events, 50).slots
    assert status.drop.relative is not None
    assert status.drop.relative < 0.2
    assert (status.drop.after.mean or 1) < 0.65 * (status.drop.before.mean or 0)


def test_a_small_fall_raises_nothing_however_sure_it_is() -> None:
    """A fall by a tenth, at 80 results a day, is beyond doubt, and not worth an alarm."""
    events = (promoted("v1", "", -40), *results([steady("v1", 40, 0.9, 80), steady("v1", 30, 0.81, 80)]))
    assert learn(events, after(70)) == ()


def test_what_was_degraded_itself_is_no_place_to_go_back_to() -> None:
    """The newest good version is chosen, never one that has had an alarm."""
    bad = event("alarm", time=after(20), subject="review-prompt", data={"version": "v1"})
    events = (promoted("v1", "v0", 10), *FALLEN[1:], bad)
    (status,) = report(events, 44).slots
    assert status.rollback_to == "v0"
    worse = event("alarm", time=after(5), subject="review-prompt", data={"version": "v0"})
    (status,) = report((*events, worse), 44).slots
    assert status.rollback_to == ""
    assert rollbacks(report((*events, worse), 44), ACTIVE) == {}


def test_nothing_is_proposed_where_somebody_has_acted() -> None:
    """Once the file shows another version the rollback is no longer proposed."""
    moved = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v3", since=after(40))})
    assert rollbacks(report(FALLEN, 44), moved) == {}
    assert set(rollbacks(report(FALLEN, 44), ActiveVersions())) == {"review-prompt"}


@pytest.mark.parametrize(("rate", "state"), [(0.7, "helped"), (0.3, "unclear"), (0.02, "worse")])
def test_whether_a_rollback_helped_is_judged_once(rate: float, state: str) -> None:
    """The seven days after it are compared with the seven before; until they are over it is too early."""
    back = promoted("v1", "v2", 40, cause="rollback")
    events = (*FALLEN[:2], back, *results([steady("v1", 30, 0.7), steady("v2", 10, 0.3), steady("v1", 20, rate)]))
    early = report(events, 44).slots[0]
    assert early.rollbacks[0].state == "too-early"
    assert early.state == "cooling-down"
    (done,) = report(events, 52).slots[0].rollbacks
    assert (done.state, done.left, done.to) == (state, "v2", "v1")
    assert report(events, 60).slots[0].rollbacks == (done,)


def test_after_a_rollback_there_is_no_alarm_for_a_week() -> None:
    """The cool-down keeps versions from being swapped to and fro."""
    back = promoted("v1", "v2", 40, cause="rollback")
    events = (*FALLEN[:2], back, *results([steady("v1", 30, 0.8), steady("v2", 10, 0.8), steady("v1", 12, 0.05)]))
    days = [str(alarm.data["day"]) for alarm in learn(events, after(60)) if alarm.data["version"] == "v1"]
    assert days == [after(47)[:10]]


def test_too_few_results_say_so() -> None:
    """Nothing promoted, nothing decided, or hardly anything, is no verdict."""
    assert report((), 1).slots == ()
    (status,) = report((promoted("v1", "v0", 0),), 10).slots
    assert (status.state, status.rollback_to) == ("too-little", "v0")
    few = (promoted("v1", "v0", 0), *results([steady("v1", 3, 0.5, 1)]))
    assert report(few, 5).slots[0].state == "too-little"


def test_promotions_that_make_no_sense_are_refused() -> None:
    """Each is named; the watch goes on."""
    odd = [
        event("promotion", time=after(1), subject="review-prompt", data={"version": 7}),
        event("promotion", time=after(1), subject="review-prompt", data={"version": "v9", "cause": "whim"}),
        event("promotion", time=after(1), subject="two words", data={"version": "v9"}),
        event("promotion", time="someday", subject="review-prompt", data={"version": "v9"}),
    ]
    found = report((*FALLEN, *odd), 44)
    assert {one.event for one in found.refused} == {one.id for one in odd}
    assert found.slots[0].version == "v2"


@pytest.mark.parametrize(("context", "rates"), [({}, (1.0,)), ({"slot": "review-prompt"}, (1.0,)), ({"slot": "b"}, ())])
def test_a_decision_without_a_slot_belongs_to_the_version_that_it_drew(
    context: dict[str, str], rates: tuple[float, ...]
) -> None:
    """Decisions of the bandit that name no slot count where their arm is the active version."""
    decisions = [decided("v1", 0, f"x{number:02d}", context) for number in range(12)]
    kept = [made for one in decisions for made in (decision_event(one), outcome_event(rewarded(one, 1.0)))]
    assert report((promoted("v1", "", -1), *kept), 1).slots[0].rates == rates


def test_a_second_fall_after_a_recovery_is_news() -> None:
    """Staying low after an alarm raises nothing more; falling once more, months later, does."""
    low = [steady("v1", 30, 0.8), steady("v1", 60, 0.4)]
    events = (promoted("v1", "", -40), *results(low))
    assert len(learn(events, after(90))) == 1
    again = (promoted("v1", "", -40), *results([*low, steady("v1", 40, 0.8), steady("v1", 12, 0.3)]))
    assert len(learn(again, after(142))) == 2
    assert report(again, 125).slots[0].state == "steady"
