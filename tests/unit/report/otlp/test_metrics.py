"""Tests of ratchetry.report.otlp.metrics, read by OpenTelemetry's own types."""

from __future__ import annotations

from hypothesis import given
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_DELTA, Metric

from ratchetry.domain.record import RunRecord
from ratchetry.report.exported import exported
from ratchetry.report.otlp.metrics import DURATION, metrics
from ratchetry.report.otlp.values import encoded, text
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile
from tests.unit.report.otlp.official import metrics_of, read_metrics, told


def known(record: RunRecord) -> dict[str, Metric]:
    """Return the metrics of a run by their names."""
    return metrics_of(read_metrics(encoded(metrics(record))))


def test_a_real_run() -> None:
    """Metrics are gauges at the end of the run, with units of UCUM."""
    found = known(records.realistic())
    (point,) = found["ratchetry.coverage.line"].gauge.data_points
    assert (point.as_double, found["ratchetry.coverage.line"].unit) == (0.879993, "1")
    assert (point.start_time_unix_nano, point.time_unix_nano) == (1773480413 * 10**9, 1773480454800 * 10**6)
    benchmarks = found["ratchetry.benchmark.median"]
    assert benchmarks.unit == "s"
    assert {told(row.attributes)["ratchetry.metric.benchmark"] for row in benchmarks.gauge.data_points} == {
        "speed.test_import",
        "speed.test_parse",
        "speed.test_route[large]",
    }
    outcomes = {
        told(row.attributes)["ratchetry.test.outcome"]: row.as_double
        for row in found["ratchetry.test.outcomes"].gauge.data_points
    }
    assert outcomes["error"] == 1
    assert "ratchetry.security.vulnerabilities.critical" not in found


def test_the_duration_is_a_histogram_of_one_run() -> None:
    """The one metric that the conventions name has the type and attributes that they ask for."""
    duration = known(records.realistic())[DURATION]
    assert duration.unit == "s"
    assert duration.histogram.aggregation_temporality == AGGREGATION_TEMPORALITY_DELTA
    (point,) = duration.histogram.data_points
    assert (point.count, point.sum, list(point.bucket_counts), list(point.explicit_bounds)) == (1, 41.8, [1], [])
    assert told(point.attributes) == {
        "cicd.pipeline.name": ".github/workflows/ci.yml",
        "cicd.pipeline.run.state": "executing",
        "cicd.pipeline.result": "failure",
        "error.type": "gate_failed",
    }


def test_a_run_is_no_time_series() -> None:
    """Neither the run nor its commit is an attribute of metrics."""
    (row,) = read_metrics(encoded(metrics(records.realistic()))).resource_metrics
    resource = told(row.resource.attributes)
    assert resource["vcs.repository.name"] == "acme/parcel"
    assert not {"cicd.pipeline.run.id", "vcs.ref.head.revision", "ratchetry.run.attempt"} & set(resource)


@few
@given(hostile)
def test_hostile_names_come_back(record: RunRecord) -> None:
    """Whatever stands in a record, the official types read it, and attributes are the names."""
    found = known(record)
    for row in exported(record):
        wanted = {f"ratchetry.metric.{key}": text(value) for key, value in row.attributes.items() if value}
        points = found[f"ratchetry.{row.name}"].gauge.data_points
        assert any(told(point.attributes) == wanted and point.as_double == row.value for point in points)
