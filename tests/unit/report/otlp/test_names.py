"""Tests of ratchetry.report.otlp.names against OpenTelemetry's own list of names."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Final

import pytest
from opentelemetry.semconv._incubating.attributes import cicd_attributes, test_attributes
from opentelemetry.semconv.schemas import Schemas

from ratchetry.domain.record import RunRecord
from ratchetry.report.otlp.metrics import metrics
from ratchetry.report.otlp.names import ATTRIBUTES, CASE_STATUSES, RESULTS, SCHEMA, SUITE_STATUSES, TASK_RESULTS
from ratchetry.report.otlp.traces import traces
from ratchetry.report.otlp.values import encoded
from tests.docs.pages import ROOT, table
from tests.unit.report import records
from tests.unit.report.otlp.official import metrics_of, official_names, read_metrics, read_traces, spans_of, told

OWN: Final = "ratchetry."


def used(record: RunRecord) -> set[str]:
    """Return every attribute and metric that a run is exported with."""
    requests = [read_traces(encoded(document)) for document in traces(record)]
    measured = read_metrics(encoded(metrics(record)))
    owners = [span for request in requests for span in spans_of(request)]
    resources = [row.resource for request in requests for row in request.resource_spans]
    names = {key for owner in (*owners, *resources) for key in told(owner.attributes)}
    for name, metric in metrics_of(measured).items():
        points = (*metric.gauge.data_points, *metric.histogram.data_points)
        names |= {name, *(key for point in points for key in told(point.attributes))}
    return names


def test_every_name_is_theirs_or_in_our_namespace() -> None:
    """Nothing is called as if it were a convention that does not exist."""
    names = used(records.realistic())
    assert {name for name in names if not name.startswith(OWN)} <= official_names()
    assert len(names) > 50
    assert SCHEMA in {schema.value for schema in Schemas}


def test_the_mapping_is_what_is_written() -> None:
    """Every attribute of the mapping is used, for a field that the record has."""
    record = records.realistic()
    assert set(ATTRIBUTES.values()) <= used(record)
    for field in ATTRIBUTES:
        assert _has(record, field.replace("[]", ".0").split(".")), field


@pytest.mark.parametrize(
    ("module", "kind", "values"),
    [
        (cicd_attributes, "CicdPipelineResultValues", set(RESULTS.values())),
        (cicd_attributes, "CicdPipelineTaskRunResultValues", set(TASK_RESULTS.values())),
        (test_attributes, "TestSuiteRunStatusValues", set(SUITE_STATUSES.values())),
        (test_attributes, "TestCaseResultStatusValues", set(CASE_STATUSES.values())),
    ],
)
def test_values_are_those_of_the_conventions(module: ModuleType, kind: str, values: set[str]) -> None:
    """Where the conventions list the values of an attribute, no other is written."""
    assert values <= {member.value for member in getattr(module, kind)}


def test_the_page_has_the_mapping() -> None:
    """The page maps fields to attributes as the code does, and names our own others."""
    rows = table("docs/exports.md", "field of the record", "attribute")
    assert {row[0].strip("`"): row[1].strip("`") for row in rows} == dict(ATTRIBUTES)
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    of_families = {f"{OWN}metric.{key}" for key in ("benchmark", "score_metric", "stage", "name", "unit")}
    own = {name for name in used(records.realistic()) if name.startswith(OWN)} - of_families
    assert {name for name in own if f"`{name}`" not in page} == set()
    assert {*re.findall(r"`((?:cicd|vcs|test)\.[a-z._]+[a-z])`", page)} - official_names() <= {
        "test.case",
        "cicd.worker",
    }


def _has(value: object, path: list[str]) -> bool:
    """Tell whether a path of fields leads somewhere in a record."""
    if not path:
        return True
    head, *rest = path
    if isinstance(value, tuple):
        return bool(value) and _has(value[0], rest)
    if head == "*" and isinstance(value, dict):
        return bool(value) and _has(next(iter(value.values())), rest)
    return is_dataclass(value) and head in {row.name for row in fields(value)} and _has(getattr(value, head), rest)
