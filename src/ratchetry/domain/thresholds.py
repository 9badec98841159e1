"""Thresholds: the bounds that a record's metrics are held to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

BoundKind = Literal["minimum", "maximum"]
Scalar = str | float | int | bool | None
Move = Mapping[str, Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]]
"""One move of a bound: which, from where, to where, when, and the evidence it cites."""

LONGEST_WAIVER: Final = 90
"""Days that a waiver may last before somebody has to decide again."""
WAIVED: Final = "waived"
"""How the reason of a gate begins that is held to a waiver instead of its bound."""

_PER_PATH: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<glob>[^\[\]]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The bound of one metric; `target` is where its ratchet stops, `increment` how far it moves at a time.

    A metric may be that of some paths alone, such as `lint.findings[src/legacy/**]`.
    """

    metric: str
    kind: BoundKind
    bound: float
    target: float | None = None
    increment: float | None = None
    tolerance: float | None = None
    """How much of a worsening is jitter: so far from what was measured the ratchet stays."""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A metric that shall have a bound as soon as enough runs have measured it."""

    metric: str
    kind: BoundKind
    increment: float
    target: float | None = None
    tolerance: float | None = None
    weight: float | None = None


Row = Threshold | Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A looser bound for a while: who decided so, why, and its last day (ISO 8601 dates)."""

    metric: str
    to: float
    reason: str
    actor: str = ""
    since: str
    until: str

    def holds(self, today: str) -> bool:
        """Tell whether the waiver is in force on a day."""
        return self.since <= today <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Every bound of a project, the metrics that wait for one, the waivers, and the history of the moves."""

    version: int = 1
    updated_at: str = ""
    bounds: tuple[Threshold, ...] = ()
    wishes: tuple[Wish, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    history: tuple[Move, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the bounds and the metrics that wait for one, by name."""
        found: tuple[Row, ...] = (*self.bounds, *self.wishes)
        return tuple(sorted(found, key=lambda row: row.metric))


def split_path(metric: str) -> tuple[str, str]:
    """Return the name of a metric and the glob of the paths that it is of, empty for all of them."""
    found = _PER_PATH.fullmatch(metric)
    return (found["name"], found["glob"]) if found else (metric, "")


def side_of(better: str) -> BoundKind:
    """Return which bound a metric has, from the direction in which it improves."""
    return "minimum" if better == "higher" else "maximum"


def stricter(kind: BoundKind, one: float, other: float) -> float:
    """Return the stricter of two bounds."""
    return max(one, other) if kind == "minimum" else min(one, other)


def looser(kind: BoundKind, value: float, than: float) -> bool:
    """Tell whether a bound is looser than another."""
    return value < than if kind == "minimum" else value > than
