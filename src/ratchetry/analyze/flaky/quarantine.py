"""The quarantine: a fold of events, so that the same events in any order give the same list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.flaky import Quarantine
from ratchetry.errors import UsageError

LONGEST: Final = 180
"""Days that a test may be in quarantine before somebody has to decide again."""
_TEXT: Final = 1000


def quarantined(events: Iterable[Event], today: date) -> tuple[Quarantine, ...]:
    """Return the tests that are in quarantine on a day, by name: the last that was decided of each counts.

    A quarantine ends by itself at the end of its last day, and `LONGEST` days after it was decided at the latest.
    """
    latest: dict[str, Event] = {}
    for one in events:
        if one.kind != "quarantine" or not one.subject:
            continue
        known = latest.get(one.subject)
        if known is None or _order(known) < _order(one):
            latest[one.subject] = one
    found = (_quarantine(one) for _, one in sorted(latest.items()))
    return tuple(one for one in found if one is not None and today.isoformat() <= one.until)


def quarantine_event(test: str, *, reason: str, until: date, time: str, repository: str, actor: str = "") -> Event:
    """Return the event that puts a test into quarantine.

    Raises UsageError for a day that is over or too far away, and for an identifier or reason that says nothing.
    """
    today = date.fromisoformat(time[:10])
    if not today <= until <= today + timedelta(days=LONGEST):
        msg = f"--until {until}: must be from today on and at most {LONGEST} days away, by {today + _longest()}"
        raise UsageError(msg)
    for name, text in (("the test", test), ("--reason", reason)):
        if not 0 < len(text.strip()) <= _TEXT:
            msg = f"{name}: must have 1 to {_TEXT} characters, this one has {len(text.strip())}"
            raise UsageError(msg)
    data: Mapping[str, Value] = {"action": "add", "until": until.isoformat(), "message": reason.strip()}
    return event("quarantine", time=time, repository=repository, subject=test.strip(), actor=actor, data=data)


def release_event(test: str, *, time: str, repository: str, actor: str = "") -> Event:
    """Return the event that takes a test out of quarantine."""
    return event("quarantine", time=time, repository=repository, subject=test, actor=actor, data={"action": "drop"})


def _order(one: Event) -> tuple[str, bool, str]:
    """Return what decisions are sorted by: of two at the same moment, the one that ends a quarantine comes last."""
    return one.time, one.data.get("action") != "add", one.id


def _quarantine(one: Event) -> Quarantine | None:
    """Return what an event decides, None when it ends a quarantine or makes no sense: it may come from anywhere."""
    until, reason = one.data.get("until"), one.data.get("message")
    if one.data.get("action") != "add" or not isinstance(until, str) or not isinstance(reason, str):
        return None
    try:
        last = min(date.fromisoformat(until), date.fromisoformat(one.time[:10]) + _longest())
    except (ValueError, OverflowError):
        return None
    return Quarantine(test=one.subject, reason=reason, until=last.isoformat(), since=one.time)


def _longest() -> timedelta:
    """Return how long a quarantine may last."""
    return timedelta(days=LONGEST)
