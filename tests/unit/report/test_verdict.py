"""Tests of ratchetry.report.verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ratchetry.domain.record import Gate, RunRecord, StageResult
from ratchetry.report import sentence
from ratchetry.report.text import neutralize
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            records.realistic(),
            (
                "5 of 17 gates failed: coverage.line is 87.999% (at least 88%), tests.pass_rate is 0.996 (at least 1), "
                "types.errors is 3 (at most 0), stage quality failed "
                "(14 lint findings, 3 type errors, 0 files to format) "
                "and 1 more."
            ),
        ),
        (records.passing(), "All 2 bounds hold; 1,204 tests, 0 failed, 2 flaky, 91.2% of lines covered."),
        (
            records.warning(),
            (
                "No gate failed, but stage security was not measured in full "
                "(the advisory service at https://api.osv.dev did not answer)."
            ),
        ),
        (records.empty(), "Nothing was measured: no stage gave a result."),
    ],
    ids=["fail", "pass", "warn", "not measured"],
)
def test_the_sentence_says_why(record: RunRecord, said: str) -> None:
    """The sentence names what decided the verdict, with the figures."""
    assert sentence(record) == said


def test_a_required_metric_that_is_missing_is_named() -> None:
    """A run that was not measured says what is missing, and why."""
    gate = Gate(metric="coverage.line", kind="minimum", bound=80.0, verdict="not_measured", reason="no tests ran")
    record = replace(records.empty(), gates=(gate,))
    assert sentence(record) == "Not everything required was measured: coverage.line (no tests ran)."


def test_an_unmeasured_stage_without_gates_is_named() -> None:
    """Without gates the stages themselves say what is missing."""
    stage = StageResult(status="not_measured", reason="pytest is not installed")
    record = replace(records.empty(), stages={"test": stage})
    assert sentence(record) == "Not everything required was measured: test (pytest is not installed)."


def test_a_failed_stage_without_gates_is_named() -> None:
    """A failure that no gate explains is put down to the stages that failed."""
    record = replace(records.empty(), stages={"test": StageResult(status="failed")}, verdict="fail")
    assert sentence(record) == "The test stage failed."


def test_a_pass_without_bounds_says_so() -> None:
    """A run that no bound holds to anything does not claim that bounds hold."""
    gate = Gate(metric="stage.test", kind="measured", verdict="pass")
    assert sentence(replace(records.empty(), gates=(gate,), verdict="pass")) == "No stage failed; no bounds are set."


@few
@given(hostile)
def test_the_sentence_is_one_neutral_line(record: RunRecord) -> None:
    """Whatever a record holds, its sentence is one short, neutral line that ends in a full stop."""
    said = sentence(record)
    assert neutralize(said) == said
    assert said.endswith(".")
    assert len(said) < 3000
