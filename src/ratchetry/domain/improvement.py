"""Issues about improvements as values: what is there, how many there may be, and what should be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ratchetry.domain.suggestion import Goal

LABEL: Final = "ratchetry-improvement"
DIGEST_LABEL: Final = "ratchetry-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssue:
    """An issue of ours as it is: silenced when somebody closed it as not planned."""

    fingerprint: str
    state: Literal["open", "closed", "silenced"]
    closed: str = ""
    """When it was closed, ISO 8601."""
    body: str = ""
    goal: Goal | None = None
    """When it counts as done, None where its text does not say."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many issues there may be."""

    new: int = 3
    """Opened at once: whoever gets more reads none."""
    total: int = 10
    """Open at the same time."""
    cool_down: float = 14.0
    """Days for which what was closed stays closed."""
