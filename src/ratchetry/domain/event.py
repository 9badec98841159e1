"""Events: what was decided, moved, waived, promoted or noted between runs; appended to the history, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import ShortText

EVENT_VERSION: Final = 1

EventKind = Literal[
    "decision",
    "outcome",
    "arm",
    "threshold_move",
    "waiver",
    "experiment",
    "promotion",
    "alarm",
    "log",
    "pruned",
    "issue",
    "quarantine",
]
Scalar = str | float | int | bool | None
Value = Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: its kind, when it happened, what it is about, the runs it rests on, and what it says."""

    schema_version: Annotated[int, Meta(ge=1)] = EVENT_VERSION
    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="hash of all other fields")]
    kind: EventKind
    time: Annotated[str, Meta(max_length=40, description="UTC, ISO 8601")]
    repository: ShortText = ""
    subject: ShortText = ""
    """What it is about: a metric, an arm, a decision, an environment."""
    actor: ShortText = ""
    """Who did it: a login or its hash, as the privacy settings say; empty for ratchetry itself."""
    runs: tuple[ShortText, ...] = ()
    """The runs that are its evidence, as <run id>-<attempt>."""
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An event that makes no sense and was left out, and why."""

    event: ShortText
    reason: ShortText


def event(
    kind: EventKind,
    *,
    time: str,
    repository: str = "",
    subject: str = "",
    actor: str = "",
    runs: tuple[str, ...] = (),
    data: Mapping[str, Value] | None = None,
) -> Event:
    """Return an event under the identifier that follows from its content: the same event is the same file."""
    content = dict(data or {})
    identifier = short_hash(
        str(EVENT_VERSION),
        kind,
        time,
        repository,
        subject,
        actor,
        json.dumps(runs),
        json.dumps(content, sort_keys=True),
    )
    return Event(
        id=identifier,
        kind=kind,
        time=time,
        repository=repository,
        subject=subject,
        actor=actor,
        runs=runs,
        data=content,
    )
