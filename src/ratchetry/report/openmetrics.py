"""A run as OpenMetrics text: gauges, which Prometheus scrapes and older readers of its format take as well.

https://prometheus.io/docs/specs/om/open_metrics_spec/; without time stamps, which the readers of text files refuse.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from ratchetry.domain.moment import DAY, days_of
from ratchetry.domain.record import Outcome, RunRecord, Status, Verdict
from ratchetry.report.exported import NAMESPACE, exported
from ratchetry.report.view import unmeasured

Labels = Mapping[str, str]

MEDIA_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One number: its family, what the family is and its unit, and the labels that tell it apart."""

    family: str
    value: float
    what: str
    unit: str = ""
    labels: Labels


def render(record: RunRecord) -> bytes:
    """Return the numbers of a run; what was not measured has no number, but is named."""
    common = {"repository": record.run.repository, "branch": record.run.branch}
    families: dict[str, list[str]] = {}
    seen: set[str] = set()
    for sample in _samples(record):
        name = "_".join(part for part in (NAMESPACE, sample.family.replace(".", "_"), sample.unit) if part)
        key = f"{name}{_labels({**common, **sample.labels})}"
        if key not in seen:
            seen.add(key)
            families.setdefault(name, _head(name, sample)).append(f"{key} {_number(sample.value)}")
    lines = [line for family in families.values() for line in family]
    return "\n".join([*lines, "# EOF", ""]).encode("utf-8")


def _samples(record: RunRecord) -> Iterator[Sample]:
    """Yield the numbers of a run: the run itself, its metrics, then what is counted."""
    yield from _run(record)
    for metric in exported(record):
        yield Sample(
            family=metric.name, value=metric.value, what=metric.what, unit=metric.unit, labels=metric.attributes
        )
    yield from _states(record)
    yield from _counts(record)
    for row in unmeasured(record):
        yield Sample(family="unmeasured", value=1, what="Something that was not measured.", labels={"what": row.what})


def _run(record: RunRecord) -> Iterator[Sample]:
    """Yield what a run is."""
    run = record.run
    facts = {
        "run_id": run.run_id,
        "attempt": str(run.attempt),
        "event": run.event,
        "workflow": run.workflow,
        "commit": run.commit,
        "pull_request": "" if run.pull_request is None else str(run.pull_request),
        "os": run.runner.os,
        "cpu_model": run.runner.cpu_model,
        "python": run.runner.python,
        "version": record.ratchetry,
    }
    yield Sample(family="run.info", value=1, what="The run, its commit and its machine.", labels=facts)
    days = days_of(run.started)
    if days is not None:
        what = "When the run started, in seconds since 1970."
        yield Sample(family="run.start.time", value=round(days * DAY, 6), what=what, unit="seconds", labels={})
    what = "The wall time of the run."
    yield Sample(family="run.duration", value=run.duration, what=what, unit="seconds", labels={})


def _states(record: RunRecord) -> Iterator[Sample]:
    """Yield verdicts and statuses: 1 for the one that holds, 0 for the others."""
    verdicts: tuple[Verdict, ...] = get_args(Verdict)
    for verdict in verdicts:
        what = "The verdict of the run: 1 for the one it has."
        yield Sample(family="run.verdict", value=record.verdict == verdict, what=what, labels={"verdict": verdict})
    for name, stage in sorted(record.stages.items()):
        what = "How a stage ended: 1 for the one that holds."
        for status in get_args(Status):
            labels = {"stage": name, "status": str(status)}
            yield Sample(family="stage.status", value=stage.status == status, what=what, labels=labels)
    for gate in record.gates:
        labels = {"metric": gate.metric, "kind": gate.kind}
        for verdict in verdicts:
            what = "The verdict of a gate: 1 for the one it has."
            told = {**labels, "verdict": verdict}
            yield Sample(family="gate.verdict", value=gate.verdict == verdict, what=what, labels=told)
    for gate in record.gates:
        if gate.margin is not None:
            what = "How far a metric, in its own unit, is from its bound: negative beyond it."
            labels = {"metric": gate.metric, "kind": gate.kind}
            yield Sample(family="gate.margin", value=gate.margin, what=what, labels=labels)


def _counts(record: RunRecord) -> Iterator[Sample]:
    """Yield how many tests ended in which way, and how many findings each tool has."""
    if record.tests:
        outcomes = Counter(test.outcome for test in record.tests)
        for outcome in get_args(Outcome):
            what = "Tests in the record by how they ended."
            labels = {"outcome": str(outcome)}
            yield Sample(family="test.outcomes", value=outcomes[outcome], what=what, labels=labels)
    found = Counter((row.tool, row.severity) for row in record.findings)
    for (tool, severity), count in sorted(found.items()):
        what = "Findings in the record by tool and severity."
        yield Sample(family="findings", value=count, what=what, labels={"tool": tool, "severity": severity})


def _head(name: str, sample: Sample) -> list[str]:
    """Return what stands before the samples of a family."""
    unit = [f"# UNIT {name} {sample.unit}"] if sample.unit else []
    return [f"# TYPE {name} gauge", *unit, f"# HELP {name} {_escaped(sample.what)}"]


def _labels(labels: Labels) -> str:
    """Return labels as they follow a name."""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(text: str) -> str:
    """Return a text for between quotes: a reader gives it back, but for what UTF-8 cannot say."""
    told = text.encode("utf-8", "replace").decode("utf-8")
    return told.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    """Return a number, whole ones without a fraction."""
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 2**53 else repr(value)
