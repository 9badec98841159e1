"""Waivers: a person loosens a bound for a while, with a reason and under a name."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ratchetry.domain.event import Event, event
from ratchetry.domain.thresholds import LONGEST_WAIVER, Thresholds, Waiver, looser
from ratchetry.errors import UsageError

_TEXT: Final = 1000
_NAME: Final = 200


def relaxed(thresholds: Thresholds, waiver: Waiver) -> Thresholds:
    """Return thresholds with one more waiver, in place of any other of its metric; those that are over are dropped.

    Raises UsageError when the metric has no bound, when the waiver loosens nothing or lasts too long, and when it does
    not say why or who.
    """
    row = next((row for row in thresholds.bounds if row.metric == waiver.metric), None)
    if row is None:
        known = ", ".join(row.metric for row in thresholds.bounds) or "none"
        msg = f"{waiver.metric}: there is no bound to relax; there are {known}"
        raise UsageError(msg)
    if not math.isfinite(waiver.to) or not looser(row.kind, waiver.to, row.bound):
        side = "below" if row.kind == "minimum" else "above"
        msg = f"--to {waiver.to:g}: does not loosen the {row.kind} of {row.bound:g}: it is not {side} it"
        raise UsageError(msg)
    _check_words(waiver)
    _check_days(waiver)
    kept = (one for one in thresholds.waivers if one.metric != waiver.metric and one.until >= waiver.since)
    ordered = sorted((*kept, waiver), key=lambda one: one.metric)
    return replace(thresholds, waivers=tuple(ordered))


def waiver_event(waiver: Waiver, *, time: str, repository: str) -> Event:
    """Return the event that notes a waiver."""
    return event(
        "waiver",
        time=time,
        repository=repository,
        subject=waiver.metric,
        actor=waiver.actor,
        data={"to": waiver.to, "reason": waiver.reason, "until": waiver.until},
    )


def _check_words(waiver: Waiver) -> None:
    """Raise UsageError when a waiver does not say why, or who decided so."""
    for option, text, most in (("--reason", waiver.reason, _TEXT), ("--actor", waiver.actor, _NAME)):
        if not 0 < len(text.strip()) <= most:
            msg = f"{option}: must have 1 to {most} characters, this one has {len(text.strip())}"
            raise UsageError(msg)


def _check_days(waiver: Waiver) -> None:
    """Raise UsageError when a waiver is over already or lasts too long."""
    since, until = date.fromisoformat(waiver.since), date.fromisoformat(waiver.until)
    latest = since + timedelta(days=LONGEST_WAIVER)
    if not since <= until <= latest:
        msg = f"--until {until}: must be from {since} on and at most {LONGEST_WAIVER} days away, by {latest}"
        raise UsageError(msg)
