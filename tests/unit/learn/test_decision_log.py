"""Decisions with their outcomes, out of events in any order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import decision_event, outcome_event
from ratchetry.domain.event import event
from ratchetry.learn.decision_log import newest, read_log
from tests.unit.learn.watched import after, decided, results, rewarded, steady

EVENTS = tuple(results([steady("v1", 4, 0.5, 5)]))


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(chance: random.Random) -> None:
    """Shuffled events, some of them twice, are the same log."""
    shuffled = [*EVENTS, *chance.sample(EVENTS, 10)]
    chance.shuffle(shuffled)
    assert read_log(shuffled, after(5)) == read_log(EVENTS, after(5))


def test_a_log_needs_a_moment() -> None:
    """Without a time there is no telling what is from the future."""
    with pytest.raises(ValueError, match="'soon' is no time"):
        read_log(EVENTS, "soon")


def test_of_two_decisions_with_one_identifier_the_first_counts() -> None:
    """The other one is refused by its event, unless it says the same."""
    first, other = decided("v1", 0, "x", {}), decided("v2", 0, "x", {})
    kept = sorted((decision_event(first), decision_event(other)), key=lambda one: one.id)
    log = read_log(kept, after(2))
    assert [one.event for one in log.decisions] == [kept[0].id]
    assert [(one.event, "earlier decision" in one.reason) for one in log.refused] == [(kept[1].id, True)]


def test_an_outcome_that_is_none_is_refused_and_the_next_counts() -> None:
    """A reward beyond 1 says nothing; a later one that makes sense does."""
    decision = decided("v1", 0, "x", {})
    bad = event("outcome", time=after(0.35), subject=decision.id, data={"status": "rewarded", "reward": 7.0})
    good = outcome_event(rewarded(decision, 1.0))
    log = read_log((decision_event(decision), bad, good), after(2))
    assert [one.event for one in log.refused] == [bad.id]
    assert log.decisions[0].outcome == rewarded(decision, 1.0)
    assert log.decisions[0].in_time(1.0) is not None
    assert log.decisions[0].in_time(0.01) is None


def test_events_of_other_kinds_are_left_out_without_a_word() -> None:
    """Notes and issues are nobody's decision."""
    log = read_log((event("log", time="whenever", data={"message": "hi"}), *EVENTS), after(5))
    assert log.refused == ()
    assert log.others == ()


def test_the_newest_event_up_to_a_moment() -> None:
    """Later ones and those without a time do not count; without any there is none."""
    odd = event("log", time="whenever")
    assert newest((odd, *EVENTS), after(1)) == max(one.time for one in EVENTS if one.time < after(1))
    assert newest((odd,), after(1)) == ""
    assert newest(EVENTS, "soon") == ""
