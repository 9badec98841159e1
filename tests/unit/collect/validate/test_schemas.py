"""Workflow and action files against GitHub's schemas."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.schemas import parse_report, plan_schemas, schema_findings
from ratchetry.domain.record import Finding
from ratchetry.errors import ReportError

DATA = Path(__file__).parents[3] / "data"
VERSIONS = ("0.31.0", "0.39.0")


def findings(version: str, name: str) -> dict[str, list[Finding]]:
    """Return the findings of a real report by file."""
    report = parse_report((DATA / f"check-jsonschema-{version}" / name).read_bytes(), "github-workflows")
    rows: dict[str, list[Finding]] = {}
    for finding in schema_findings(report, ()):
        rows.setdefault(finding.path, []).append(finding)
    return rows


def test_plan() -> None:
    """Each schema that has files here gets one command over them; a name cannot pass for an option."""
    files = (".github/workflows/a.yml", ".github/workflows/deep/b.yml", ".github/actions/x/action.yaml", "action.yml")
    workflows, actions = plan_schemas((*files, "config/action.yml", "a.yml"), "/own/python")
    assert workflows.argv[-2:] == ("--", ".github/workflows/a.yml")
    assert actions.argv[-3:] == ("--", ".github/actions/x/action.yaml", "action.yml")
    assert workflows.argv[:3] == ("/own/python", "-m", "check_jsonschema")
    assert plan_schemas(("a.yml",), "/own/python") == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_workflows(version: str) -> None:
    """A mismatch is named by its deepest cause; what GitHub takes all the same is a warning."""
    rows = findings(version, "workflows.json")
    (alternatives,) = rows[".github/workflows/alternatives.yml"]
    (branch,) = rows[".github/workflows/branch.yml"]
    (unparsable,) = rows[".github/workflows/unparsable.yml"]
    assert alternatives.severity == "high"
    assert alternatives.message.startswith("$.jobs.test.steps[0]: ")
    assert branch.severity == "low"
    assert branch.message.startswith("$.on.push.branches: 'main' is not of type 'array'")
    assert unparsable.severity == "high"
    assert {finding.tool for rows_of in rows.values() for finding in rows_of} == {"check-jsonschema"}


@pytest.mark.parametrize("version", VERSIONS)
def test_actions(version: str) -> None:
    """A composite step without a shell and a missing description are errors, a default of false is a warning."""
    rows = findings(version, "actions.json")["action.yml"]
    assert [(row.severity, row.message.partition(":")[0]) for row in rows] == [
        ("low", "$.inputs.quick.default"),
        ("high", "$.runs.steps[0]"),
        ("high", "$"),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_ok(version: str) -> None:
    """A report without mismatches has no findings."""
    assert findings(version, "workflows-ok.json") == {}


def test_known_unparsable() -> None:
    """A file that is known to be unparsable is not reported again."""
    report = parse_report((DATA / "check-jsonschema-0.39.0/workflows.json").read_bytes(), "github-workflows")
    paths = {finding.path for finding in schema_findings(report, {".github/workflows/unparsable.yml"})}
    assert ".github/workflows/unparsable.yml" not in paths


def report_of(**row: object) -> bytes:
    """Return a report of one mismatch."""
    mismatch = {"filename": "a.yml", "path": "$.on", "message": "x", **row}
    return json.dumps({"status": "fail", "errors": [mismatch]}).encode()


def test_accepted_only_without_other_causes() -> None:
    """A filter that GitHub takes does not excuse another mismatch beside it."""
    filtered = {"path": "$.on.push.branches", "message": "'main' is not of type 'array'"}
    other = {"path": "$.on.pull_request", "message": "Additional properties are not allowed ('x' was unexpected)"}
    for sub_errors, severity in (([filtered], "low"), ([filtered, other], "high"), ([other], "high")):
        report = parse_report(report_of(sub_errors=sub_errors), "x")
        assert [row.severity for row in schema_findings(report, ())] == [severity]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"NaN",
        b'{"status": "ok"}',
        b'{"status": "odd", "errors": []}',
        b'{"status": "fail", "errors": [], "parse_errors": []}',
        b'{"status": "ok", "errors": [{"filename": "a", "path": "$", "message": "m"}]}',
        b'{"status": "fail", "errors": [{"filename": 1, "path": "$", "message": "m"}]}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_malformed(data: bytes) -> None:
    """A report that is malformed or contradicts itself names the command."""
    with pytest.raises(ReportError, match="github-actions"):
        parse_report(data, "github-actions")


@given(st.binary(max_size=100))
def test_any_bytes(data: bytes) -> None:
    """Any bytes are a report or a ReportError."""
    with pytest.raises(ReportError):
        parse_report(data, "x")


@given(st.data())
def test_truncated(data: st.DataObject) -> None:
    """A real report that was cut or changed in one byte is a report or a ReportError."""
    real = bytearray((DATA / "check-jsonschema-0.39.0/actions.json").read_bytes())
    real[data.draw(st.integers(0, len(real) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(real[: data.draw(st.integers(0, len(real)))])
    with suppress(ReportError):
        assert schema_findings(parse_report(cut, "x"), ())


@given(
    st.dictionaries(
        st.sampled_from(["status", "errors", "parse_errors", "x"]),
        st.sampled_from(["ok", "fail", 1, None, [], [{}], [{"filename": "a", "path": "$", "message": "m"}]]),
    )
)
def test_any_json(document: dict[str, object]) -> None:
    """Any JSON is a report or a ReportError."""
    try:
        report = parse_report(json.dumps(document).encode(), "x")
    except ReportError:
        return
    assert (report.status == "ok") == (schema_findings(report, ()) == ())
