"""Tests of ratchetry.report.otlp.traces, read by OpenTelemetry's own types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from ratchetry.domain.record import Outcome, RunRecord, TestResult, Verdict
from ratchetry.report.otlp.traces import MOST_SPANS, traces
from ratchetry.report.otlp.values import encoded, text
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile
from tests.unit.report.otlp.official import read_traces, spans_of, told


def spans(record: RunRecord) -> list[Span]:
    """Return the spans of a run, from all documents."""
    return [span for document in traces(record) for span in spans_of(read_traces(encoded(document)))]


def named(rows: Iterable[Span], name: str) -> Span:
    """Return the one span of a name."""
    (found,) = (row for row in rows if row.name == name)
    return found


def test_a_run_with_its_stages_and_tests() -> None:
    """The run is above its stages, the tests are below the test stage, and all are of one trace."""
    record = records.realistic()
    rows = spans(record)
    run, *rest = rows
    assert run.name == "RUN .github/workflows/ci.yml"
    assert not run.parent_span_id
    assert len({row.trace_id for row in rows}) == 1
    assert len({row.span_id for row in rows}) == len(rows) == 1 + 6 + 1204
    stage = named(rest, "test")
    assert {row.parent_span_id for row in rest if row.name in record.stages} == {run.span_id}
    assert {row.parent_span_id for row in rest if row.name not in record.stages} == {stage.span_id}
    assert {len(row.trace_id) for row in rows} == {16}
    assert {len(row.span_id) for row in rows} == {8}


def test_the_run() -> None:
    """It has its result, its kind of error, and the time it took."""
    run = spans(records.realistic())[0]
    assert run.kind == Span.SPAN_KIND_SERVER
    assert run.status.code == Status.STATUS_CODE_ERROR
    assert (run.start_time_unix_nano, run.end_time_unix_nano) == (1773480413 * 10**9, 1773480454800 * 10**6)
    assert told(run.attributes) == {
        "cicd.pipeline.action.name": "RUN",
        "cicd.pipeline.result": "failure",
        "ratchetry.run.verdict": "fail",
        "error.type": "gate_failed",
    }


def test_where_it_comes_from() -> None:
    """The resource has the run, the repository and the machine."""
    document = next(iter(traces(records.realistic())))
    (row,) = read_traces(encoded(document)).resource_spans
    known = told(row.resource.attributes)
    assert known["cicd.pipeline.run.id"] == "9182736455"
    assert known["vcs.ref.head.revision"] == "4c1f0d2b9e8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d"
    assert known["vcs.change.id"] == "128"
    assert known["ratchetry.worker.cores"] == 4
    assert known["ratchetry.run.dirty"] is False


@pytest.mark.parametrize(
    ("verdict", "result", "error"),
    [
        ("pass", "success", None),
        ("warn", "success", None),
        ("fail", "failure", "gate_failed"),
        ("not_measured", "error", "not_measured"),
    ],
)
def test_verdicts(verdict: Verdict, result: str, error: str | None) -> None:
    """What was not measured is an error, never a success."""
    run = spans(replace(records.empty(), verdict=verdict))[0]
    known = told(run.attributes)
    assert (known["cicd.pipeline.result"], known.get("error.type")) == (result, error)


def test_stages() -> None:
    """A stage is a task with its result and reason; the one with the tests is their suite as well."""
    rows = spans(records.realistic())
    security, test = told(named(rows, "security").attributes), told(named(rows, "test").attributes)
    assert security["cicd.pipeline.task.run.result"] == "error"
    assert str(security["ratchetry.stage.reason"]).startswith("security.vulnerabilities: ")
    assert (test["cicd.pipeline.task.type"], test["test.suite.run.status"]) == ("test", "failure")
    assert test["cicd.pipeline.task.run.id"] == "9182736455-2/test"
    assert "test.suite.name" not in security


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        ("passed", "pass", Status.STATUS_CODE_UNSET),
        ("flaky", "pass", Status.STATUS_CODE_UNSET),
        ("failed", "fail", Status.STATUS_CODE_ERROR),
        ("error", "fail", Status.STATUS_CODE_ERROR),
        ("skipped", None, Status.STATUS_CODE_UNSET),
    ],
)
def test_tests(outcome: Outcome, status: str | None, code: int) -> None:
    """Outcomes that the conventions do not know keep their own names beside."""
    record = replace(records.empty(), tests=(TestResult(id="a.py::b", outcome=outcome, attempts=2),))
    row = named(spans(record), "a.py::b")
    known = told(row.attributes)
    assert known.get("test.case.result.status") == status
    assert (known["ratchetry.test.outcome"], known["ratchetry.test.attempts"]) == (outcome, 2)
    assert row.status.code == code


def test_many_tests_take_several_documents() -> None:
    """No document has more spans than collectors take, and none is lost."""
    tests = tuple(TestResult(id=f"a.py::t{number}", outcome="passed") for number in range(MOST_SPANS + 5))
    documents = [spans_of(read_traces(encoded(row))) for row in traces(replace(records.empty(), tests=tests))]
    assert [len(rows) for rows in documents] == [MOST_SPANS, 6]


def test_the_same_run_is_the_same_trace() -> None:
    """Sent again, a run attempt keeps its identifiers; another attempt has others."""
    record = records.realistic()
    again = replace(record, run=replace(record.run, attempt=3))
    first, second, other = spans(record)[0], spans(record)[0], spans(again)[0]
    assert (first.trace_id, first.span_id) == (second.trace_id, second.span_id)
    assert first.trace_id != other.trace_id


@pytest.mark.parametrize("started", ["", "yesterday", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_odd_moments(started: str) -> None:
    """A moment that cannot be said is 0, which means unknown; no length exceeds what can be said."""
    record = records.empty()
    run = spans(replace(record, run=replace(record.run, started=started, duration=1e300)))[0]
    assert run.end_time_unix_nano >= run.start_time_unix_nano


@few
@given(hostile)
def test_hostile_names_come_back(record: RunRecord) -> None:
    """Whatever stands in a record, the official types read it, and names are those of the tests."""
    rows = spans(record)
    ids = [str(known["test.case.name"]) for row in rows if "test.case.name" in (known := told(row.attributes))]
    assert ids == [text(test.id) for test in record.tests if test.id]
    assert all(row.name for row in rows)
    assert len({row.span_id for row in rows}) == len(rows)
