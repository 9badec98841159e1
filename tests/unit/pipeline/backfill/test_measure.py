"""What becomes of a commit of which not everything can be measured."""

from __future__ import annotations

import pytest

from ratchetry.domain.record import Failure, Finding, Fragment, StageResult, TestResult
from ratchetry.pipeline.backfill.measure import unmeasured, without_executed
from ratchetry.pipeline.backfill.plan import Task, moment_of
from tests.builders import metric
from tests.unit.pipeline.backfill.commits import START, line

FINDINGS = tuple(Finding(tool=tool, rule="r", severity="high", path="a.py") for tool in ("pytest", "ruff", "coverage"))


def fragment(status: str) -> Fragment:
    """Return what the stages of quality and test measured, with a failing test."""
    return Fragment(
        stages={
            "quality": StageResult(status="failed", reason="1 finding"),
            "test": StageResult(status="failed" if status == "failed" else "passed", reason="1 test failed"),
        },
        metrics={"lint.findings": metric(stage="quality"), "tests.failed": metric(stage="test")},
        tests=(TestResult(id="t", outcome="failed"),),
        findings=FINDINGS,
        failures=(Failure(signature="s", category="assertion", evidence="e"),),
    )


def test_failures_in_an_incomplete_checkout_are_no_evidence() -> None:
    """Tests that fail where a submodule is missing were not measured; what only reads files was."""
    found = without_executed(fragment("failed"), "the submodule a is not part of the checkout")
    assert found.stages["test"].status == "not_measured"
    assert found.stages["test"].reason == "the submodule a is not part of the checkout; 1 test failed"
    assert found.stages["quality"].status == "failed"
    assert set(found.metrics) == {"lint.findings"}
    assert (found.tests, found.failures) == ((), ())
    assert [finding.tool for finding in found.findings] == ["ruff"]


@pytest.mark.parametrize(("status", "incomplete"), [("failed", ""), ("passed", "the submodule a is missing")])
def test_all_else_stays_as_it_was_measured(status: str, incomplete: str) -> None:
    """Failures of a complete checkout count, and so does a suite that passes without what is missing."""
    assert without_executed(fragment(status), incomplete) == fragment(status)


def test_a_commit_that_cannot_be_measured_has_a_run_that_says_why() -> None:
    """Each stage is not measured, with the reason; the verdict is never a pass."""
    (commit,) = line(START)
    task = Task(commit=commit, started=moment_of(START), branch="main", stages=("quality", "test"), attempt=3)
    found = unmeasured(task, "owner/name", "it cannot be checked out", seconds=1.5)
    assert {name: (result.status, result.reason) for name, result in found.stages.items()} == dict.fromkeys(
        ("quality", "test"), ("not_measured", "it cannot be checked out")
    )
    assert (found.verdict, found.metrics) == ("not_measured", {})
    run = found.run
    assert (run.event, run.run_id, run.attempt) == ("backfill", task.run_id, 3)
    assert (run.commit, run.branch, run.started, run.duration) == (commit.sha, "main", "2023-11-14T22:13:20Z", 1.5)
