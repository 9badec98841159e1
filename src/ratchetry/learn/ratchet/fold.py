"""The bounds that follow from a file and from events: the same for the same events, in any order, any number of times.

A move only ever tightens: of the file's bound and all moves, the strictest counts.  A row that the file does not have
any more is not brought back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.domain.event import Event, Refusal, Value
from ratchetry.domain.moment import days_of
from ratchetry.domain.thresholds import BoundKind, Move, Row, Threshold, Thresholds, Wish, stricter

_EARLY: Final = 1.0
"""Days that an event may be ahead of the newest run: clocks disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The bounds after the moves, when each bound moved last, and the events that do not count."""

    thresholds: Thresholds
    moved: Mapping[str, str]
    refused: tuple[Refusal, ...] = ()


def fold(thresholds: Thresholds, events: Iterable[Event], as_of: str = "") -> Folded:
    """Return the bounds of a file after the moves among some events; `as_of` is the start of the newest run."""
    rows = {row.metric: row for row in thresholds.rows}
    present = {row.metric: row for row in thresholds.bounds}
    moved: dict[str, str] = {}
    taken: list[Event] = []
    refused: list[Refusal] = []
    for one in in_order(events):
        reason = _objection(one, rows.get(one.subject), as_of)
        if reason:
            refused.append(Refusal(event=one.id, reason=reason))
            continue
        rows[one.subject] = _tightened(rows[one.subject], _number(one.data.get("to")))
        moved[one.subject] = max(moved.get(one.subject, ""), one.time)
        taken.append(one)
    held = replace(
        thresholds,
        bounds=tuple(row for _, row in sorted(rows.items()) if isinstance(row, Threshold)),
        wishes=tuple(row for _, row in sorted(rows.items()) if isinstance(row, Wish)),
    )
    if all(present.get(row.metric) == row for row in held.bounds) and not _news(thresholds, taken):
        return Folded(thresholds=thresholds, moved=moved, refused=tuple(refused))
    return Folded(thresholds=_with_history(held, taken), moved=moved, refused=tuple(refused))


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the moves among some events, each once, by their time."""
    once = {one.id: one for one in events if one.kind == "threshold_move"}
    return tuple(sorted(once.values(), key=lambda one: (one.time, one.id)))


def history_row(one: Event) -> Move:
    """Return a move as the file keeps it, with the runs, the statistic and the margin that it rests on."""
    kept = ("from", "to", "kind", "statistic", "value", "margin", "k", "confidence", "reason")
    scalars = {name: value for name in kept if _is_scalar(value := one.data.get(name))}
    return {"event": one.id, "time": one.time, "metric": one.subject, "runs": tuple(one.runs), **scalars}


def _news(thresholds: Thresholds, taken: Iterable[Event]) -> bool:
    """Tell whether there is a move that the history of the file does not name."""
    named = {row.get("event") for row in thresholds.history}
    return any(one.id not in named for one in taken)


def _with_history(thresholds: Thresholds, taken: Iterable[Event]) -> Thresholds:
    """Return thresholds whose history names the moves, by their time; what it says already stays."""
    moves = tuple(taken)
    named = {row.get("event") for row in thresholds.history}
    rows = [*thresholds.history, *(history_row(one) for one in moves if one.id not in named)]
    ordered = sorted(rows, key=lambda row: (str(row.get("time", "")), str(row.get("event", ""))))
    newest = max((one.time for one in moves), default="")
    return replace(thresholds, history=tuple(ordered), updated_at=max(thresholds.updated_at, newest))


def _objection(one: Event, row: Row | None, as_of: str) -> str:
    """Return why an event does not count, empty where it does."""
    to = _number(one.data.get("to"))
    ahead = _days_ahead(one.time, as_of)
    if row is None:
        return f"the file has no row for {one.subject[:100]!r}"
    if not math.isfinite(to):
        return "it names no number to move to"
    if one.data.get("kind") != row.kind:
        return f"{row.metric} has a {row.kind}"
    if ahead is None:
        return f"its time {one.time[:40]!r} is none"
    return f"it is {ahead:.1f} days ahead of the newest run" if ahead > _EARLY else ""


def _days_ahead(time: str, as_of: str) -> float | None:
    """Return by how many days a moment is after another, None where it is none; 0 where there is no other."""
    moment, now = days_of(time), days_of(as_of)
    if moment is None:
        return None
    return 0.0 if now is None else moment - now


def _tightened(row: Row, to: float) -> Threshold:
    """Return a row whose bound is at least as strict as a move says, as far as its target lets it."""
    reach = to if row.target is None else _at_most(row.kind, to, row.target)
    if isinstance(row, Threshold):
        return replace(row, bound=stricter(row.kind, row.bound, reach))
    return Threshold(
        metric=row.metric,
        kind=row.kind,
        bound=reach,
        target=row.target,
        increment=row.increment,
        tolerance=row.tolerance,
        weight=row.weight,
    )


def _at_most(kind: BoundKind, value: float, target: float) -> float:
    """Return the laxer of a bound and its target."""
    return min(value, target) if kind == "minimum" else max(value, target)


def _number(value: Value) -> float:
    """Return a number, NaN for everything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _is_scalar(value: Value) -> bool:
    """Tell whether a value is one that the history of the file keeps."""
    return isinstance(value, str | float | int)
