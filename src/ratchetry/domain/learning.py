"""Learning runs: where their reconciling stands, and what one of them has decided about the runs since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from msgspec import Meta

from ratchetry.domain.record import ShortText

CURSOR_VERSION: Final = 1

Moment = Annotated[str, Meta(max_length=40, description="UTC, ISO 8601")]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DecidedRun:
    """A run attempt that was decided about; `created` is when its first attempt was."""

    created: Moment
    name: Annotated[str, Meta(max_length=64, description="<run id>-<attempt>")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where reconciling stands: every run that was created up to `time` has been decided about.

    `decided` names the attempts that were decided about since shortly before then, so that none is fetched twice.
    """

    schema_version: Annotated[int, Meta(ge=1)] = CURSOR_VERSION
    time: Moment = ""
    decided: tuple[DecidedRun, ...] = ()


Fate = Literal["accepted", "rejected", "lost", "undecided"]
FATES: Final[tuple[Fate, ...]] = ("accepted", "rejected", "lost", "undecided")
"""Lost: its summary has expired before it was fetched.  Undecided: it could not be asked for; the next run tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one run attempt, and why it was not accepted."""

    name: ShortText
    created: Moment
    fate: Fate
    reason: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one learning run has decided: it stands beside the records of the runs that it has accepted."""

    schema_version: Annotated[int, Meta(ge=1)] = CURSOR_VERSION
    repository: ShortText = ""
    branch: ShortText = ""
    workflow: ShortText = ""
    cursor: Cursor
    decisions: tuple[Decision, ...] = ()

    def count(self, fate: Fate) -> int:
        """Return how many run attempts have had this fate."""
        return sum(decision.fate == fate for decision in self.decisions)
