"""Bounds and their verdicts as exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.commands import TESTS, run_in
from tests.e2e.repositories import flat, write

pytestmark = pytest.mark.e2e


def bounds(**metrics: dict[str, float]) -> dict[str, str]:
    """Return the file with these bounds; a double underscore in a name stands for a dot."""
    return {"quality-thresholds.json": json.dumps({"metrics": {k.replace("__", "."): v for k, v in metrics.items()}})}


def test_a_gate_passes_or_fails_or_could_not_be_judged(tmp_path: Path) -> None:
    """Each verdict has its exit code, its margin and its line in the result; optional metrics only warn."""
    root = flat(tmp_path, bounds(coverage__line={"minimum": 75}, tests__failed={"maximum": 0}))
    met = run_in(root, *TESTS)
    assert (met.code, met.record.verdict) == (0, "pass")
    assert (met.gate("coverage.line").margin, met.gate("tests.failed").margin) == (0, 0)

    write(root, bounds(coverage__line={"minimum": 80}))
    missed = run_in(root, *TESTS)
    assert (missed.code, missed.record.verdict) == (1, "fail")
    assert (missed.gate("coverage.line").value, missed.gate("coverage.line").margin) == (75, -5)
    assert "coverage.line" in missed.out.partition("\n\n")[0]

    write(root, bounds(coverage__changed={"minimum": 50}))
    unknown = run_in(root, *TESTS)
    assert (unknown.code, unknown.record.verdict) == (3, "not_measured")
    assert unknown.gate("coverage.changed").reason
    assert unknown.gate("coverage.changed").value is None

    tolerated = run_in(root, "--optional", "coverage.changed", *TESTS)
    assert (tolerated.code, tolerated.record.verdict) == (0, "warn")
    elsewhere = run_in(root, "--stage", "validate")
    assert (elsewhere.code, elsewhere.record.verdict) == (0, "pass"), "bounds of stages that were not asked for wait"


def test_a_failed_gate_counts_more_than_an_unmeasured_one(tmp_path: Path) -> None:
    """Both at once end with the exit code of the failure."""
    root = flat(tmp_path, bounds(coverage__line={"minimum": 80}, coverage__changed={"minimum": 50}))
    assert run_in(root, *TESTS).code == 1
