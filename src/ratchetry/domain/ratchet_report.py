"""What there is to say of bounds that move: where each stands, and what a policy would have done."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.event import Event, Value
from ratchetry.domain.series import Series
from ratchetry.domain.thresholds import BoundKind, Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundMove:
    """One move of a bound, and the runs, the statistic and the margin that it rests on."""

    event: str
    time: str
    metric: str
    kind: str
    origin: float | None
    """Where the bound was before, None for its first."""
    to: float
    value: float | None
    """The confidence bound that the runs supported."""
    margin: float | None
    """How far that was beyond the bound."""
    confidence: float | None = None
    runs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRow:
    """Where one bound stands: `needs` is what its next move waits for, or that it is due."""

    metric: str
    kind: BoundKind
    unit: str
    bound: float | None
    value: float | None
    margin: float | None
    target: float | None
    needs: str
    waiver: Waiver | None = None
    note: str = ""
    """Why the bound in force is not the one that stands in the file."""
    moves: tuple[BoundMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRow:
    """What a policy would have done with one bound over the history.

    A run that was blocked although the level around it was on the good side of the bound was honest.
    """

    metric: str
    runs: int
    moves: tuple[BoundMove, ...]
    bound: float | None
    honest_blocked: int
    """Honest runs that would have been blocked."""
    regressed_blocked: int
    """Runs of a level that was beyond the bound."""
    regressions: int
    """Changes of the level for the worse, as `ratchetry detect` finds them."""
    let_through: int
    """Those among them after which no run was blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingBound:
    """A series and the bound that held it, for a drawing: each step is the moment and the bound from then on."""

    series: Series
    kind: BoundKind
    steps: tuple[tuple[str, float], ...] = ()
    target: float | None = None


def move_of(event: Event) -> BoundMove:
    """Return the move that an event tells; what makes no sense in it is left out."""
    data = event.data
    return BoundMove(
        event=event.id,
        time=event.time,
        metric=event.subject,
        kind=str(data.get("kind", "")),
        origin=number_of(data.get("from")),
        to=number_of(data.get("to")) or 0.0,
        value=number_of(data.get("value")),
        margin=number_of(data.get("margin")),
        confidence=number_of(data.get("confidence")),
        runs=event.runs,
        reason=str(data.get("reason", "")),
    )


def number_of(value: Value) -> float | None:
    """Return a number, None for everything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
