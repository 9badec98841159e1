"""Tests of ratchetry.report.findings_by_stage."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from ratchetry.domain.record import Finding, RunRecord, StageResult
from ratchetry.report.findings_by_stage import STAGE_OF, findings_by_stage
from ratchetry.report.sarif import render
from ratchetry.settings import STAGES
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile
from tests.unit.report.test_sarif import VALIDATOR


def test_findings_go_to_the_stage_of_their_tool() -> None:
    """Stages that were measured have their findings, also when these are none; others are left out."""
    record = records.realistic()
    found = findings_by_stage(record)
    assert sorted(found) == ["benchmark", "quality", "test", "validate"]
    assert {row.tool for row in found["quality"].findings} == {"ruff", "mypy"}
    assert {row.tool for row in found["test"].findings} <= {"pytest", "coverage"}
    assert found["benchmark"].findings == ()


def test_tools_belong_to_stages() -> None:
    """Every tool that a real record names as one of a stage belongs to that stage here."""
    assert set(STAGE_OF.values()) <= set(STAGES)
    for name, stage in records.realistic().stages.items():
        assert all(STAGE_OF.get(tool, name) == name for tool in stage.tools)


def test_an_unknown_tool_is_shown_with_the_files() -> None:
    """What a newer ratchetry has found is not lost."""
    finding = Finding(tool="newer", rule="r", severity="high", path="a.py")
    record = replace(records.empty(), stages={"validate": StageResult(status="passed")}, findings=(finding,))
    assert findings_by_stage(record)["validate"].findings == (finding,)


@few
@given(hostile)
def test_hostile_records_are_valid_sarif(record: RunRecord) -> None:
    """Whatever stands in a record, the file is valid and each measured stage has a run in it."""
    found = findings_by_stage(record)
    document = json.loads(render(found))
    VALIDATOR.validate(document)
    assert len(document["runs"]) == len(found)
