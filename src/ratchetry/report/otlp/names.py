"""The names of OpenTelemetry for what a record holds, and our own for what it has no names for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ratchetry.domain.record import Outcome, RunRecord, Status, Verdict

SCHEMA: Final = "https://opentelemetry.io/schemas/1.44.0"
PIPELINE: Final = "ratchetry"
"""The name of the pipeline of a run that has no workflow."""

ATTRIBUTES: Final[Mapping[str, str]] = {
    "ratchetry": "service.version",
    "run.repository": "vcs.repository.name",
    "run.run_id": "cicd.pipeline.run.id",
    "run.attempt": "ratchetry.run.attempt",
    "run.event": "ratchetry.run.event",
    "run.workflow": "cicd.pipeline.name",
    "run.commit": "vcs.ref.head.revision",
    "run.base_commit": "vcs.ref.base.revision",
    "run.branch": "vcs.ref.head.name",
    "run.dirty": "ratchetry.run.dirty",
    "run.pull_request": "vcs.change.id",
    "run.runner.os": "os.description",
    "run.runner.cpu_model": "host.cpu.model.name",
    "run.runner.cores": "ratchetry.worker.cores",
    "run.runner.python": "process.runtime.version",
    "verdict": "cicd.pipeline.result",
    "stages.*": "cicd.pipeline.task.name",
    "stages.*.status": "cicd.pipeline.task.run.result",
    "stages.*.reason": "ratchetry.stage.reason",
    "stages.*.cached": "ratchetry.stage.cached",
    "tests[].id": "test.case.name",
    "tests[].outcome": "test.case.result.status",
    "tests[].attempts": "ratchetry.test.attempts",
    "tests[].signature": "ratchetry.test.signature",
}
"""The attribute that says what a field of the record says, `*` standing for any name and `[]` for each row."""

RESULTS: Final[Mapping[Verdict, str]] = {
    "pass": "success",
    "warn": "success",
    "fail": "failure",
    "not_measured": "error",
}
"""Values of cicd.pipeline.result; ratchetry.run.verdict has ours."""
TASK_RESULTS: Final[Mapping[Status, str]] = {
    "passed": "success",
    "failed": "failure",
    "not_measured": "error",
    "skipped": "skip",
}
"""Values of cicd.pipeline.task.run.result."""
SUITE_STATUSES: Final[Mapping[Status, str]] = {
    "passed": "success",
    "failed": "failure",
    "not_measured": "aborted",
    "skipped": "skipped",
}
"""Values of test.suite.run.status."""
CASE_STATUSES: Final[Mapping[Outcome, str]] = {"passed": "pass", "flaky": "pass", "failed": "fail", "error": "fail"}
"""Values of test.case.result.status, which knows no skipped tests; ratchetry.test.outcome has ours."""


def pipeline_name(record: RunRecord) -> str:
    """Return the name of the pipeline."""
    return record.run.workflow or PIPELINE
