"""Goals held against runs: what was not measured is never a success."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.record import Gate, RunRecord
from ratchetry.domain.suggestion import Goal
from ratchetry.learn.suggestions.made import no_failures, no_findings
from ratchetry.learn.suggestions.measure import recovered, value_in
from tests.unit.learn.suggestions.evidence import FULL, metric, record, valued

GOAL = Goal(measure="metric", metric="types.errors", kind="maximum", bound=1.0)
LINT = no_findings("lint.findings", tool="ruff", rule="F401")
TESTS = no_failures(("tests/test_a.py::test_one", "gone"))
BOUND = Goal(measure="bound", metric="coverage.line", kind="minimum", bound=71.0)


@pytest.mark.parametrize(
    ("goal", "run", "value"),
    [
        (GOAL, valued(1, types_errors=3), 3.0),
        (GOAL, record(), None),
        (LINT, FULL, 2.0),
        (LINT, replace(FULL, findings=FULL.findings[2:]), 0.0),
        (LINT, replace(FULL, findings=()), None),
        (LINT, replace(FULL, findings=(), metrics={"lint.findings": metric(0)}), 0.0),
        (LINT, replace(FULL, metrics={}), None),
        (no_findings("types.errors", tool="mypy", path="src/z.py"), FULL, 0.0),
        (TESTS, FULL, 1.0),
        (TESTS, record(), None),
        (BOUND, record(gates=(Gate(metric="coverage.line", kind="minimum", bound=72.0, verdict="pass"),)), 72.0),
        (BOUND, record(), None),
    ],
)
def test_what_a_goal_measures(goal: Goal, run: RunRecord, value: float | None) -> None:
    """Each goal reads its own part of a run; findings that were dropped or never looked for are not 0."""
    assert value_in(goal, run) == value


@pytest.mark.parametrize(
    ("newest_first", "shown"),
    [((1, 1), 2), ((1,), 0), ((1, 2), 0), ((2, 1, 1), 0), ((1, None, 0), 2), ((None, None), 0), ((), 0)],
)
def test_recovery_takes_runs_in_a_row(newest_first: tuple[float | None, ...], shown: int) -> None:
    """A goal is reached when the newest runs that measured it, as many as it asks for, all kept it."""
    runs = [record() if value is None else valued(9, types_errors=value) for value in newest_first]
    assert len(recovered(GOAL, runs)) == shown
