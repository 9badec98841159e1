"""A run as a trace: a span for the pipeline, one for each stage in it, and one for each test in the test stage.

https://opentelemetry.io/docs/specs/semconv/cicd/cicd-spans/.  A record has the start of the run alone, and the
durations of all: so every span begins when the run did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ratchetry.domain.record import RunRecord, StageResult, TestResult
from ratchetry.report.otlp.names import CASE_STATUSES, RESULTS, SUITE_STATUSES, TASK_RESULTS, pipeline_name
from ratchetry.report.otlp.values import Json, Value, after, attributes, enveloped, resource, started_at, text
from ratchetry.report.text import clip_middle

MOST_SPANS: Final = 2000
"""In one document; further ones hold the rest."""
_INTERNAL: Final = 1
_SERVER: Final = 2
_ERROR: Final = 2
_NAME: Final = 200
_TEST_STAGE: Final = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which span it is: of which trace, and below which other one."""

    trace: str
    own: str
    parent: str = ""


def traces(record: RunRecord) -> Iterator[Json]:
    """Yield the documents of the trace of a run, the same identifiers for the same run attempt."""
    where = _resource(record)
    spans = _spans(record)
    while rows := list(islice(spans, MOST_SPANS)):
        yield enveloped("resourceSpans", "scopeSpans", where, "spans", rows)


def trace_id(record: RunRecord) -> str:
    """Return the identifier of the trace of a run attempt."""
    return _digest("trace", record.run.repository, record.run.run_id, str(record.run.attempt), size=16)


def _spans(record: RunRecord) -> Iterator[Json]:
    """Yield the spans: the run, then the stages, then the tests."""
    trace, start = trace_id(record), started_at(record)
    root = Identity(trace=trace, own=_digest(trace, "run", size=8))
    name = f"RUN {pipeline_name(record)}"
    yield _span(root, name, (start, record.run.duration), _of_run(record), kind=_SERVER)
    for name, stage in sorted(record.stages.items()):
        own = Identity(trace=trace, own=_digest(trace, "stage", name, size=8), parent=root.own)
        yield _span(own, name, (start, stage.duration), _of_stage(record, name, stage), kind=_SERVER)
    parent = _digest(trace, "stage", _TEST_STAGE, size=8) if _TEST_STAGE in record.stages else root.own
    for number, test in enumerate(record.tests):
        own = Identity(trace=trace, own=_digest(trace, "test", str(number), test.id, size=8), parent=parent)
        yield _span(own, test.id, (start, test.duration), _of_test(test), kind=_INTERNAL)


def _span(
    identity: Identity, name: str, when: tuple[int, float], values: Mapping[str, Value | None], *, kind: int
) -> Json:
    """Return a span: which one it is, its name, its start and length, its attributes and its kind."""
    start, seconds = when
    return {
        "traceId": identity.trace,
        "spanId": identity.own,
        **({"parentSpanId": identity.parent} if identity.parent else {}),
        "name": clip_middle(text(name), _NAME) or "unnamed",
        "kind": kind,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(after(start, seconds)),
        "attributes": attributes(values),
        "status": {"code": _ERROR} if "error.type" in values else {},
    }


def _of_run(record: RunRecord) -> Mapping[str, Value | None]:
    """Return the attributes of a run."""
    result = RESULTS[record.verdict]
    return {
        "cicd.pipeline.action.name": "RUN",
        "cicd.pipeline.result": result,
        "ratchetry.run.verdict": record.verdict,
        **_error(result, "gate_failed" if record.verdict == "fail" else record.verdict),
    }


def _of_stage(record: RunRecord, name: str, stage: StageResult) -> Mapping[str, Value | None]:
    """Return the attributes of a stage."""
    result = TASK_RESULTS[stage.status]
    suite = {"test.suite.name": name, "test.suite.run.status": SUITE_STATUSES[stage.status]}
    is_test = name == _TEST_STAGE
    return {
        "cicd.pipeline.task.name": name,
        "cicd.pipeline.task.run.id": f"{record.run.run_id}-{record.run.attempt}/{name}",
        "cicd.pipeline.task.run.result": result,
        "cicd.pipeline.task.type": "test" if is_test else None,
        **(suite if is_test else {}),
        "ratchetry.stage.reason": stage.reason,
        "ratchetry.stage.cached": stage.cached,
        **_error(result, stage.status),
    }


def _of_test(test: TestResult) -> Mapping[str, Value | None]:
    """Return the attributes of a test."""
    status = CASE_STATUSES.get(test.outcome)
    return {
        "test.case.name": test.id,
        "test.case.result.status": status,
        "ratchetry.test.outcome": test.outcome,
        "ratchetry.test.attempts": test.attempts,
        "ratchetry.test.signature": test.signature,
        **({"error.type": test.outcome} if status == "fail" else {}),
    }


def _error(result: str, kind: str) -> Mapping[str, Value | None]:
    """Return what went wrong, where something did."""
    return {"error.type": kind} if result in {"failure", "error"} else {}


def _resource(record: RunRecord) -> Json:
    """Return where the spans come from: one run of a pipeline, and its machine."""
    run = record.run
    return resource(
        record,
        {
            "cicd.pipeline.run.id": run.run_id,
            "vcs.ref.head.revision": run.commit,
            "vcs.ref.base.revision": run.base_commit,
            "os.description": run.runner.os,
            "host.cpu.model.name": run.runner.cpu_model,
            "process.runtime.version": run.runner.python,
            "ratchetry.worker.cores": run.runner.cores or None,
            "ratchetry.run.attempt": run.attempt,
            "ratchetry.run.event": run.event,
            "ratchetry.run.dirty": run.dirty,
        },
    )


def _digest(*parts: str, size: int) -> str:
    """Return a name for some texts, in hexadecimal digits, that is never all zeros."""
    data = "\0".join(parts).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(data, digest_size=size).hexdigest()
