"""What the commands about bounds show: where each stands, what holds a record, and what a policy would have done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ratchetry.analyze.change_point.detection import detect
from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate
from ratchetry.domain.catalog import definition
from ratchetry.domain.ratchet_report import BoundMove, BoundRow, MovingBound, SimulatedRow, move_of, number_of
from ratchetry.domain.record import Fragment, Gate, RunRecord
from ratchetry.domain.series import Point, Series
from ratchetry.domain.thresholds import BoundKind, Move, Row, Threshold, Thresholds, looser, split_path
from ratchetry.learn.ratchet.moves import Outlook
from ratchetry.learn.ratchet.observations import Observation
from ratchetry.learn.ratchet.policy import Policy
from ratchetry.learn.ratchet.replay import Replayed, reopened, replay
from ratchetry.learn.ratchet.statistic import residuals
from ratchetry.pipeline.ratchet import Learned


def standing(learned: Learned, held: Held) -> tuple[BoundRow, ...]:
    """Return where each bound stands: the one in force, its last value, and what its next move waits for."""
    outlooks = {row.metric: row for row in learned.outlooks}
    rows: dict[str, Row] = {row.metric: row for row in learned.folded.thresholds.wishes}
    rows.update({row.metric: row for row in held.bounds})
    history = learned.folded.thresholds.history
    return tuple(
        _standing(row, held, learned.observations, needs=_needs(outlooks.get(name)), moves=moves_in(history, name))
        for name, row in sorted(rows.items())
    )


def check(record: RunRecord, held: Held, *, optional: tuple[str, ...]) -> tuple[Gate, ...]:
    """Return the gates of the bounds that a record is held to, those of stages that it does not have left out."""
    measured = Fragment(stages=record.stages, metrics=record.metrics, findings=record.findings)
    gates = evaluate(held, measured, optional=optional, expected=tuple(record.stages))
    return tuple(gate for gate in gates if gate.kind != "measured" or gate in held.gates)


def simulate(
    thresholds: Thresholds, runs: Sequence[Observation], policy: Policy, *, from_file: bool
) -> tuple[SimulatedRow, ...]:
    """Return what a policy would have done over a history, had every bound been earned, or begun as the file has it."""
    begun = thresholds if from_file else reopened(thresholds)
    return tuple(_simulated(row, _kind(thresholds, row.metric)) for row in replay(begun, runs, policy))


def moving_bound(learned: Learned, thresholds: Thresholds, metric: str) -> MovingBound:
    """Return a series and the steps of its bound, from the history of its moves, for a drawing."""
    row = next(row for row in learned.folded.thresholds.rows if row.metric == metric)
    runs = [run for run in learned.observations if metric in run.values]
    moves = moves_in(learned.folded.thresholds.history, metric)
    steps = [(move.time, move.to) for move in moves]
    now = next((own.bound for own in thresholds.bounds if own.metric == metric), None)
    first = moves[0].origin if moves else now
    if runs and first is not None:
        steps.insert(0, (runs[0].time, first))
    return MovingBound(
        series=Series(
            name=metric,
            unit=_unit(metric),
            points=tuple(Point(value=run.values[metric], time=run.time, run=run.run) for run in runs),
        ),
        kind=row.kind,
        steps=tuple(steps),
        target=row.target,
    )


def moves_in(history: Iterable[Move], metric: str) -> tuple[BoundMove, ...]:
    """Return the moves of one metric that the file names, oldest first."""
    return tuple(_move(row) for row in history if row.get("metric") == metric)


def _standing(
    row: Row, held: Held, runs: Sequence[Observation], *, needs: str, moves: tuple[BoundMove, ...]
) -> BoundRow:
    """Return where one bound stands."""
    name = row.metric
    waiver = held.waivers.get(name)
    bound = waiver.to if waiver else row.bound if isinstance(row, Threshold) else None
    value = next((run.values[name] for run in reversed(runs) if name in run.values), None)
    sign = 1 if row.kind == "minimum" else -1
    return BoundRow(
        metric=name,
        kind=row.kind,
        unit=_unit(name),
        bound=bound,
        value=value,
        margin=None if value is None or bound is None else sign * (value - bound),
        target=row.target,
        needs=needs,
        waiver=waiver,
        note=held.notes.get(name, ""),
        moves=moves,
    )


def _needs(outlook: Outlook | None) -> str:
    """Return what the next move of a bound waits for."""
    if outlook is None:
        return "a row in the file here"
    return outlook.waits_for if outlook.move is None else f"nothing: due, to {move_of(outlook.move).to:g}"


def _simulated(row: Replayed, kind: BoundKind) -> SimulatedRow:
    """Return what a policy would have done with one bound, each blocked run and each regression judged."""
    values = row.values
    levels = [value - around for value, around in zip(values, residuals(values), strict=True)]
    blocked = row.blocked
    honest = [at for at in blocked if (bound := row.bounds[at]) is not None and not looser(kind, levels[at], bound)]
    series = Series(
        name=row.metric,
        points=tuple(Point(value=value, time=run.time) for value, run in zip(values, row.runs, strict=True)),
    )
    worse = "down" if kind == "minimum" else "up"
    changes = detect(series).change_points
    edges = [*(change.index for change in changes), len(values)]
    fallen = [at for at, change in enumerate(changes) if change.direction == worse]
    missed = [at for at in fallen if not any(edges[at] <= place < edges[at + 1] for place in blocked)]
    return SimulatedRow(
        metric=row.metric,
        runs=len(values),
        moves=tuple(map(move_of, row.moves)),
        bound=row.final.bound if row.final else None,
        honest_blocked=len(honest),
        regressed_blocked=len(blocked) - len(honest),
        regressions=len(fallen),
        let_through=len(missed),
    )


def _move(row: Move) -> BoundMove:
    """Return a move from a row of the file's history."""
    scalars = {name: value for name, value in row.items() if isinstance(value, str | float | int)}
    runs = row.get("runs")
    return BoundMove(
        event=str(scalars.get("event", "")),
        time=str(scalars.get("time", "")),
        metric=str(scalars.get("metric", "")),
        kind=str(scalars.get("kind", "")),
        origin=number_of(scalars.get("from")),
        to=number_of(scalars.get("to")) or 0.0,
        value=number_of(scalars.get("value")),
        margin=number_of(scalars.get("margin")),
        confidence=number_of(scalars.get("confidence")),
        runs=tuple(map(str, runs)) if isinstance(runs, tuple) else (),
        reason=str(scalars.get("reason", "")),
    )


def _kind(thresholds: Thresholds, metric: str) -> BoundKind:
    """Return which bound a metric has."""
    return next(row.kind for row in thresholds.rows if row.metric == metric)


def _unit(metric: str) -> str:
    """Return the unit of a metric."""
    entry = definition(split_path(metric)[0])
    return entry.unit if entry else ""
