"""Small runs for the tests of histories in directories, and what stands in such a directory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ratchetry.domain.record import Failure, Finding, RunRecord, TestResult
from ratchetry.history.normal import normalized
from tests.builders import RUN, metric, record


def run(number: int, *, started: str = "", attempt: int = 1, value: float = 80.0) -> RunRecord:
    """Return a run with a test, a finding and a metric; without a start, it is one of October 2026."""
    moment = started or f"2026-10-{1 + number % 28:02}T{number // 28 % 24:02}:00:00Z"
    return normalized(
        record(
            run=replace(RUN, run_id=str(number), attempt=attempt, started=moment, commit=f"{number:040x}"),
            metrics={"coverage.line": metric(value)},
            tests=(
                TestResult(id="tests/test_a.py::test_a", outcome="passed", duration=number / 1000),
                TestResult(id="tests/test_a.py::test_b", outcome="failed" if number % 5 == 0 else "passed"),
            ),
            findings=(Finding(tool="ruff", rule="E501", severity="low", path="a.py", line=number, message="too long"),),
            failures=(Failure(signature="s", category="c", evidence="e"),),
            verdict="pass",
        )
    )


def files(root: Path) -> dict[str, bytes]:
    """Return every file below a directory with its content, the lock left out."""
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name != ".history.lock")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
