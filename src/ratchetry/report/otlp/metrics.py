"""A run as metrics: the duration that OpenTelemetry has a name for, and gauges of our own.

https://opentelemetry.io/docs/specs/semconv/cicd/cicd-metrics/.  The run itself is no attribute of them: each would
make time series of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.record import RunRecord
from ratchetry.report.exported import NAMESPACE, exported
from ratchetry.report.otlp.names import RESULTS, pipeline_name
from ratchetry.report.otlp.values import Json, Value, after, attributes, enveloped, resource, started_at

DURATION: Final = "cicd.pipeline.run.duration"
_DELTA: Final = 1
_UNITS: Final = {"seconds": "s", "ratio": "1", "": "1"}


def metrics(record: RunRecord) -> Json:
    """Return the document of the metrics of a run; what was not measured is not in it."""
    heads: dict[str, Json] = {}
    points: dict[str, list[Json]] = {}
    for name, unit, what, point in _points(record):
        heads.setdefault(name, {"name": name, "description": what, "unit": unit})
        points.setdefault(name, []).append(point)
    gauges = [{**head, "gauge": {"dataPoints": points[name]}} for name, head in heads.items()]
    where = resource(record, {})
    return enveloped("resourceMetrics", "scopeMetrics", where, "metrics", [_duration(record), *gauges])


def _points(record: RunRecord) -> Iterator[tuple[str, str, str, Json]]:
    """Yield the name, unit and meaning of each number, and the number."""
    for metric in exported(record):
        named = {f"{NAMESPACE}.metric.{key}": value for key, value in metric.attributes.items()}
        unit = _UNITS[metric.unit]
        yield f"{NAMESPACE}.{metric.name}", unit, metric.what, _point(record, metric.value, named)
    if record.tests:
        for outcome, count in sorted(Counter(test.outcome for test in record.tests).items()):
            point = _point(record, count, {"ratchetry.test.outcome": outcome})
            yield "ratchetry.test.outcomes", "{test}", "Tests in the record by how they ended.", point
    for (tool, severity), count in sorted(Counter((row.tool, row.severity) for row in record.findings).items()):
        point = _point(record, count, {"ratchetry.finding.tool": tool, "ratchetry.finding.severity": severity})
        yield "ratchetry.findings", "{finding}", "Findings in the record by tool and severity.", point
    for gate in record.gates:
        if gate.margin is not None:
            named = {"ratchetry.gate.metric": gate.metric, "ratchetry.gate.kind": gate.kind}
            what = "How far a metric, in its own unit, is from its bound: negative beyond it."
            yield "ratchetry.gate.margin", "1", what, _point(record, gate.margin, named)


def _point(record: RunRecord, value: float, values: Mapping[str, Value | None]) -> Json:
    """Return one number, at the end of the run."""
    return {**_times(record), "attributes": attributes(values), "asDouble": float(value)}


def _duration(record: RunRecord) -> Json:
    """Return how long the run took, as the histogram of one run that it is."""
    result = RESULTS[record.verdict]
    kind = "gate_failed" if record.verdict == "fail" else record.verdict
    values: Mapping[str, Value | None] = {
        "cicd.pipeline.name": pipeline_name(record),
        "cicd.pipeline.run.state": "executing",
        "cicd.pipeline.result": result,
        "error.type": kind if result != "success" else None,
    }
    point = {
        **_times(record),
        "attributes": attributes(values),
        "count": "1",
        "sum": record.run.duration,
        "min": record.run.duration,
        "max": record.run.duration,
        "bucketCounts": ["1"],
        "explicitBounds": [],
    }
    histogram = {"dataPoints": [point], "aggregationTemporality": _DELTA}
    return {"name": DURATION, "description": "The wall time of a run.", "unit": "s", "histogram": histogram}


def _times(record: RunRecord) -> Json:
    """Return the start and the end of the run."""
    start = started_at(record)
    return {"startTimeUnixNano": str(start), "timeUnixNano": str(after(start, record.run.duration))}
