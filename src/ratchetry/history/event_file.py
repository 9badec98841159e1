"""An event as a file, which is called by what it says."""

from __future__ import annotations

from dataclasses import fields

import msgspec

from ratchetry.domain.event import EVENT_VERSION, Event, event
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode


def event_bytes(kept: Event) -> bytes:
    """Return the file of an event; raises StateError when the event would not be read back as what it is."""
    origin = f"event {kept.id[:16]}"
    try:
        data = encode(kept)
    except (UnicodeEncodeError, OverflowError, TypeError) as error:
        msg = f"{origin}: cannot be kept: {error}"
        raise StateError(msg) from error
    try:
        same = event_in(data, origin) == kept
    except StateError as error:
        msg = f"{origin}: cannot be kept: {error}"
        raise StateError(msg) from error
    if not same:
        msg = f"{origin}: cannot be kept: what would be read back differs from what it says"
        raise StateError(msg)
    return data


def event_in(data: bytes, origin: str) -> Event:
    """Return the event in a file; raises StateError naming the file when it is none, or not the one it says it is."""
    found = decode(data, Event, origin, newest=EVENT_VERSION, version_field="schema_version")
    _refuse_unknown(data, origin)
    own = event(
        found.kind,
        time=found.time,
        repository=found.repository,
        subject=found.subject,
        actor=found.actor,
        runs=found.runs,
        data=found.data,
    )
    if own.id != found.id:
        msg = f"{origin}: damaged: an event that says this would have the identifier {own.id}, not {found.id}"
        raise StateError(msg)
    return found


def _refuse_unknown(data: bytes, origin: str) -> None:
    """Raise StateError naming a field that no event has: a name that was damaged would otherwise pass for absent."""
    unknown = set(msgspec.json.decode(data, type=dict[str, msgspec.Raw])) - {field.name for field in fields(Event)}
    if unknown:
        msg = f"{origin}: damaged: an event has no field {min(unknown)[:100]!r}"
        raise StateError(msg)
