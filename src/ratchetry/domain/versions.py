"""Versions in use: which version of each slot (a macro, an agent, a prompt) is active, and how it is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from ratchetry.domain.event import Refusal
from ratchetry.domain.record import Count, ShortText

ACTIVE_VERSIONS_FILE: Final = "active-versions.json"
"""The file that says which versions are active, at the root of the repository."""

Cause = Literal["experiment", "rollback", "human"]
WatchState = Literal["steady", "degraded", "cooling-down", "too-little"]
"""Too little: there are not enough results of the last days, or of those before, to say anything."""

RollbackState = Literal["helped", "worse", "unclear", "too-early"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveVersion:
    """The active version of a slot: since when, in place of which, why, and on which evidence."""

    version: Annotated[str, Meta(min_length=1, max_length=100)]
    since: Annotated[str, Meta(max_length=40, description="UTC, ISO 8601")]
    previous: ShortText = ""
    cause: Cause = "human"
    experiment: ShortText = ""
    reason: ShortText = ""
    evidence: Mapping[str, float | int | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveVersions:
    """The active version of every slot."""

    slots: Mapping[str, ActiveVersion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A version that became active."""

    slot: ShortText
    version: ShortText
    since: ShortText
    previous: ShortText = ""
    cause: Cause = "human"
    experiment: ShortText = ""
    reason: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much came of how many results; `drop` beside it compares two windows."""

    total: float = 0.0
    n: Count = 0

    @property
    def mean(self) -> float | None:
        """Return the mean, None without results."""
        return self.total / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """How much less a window has than another, as a share of the other, with contexts compared like with like.

    The interval is that of a single look, for people to read; it decides nothing.
    """

    before: Window
    after: Window
    relative: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What a rollback did: the results of the version that was left beside those after it, judged once."""

    slot: ShortText
    left: ShortText
    to: ShortText
    time: ShortText
    state: RollbackState
    gain: Drop
    """Its `relative` is a gain here: positive is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStatus:
    """How the active version of a slot is doing."""

    slot: ShortText
    version: ShortText
    since: ShortText
    state: WatchState
    reason: ShortText
    drop: Drop
    """The last seven days against the thirty before them."""
    evidence: float = 0.0
    """What the detector has: an alarm needs 1,000, which without a drop takes 1,000 days on average."""
    path: tuple[float, ...] = ()
    """The detector's value after each day."""
    rates: tuple[float | None, ...] = ()
    """The mean of each day."""
    first_day: ShortText = ""
    alarms: tuple[ShortText, ...] = ()
    """Days of the alarms."""
    alarm: Drop | None = None
    """The fall that the newest of them rests on."""
    rollback_to: ShortText = ""
    """The last good version that is not the current one, where there is one."""
    newest: ShortText = ""
    runs: tuple[ShortText, ...] = ()
    rollbacks: tuple[Rollback, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsReport:
    """How the active versions of all slots are doing."""

    as_of: ShortText = ""
    slots: tuple[WatchStatus, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    refused: tuple[Refusal, ...] = ()
