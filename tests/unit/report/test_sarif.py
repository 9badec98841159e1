"""Tests of ratchetry.report.sarif."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from hypothesis import given

from ratchetry.domain.record import Finding, Fragment, RunRecord, StageResult
from ratchetry.report.sarif import MOST_BYTES, MOST_RESULTS, render
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile

SCHEMA: Final = json.loads(
    (Path(__file__).parents[2] / "data" / "sarif-2.1.0" / "schema.json").read_text(encoding="utf-8")
)
VALIDATOR: Final = jsonschema.Draft4Validator(SCHEMA)


def fragment(*findings: Finding) -> Fragment:
    """Return the fragment of a stage with findings."""
    return Fragment(stages={"quality": StageResult(status="passed")}, findings=findings)


def finding(**changes: object) -> Finding:
    """Return a finding."""
    told = {"tool": "ruff", "rule": "F401", "severity": "low", "path": "src/a.py", "line": 3, "message": "unused"}
    return Finding(**{**told, "fingerprint": "0123456789abcdef", **changes})  # type: ignore[arg-type]  # a wrong field fails


def run_of(fragments: Mapping[str, Fragment], *, prefix: str = "") -> dict[str, list[dict[str, object]]]:
    """Return the one run of a valid file."""
    document = json.loads(render(fragments, prefix=prefix))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_the_schema_refuses_what_is_wrong() -> None:
    """The vendored schema is not one that lets everything pass."""
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_findings_of_a_real_run() -> None:
    """The findings of a run are valid SARIF, the worst first, failing tests left aside."""
    record = records.realistic()
    run = run_of({"quality": fragment(*record.findings)})
    order = ["error", "warning", "note"]
    levels = [order.index(str(result["level"])) for result in run["results"]]
    assert levels == sorted(levels)
    assert not any(str(result["ruleId"]).startswith("pytest/") for result in run["results"])
    known = {rule["id"] for rule in json.loads(json.dumps(run))["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == known


def test_one_finding() -> None:
    """A finding says where it is, and keeps its identity when lines move."""
    (result,) = run_of({"quality": fragment(finding())}, prefix="packages/a core")["results"]
    assert result == {
        "ruleId": "ruff/F401",
        "level": "note",
        "message": {"text": "unused"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "packages/a%20core/src/a.py", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3},
                }
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": "0123456789abcdef:1"},
    }


def test_stages_have_categories_of_their_own() -> None:
    """What one stage found is replaced by that stage alone; one without findings says so."""
    document = json.loads(
        render({"security": fragment(finding(tool="bandit", severity="high")), "quality": fragment()})
    )
    VALIDATOR.validate(document)
    assert [run["automationDetails"]["id"] for run in document["runs"]] == ["ratchetry/quality/", "ratchetry/security/"]
    assert [len(run["results"]) for run in document["runs"]] == [0, 1]
    (rule,) = document["runs"][1]["tool"]["driver"]["rules"]
    assert rule["properties"] == {"tags": ["bandit", "security"], "security-severity": "8.0"}


def test_nothing_measured_is_a_valid_file() -> None:
    """Without any stage there is no run, so that no alert is taken for fixed."""
    document = json.loads(render({}))
    VALIDATOR.validate(document)
    assert document["runs"] == []


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x.py", "a/../../x", ".", ".."])
def test_a_finding_without_a_place_is_counted(path: str) -> None:
    """GitHub asks for a place in the repository; what has none is left out and said."""
    run = run_of({"quality": fragment(finding(path=path), finding(path="a.py"))})
    assert len(run["results"]) == 1
    assert "1 finding without a place" in json.dumps(run["invocations"])


def test_floods_are_cut() -> None:
    """More than GitHub takes is cut from the end of the worst-first list, in number and in bytes."""
    many = tuple(finding(path=f"{row}.py", severity="info") for row in range(MOST_RESULTS + 5))
    run = run_of_many(fragment(*many, finding(path="worst.py", severity="critical")))
    assert len(run["results"]) == MOST_RESULTS
    assert "worst.py" in json.dumps(run["results"][0])
    large = tuple(finding(path=f"{row}.py", message=os.urandom(500).hex()) for row in range(20_000))
    data = render({"quality": fragment(*large)})
    assert len(data) < MOST_BYTES + 100_000
    assert len(gzip.compress(data)) < 10_000_000


def run_of_many(flood: Fragment) -> dict[str, list[dict[str, object]]]:
    """Return the one run of a file that is too large to validate in a test."""
    (run,) = json.loads(render({"quality": flood}))["runs"]
    assert isinstance(run, dict)
    return run


@few
@given(hostile)
def test_hostile_findings_are_valid(record: RunRecord) -> None:
    """Whatever tools and paths are called, the file is valid and has no embedded links."""
    document = json.loads(render({"quality": fragment(*record.findings)}))
    VALIDATOR.validate(document)
    for run in document["runs"]:
        for result in run["results"]:
            assert "](" not in result["message"]["text"].replace("\\]", "")
