"""The quarantine as a fold of events."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.flaky.quarantine import quarantine_event, quarantined, release_event
from ratchetry.domain.event import Event, event
from ratchetry.errors import UsageError

TODAY = date(2026, 11, 20)


def added(test: str, time: str = "2026-11-20T10:00:00Z", until: date = date(2026, 12, 1), why: str = "slow") -> Event:
    """Return the event that puts a test into quarantine."""
    return quarantine_event(test, reason=why, until=until, time=time, repository="owner/name")


def test_a_test_is_in_quarantine_until_the_end_of_its_last_day() -> None:
    """It ends by itself."""
    (one,) = quarantined([added("a")], TODAY)
    assert (one.test, one.until, one.reason, one.since) == ("a", "2026-12-01", "slow", "2026-11-20T10:00:00Z")
    assert quarantined([added("a")], date(2026, 12, 1))
    assert not quarantined([added("a")], date(2026, 12, 2))


def test_the_last_decision_counts() -> None:
    """A test is released, and put in again; in whatever order the events are read."""
    out = release_event("a", time="2026-11-20T11:00:00Z", repository="owner/name")
    again = added("a", time="2026-11-20T12:00:00Z", why="again")
    assert not quarantined([out, added("a")], TODAY)
    assert [one.reason for one in quarantined([again, out, added("a")], TODAY)] == ["again"]


def test_of_two_decisions_at_one_moment_the_stricter_one_counts() -> None:
    """What was put in and taken out at the same moment is out."""
    out = release_event("a", time="2026-11-20T10:00:00Z", repository="owner/name")
    assert not quarantined([out, added("a")], TODAY)


def test_nobody_can_decide_for_ever() -> None:
    """An event from elsewhere with a day that is too far away ends after the longest time."""
    far = event(
        "quarantine",
        time="2026-11-20T10:00:00Z",
        subject="a",
        data={"action": "add", "until": "9999-01-01", "message": "x"},
    )
    assert [one.until for one in quarantined([far], TODAY)] == ["2027-05-19"]


@pytest.mark.parametrize(
    ("until", "reason", "problem"),
    [
        (date(2026, 11, 19), "x", "from today on"),
        (date(2027, 6, 1), "x", "at most 180 days away, by 2027-05-19"),
        (date(2026, 12, 1), " ", "--reason: must have 1 to 1000 characters"),
        (date(2026, 12, 1), "x" * 1001, "this one has 1001"),
    ],
)
def test_what_makes_no_sense_is_refused(until: date, reason: str, problem: str) -> None:
    """The message says what may be given."""
    with pytest.raises(UsageError, match=problem):
        added("a", until=until, why=reason)


_EVENTS = st.builds(
    event,
    st.sampled_from(["quarantine", "log"]),
    time=st.sampled_from(["2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z", "x", ""]),
    subject=st.sampled_from(["a", "b", ""]),
    data=st.dictionaries(
        st.sampled_from(["action", "until", "message"]),
        st.sampled_from(["add", "drop", "2026-12-01", "9999-12-31", "x"]) | st.none() | st.integers(),
    ),
)


@given(st.lists(_EVENTS, max_size=8), st.randoms(use_true_random=False))
def test_any_events_give_one_list(events: list[Event], chance: random.Random) -> None:
    """Malformed events decide nothing, and order and repetition do not matter."""
    found = quarantined(events, TODAY)
    mixed = [*events, *events[:3]]
    chance.shuffle(mixed)
    assert quarantined(mixed, TODAY) == found
    assert all("2026-11-20" <= one.until <= "2027-05-19" for one in found)
