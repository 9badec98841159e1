"""Tests of ratchetry.report.openmetrics, read by Prometheus' own Python client."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Final

from hypothesis import given
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.parser import text_string_to_metric_families as read_older

from ratchetry.domain.record import RunRecord
from ratchetry.report.exported import exported
from ratchetry.report.openmetrics import render
from tests.docs.pages import table
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile

OPENMETRICS: Final[ModuleType] = import_module("prometheus_client.openmetrics.parser")


def families(record: RunRecord) -> dict[str, Family]:
    """Return the families of a document by their names."""
    read = OPENMETRICS.text_string_to_metric_families
    return {family.name: family for family in read(render(record).decode("utf-8"))}


def value(record: RunRecord, family: str, **labels: str) -> float:
    """Return the one sample of a family with these labels."""
    samples = families(record)[family].samples
    (found,) = (row.value for row in samples if labels.items() <= row.labels.items())
    return float(found)


def legal(text: str) -> str:
    """Return a text as UTF-8 can say it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def test_a_real_run() -> None:
    """Metrics, counts and states are there, with their units."""
    record = records.realistic()
    assert value(record, "ratchetry_coverage_line_ratio") == 0.879993
    assert value(record, "ratchetry_tests_collected") == 1204
    assert value(record, "ratchetry_test_outcomes", outcome="error") == 1
    assert value(record, "ratchetry_findings", tool="bandit", severity="medium") == 2
    assert value(record, "ratchetry_run_verdict", verdict="fail") == 1
    assert value(record, "ratchetry_run_verdict", verdict="pass") == 0
    assert value(record, "ratchetry_stage_status", stage="security", status="not_measured") == 1
    assert value(record, "ratchetry_gate_margin", metric="types.errors") == -3
    assert value(record, "ratchetry_run_start_time_seconds") == 1773480413
    assert value(record, "ratchetry_run_info", run_id="9182736455", attempt="2") == 1
    assert families(record)["ratchetry_coverage_line_ratio"].unit == "ratio"


def test_what_was_not_measured_has_no_number() -> None:
    """It is no zero, and it is named."""
    record = records.realistic()
    assert "ratchetry_security_vulnerabilities_critical" not in families(record)
    assert value(record, "ratchetry_unmeasured", what="security.vulnerabilities") == 1
    nothing = families(records.empty())
    assert value(records.empty(), "ratchetry_run_verdict", verdict="not_measured") == 1
    assert not {"ratchetry_test_outcomes", "ratchetry_findings", "ratchetry_run_start_time_seconds"} & set(nothing)


def test_the_older_format_is_satisfied() -> None:
    """Readers of the text format before OpenMetrics find the same families, all of them gauges."""
    record = records.realistic()
    older = {family.name: family for family in read_older(render(record).decode("utf-8"))}
    assert set(older) == set(families(record))
    assert {family.type for family in older.values()} == {"gauge"}


def test_it_ends_as_it_must() -> None:
    """A reader can tell a whole document from one that was cut."""
    assert render(records.empty()).endswith(b"\n# EOF\n")


def test_the_page_has_every_family() -> None:
    """The table of the page names the families that are no metrics, with their labels."""
    record = records.realistic()
    rows = {row[0].strip("`"): row[1] for row in table("docs/exports.md", "family", "further labels")}
    metrics = {
        f"ratchetry_{row.name.replace('.', '_')}{f'_{row.unit}' if row.unit else ''}" for row in exported(record)
    }
    found = families(record)
    assert set(rows) == set(found) - metrics
    for name, labels in rows.items():
        keys = set(found[name].samples[0].labels) - {"repository", "branch"}
        assert {word.strip(" `") for word in labels.split(",")} - {""} == keys


@few
@given(hostile)
def test_hostile_names_come_back(record: RunRecord) -> None:
    """Whatever stands in a record, the document can be read, and its labels are the names."""
    found = families(record)
    for row in exported(record):
        family = found[f"ratchetry_{row.name.replace('.', '_')}{f'_{row.unit}' if row.unit else ''}"]
        wanted = {key: legal(text) for key, text in row.attributes.items()}
        assert any(wanted.items() <= sample.labels.items() for sample in family.samples)
    (info,) = found["ratchetry_run_info"].samples
    assert info.labels["workflow"] == legal(record.run.workflow)
    for family in found.values():
        told = Counter(tuple(sorted(sample.labels.items())) for sample in family.samples)
        assert max(told.values()) == 1


def test_numbers_are_exact() -> None:
    """A number is read back as it is in the record, however large or small."""
    record = records.realistic()
    metric = record.metrics["complexity.mean"]
    for number in (1e308, -1e308, 5e-324, 0.1, 2.0**60, -0.0, 3.0):
        changed = replace(record, metrics={"complexity.mean": replace(metric, value=number)})
        assert value(changed, "ratchetry_complexity_mean") == number
