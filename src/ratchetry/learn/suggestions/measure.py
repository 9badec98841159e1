"""Goals held against runs: what each measures there, and whether it was reached and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ratchetry.domain.record import Finding, RunRecord
from ratchetry.domain.suggestion import Goal

_FAILED = frozenset({"failed", "error", "flaky"})


def value_in(goal: Goal, record: RunRecord) -> float | None:
    """Return what a goal measures in a run, None where it was not measured there: that is never a 0."""
    match goal.measure:
        case "metric":
            found = record.metrics.get(goal.metric)
            return None if found is None else found.value
        case "bound":
            bounds = (gate.bound for gate in record.gates if gate.metric == goal.metric and gate.kind == goal.kind)
            return next((bound for bound in bounds if bound is not None), None)
        case "tests":
            outcomes = [test.outcome for test in record.tests if test.id in goal.tests and test.outcome != "skipped"]
            return float(sum(outcome in _FAILED for outcome in outcomes)) if outcomes else None
        case "findings":
            return _findings(goal, record)


def _findings(goal: Goal, record: RunRecord) -> float | None:
    """Return how many findings there are, None where nobody looked or where they have been dropped since."""
    counted = record.metrics.get(goal.metric)
    if counted is None:
        return None
    own = [row for row in record.findings if row.tool == goal.tool]
    if not own and counted.value > 0:
        return None
    return float(sum(_is_meant(row, goal) for row in own))


def _is_meant(row: Finding, goal: Goal) -> bool:
    """Tell whether a finding is one of those that a goal is about."""
    return goal.rule in {"", row.rule} and goal.path in {"", row.path}


def measured(goal: Goal, records: Iterable[RunRecord]) -> tuple[tuple[RunRecord, float], ...]:
    """Return the runs that measured a goal with what they measured, in the order given."""
    return tuple((record, value) for record in records if (value := value_in(goal, record)) is not None)


def kept(goal: Goal, value: float) -> bool:
    """Tell whether a value is on the good side of the bound of a goal."""
    return value >= goal.bound if goal.kind == "minimum" else value <= goal.bound


def recovered(goal: Goal, newest_first: Sequence[RunRecord]) -> tuple[RunRecord, ...]:
    """Return the newest runs that measured a goal and kept it, as many as it takes; none where it does not hold yet."""
    rows = measured(goal, newest_first)[: goal.runs]
    return tuple(record for record, _ in rows) if len(rows) == goal.runs and _all_kept(goal, rows) else ()


def _all_kept(goal: Goal, rows: Sequence[tuple[RunRecord, float]]) -> bool:
    """Tell whether a goal was kept in all of some runs."""
    return all(kept(goal, value) for _, value in rows)
