"""What a look at a series finds: where its level changed, whether it drifts, and what could not be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

NEW: Final = 20
"""Up to so many points from the change on, a change is at the end of its series."""

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """One change of level: the first point after it, and how far and how surely the level moved.

    The effect and its 95 percent interval are shares of the level before where `relative`, else in the series' unit.
    The p-value is that of Welch's test times the number of places that the change could have been at.
    """

    index: int
    newest: int
    """How many points there are from the change on."""
    direction: Direction
    effect: float
    interval: tuple[float, float]
    relative: bool
    p_value: float
    before: float
    """The median level up to the change."""
    after: float
    """The median level from the change on."""
    last_good: str = ""
    """The last commit measured before the change."""
    first_bad: str = ""
    """The first commit measured after it: the cause came after `last_good`, with this commit at the latest."""
    time: str = ""
    q_value: float | None = None
    """The p-value adjusted for all series of the project (Benjamini and Hochberg), where those are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A steady change over the whole series, which is no step: how far it went, a share of the middle if `relative`."""

    change: float
    relative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What was found in a series of `n` points that could be used; `notes` say what was done to it and why."""

    name: str = ""
    n: int = 0
    change_points: tuple[ChangePoint, ...] = ()
    trend: Drift | None = None
    notes: tuple[str, ...] = ()
