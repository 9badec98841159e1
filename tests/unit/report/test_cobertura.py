"""Tests of ratchetry.report.cobertura."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from hypothesis import given

from ratchetry.collect.stage import measured
from ratchetry.domain.record import Finding, RunRecord, StageResult
from ratchetry.errors import NotMeasuredError
from ratchetry.report.cobertura import MOST_LINES, render
from ratchetry.report.markup import legal
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile

RATES: Final = frozenset({"line-rate", "branch-rate", "complexity"})
COUNTS: Final = frozenset({"lines-covered", "lines-valid", "branches-covered", "branches-valid"})
SHAPE: Final[Mapping[str, tuple[tuple[str, ...], frozenset[str]]]] = {
    "coverage": (("sources", "packages"), RATES | COUNTS | {"version", "timestamp"}),
    "sources": (("source",), frozenset()),
    "source": ((), frozenset()),
    "packages": (("package",), frozenset()),
    "package": (("classes",), RATES | {"name"}),
    "classes": (("class",), frozenset()),
    "class": (("methods", "lines"), RATES | {"name", "filename"}),
    "methods": (("method",), frozenset()),
    "lines": (("line",), frozenset()),
    "line": ((), frozenset({"number", "hits"})),
}
"""What coverage-04.dtd declares: each element, its children in their order, and the attributes it must have."""
SEQUENCES: Final = frozenset({"coverage", "package", "class"})
"""Elements that have each of their children once."""


def document(record: RunRecord) -> Element:
    """Return a document, parsed, of the shape that the DTD declares."""
    root = ElementTree.fromstring(render(record))
    assert root.tag == "coverage"
    for row in root.iter():
        children, attributes = SHAPE[row.tag]
        tags = [child.tag for child in row]
        assert set(row.keys()) == attributes
        assert tags == list(children) if row.tag in SEQUENCES else set(tags) <= set(children)
    return root


def covered(*findings: Finding, branches: bool = True) -> RunRecord:
    """Return a record with coverage and findings."""
    metrics = dict([measured("coverage.line", 87.5, "test", n=200)])
    if branches:
        metrics |= [measured("coverage.branch", 50, "test", n=40)]
    return replace(records.realistic(), metrics=metrics, findings=findings)


def uncovered(path: str, first: int, last: int = 0) -> Finding:
    """Return changed lines that no test executes, as the test stage finds them."""
    lines = f"lines {first}-{last} are" if last else f"line {first} is"
    message = f"{lines} not covered by a test"
    return Finding(
        tool="coverage", rule="changed-line-not-covered", severity="info", path=path, line=first, message=message
    )


def test_totals() -> None:
    """The root has the rates and counts of the project."""
    root = document(covered())
    told = {name: root.get(name) for name in COUNTS | {"line-rate", "branch-rate", "timestamp"}}
    assert told == {
        "lines-valid": "200",
        "lines-covered": "175",
        "line-rate": "0.875",
        "branches-valid": "40",
        "branches-covered": "20",
        "branch-rate": "0.5",
        "timestamp": "1773480413000",
    }
    assert document(covered(branches=False)).get("branches-valid") == "0"


def test_changed_lines_without_a_test() -> None:
    """Each file has its lines, in order and once; other findings are none."""
    other = Finding(tool="ruff", rule="F401", severity="low", path="src/pkg/a.py", line=1)
    rows = (uncovered("src/pkg/a.py", 9, 11), uncovered("src/pkg/a.py", 3), uncovered("b.py", 1))
    root = document(covered(*rows, rows[0], other))
    assert [row.get("name") for row in root.iter("package")] == [".", "src.pkg"]
    files = {row.get("filename"): [line.get("number") for line in row.iter("line")] for row in root.iter("class")}
    assert files == {"b.py": ["1"], "src/pkg/a.py": ["3", "9", "10", "11"]}
    assert {line.get("hits") for line in root.iter("line")} == {"0"}


def test_a_flood_of_lines_is_cut() -> None:
    """A finding that claims millions of lines does not become as many elements."""
    claim = replace(uncovered("a.py", 3), message="lines 3-9999999 are not covered by a test")
    assert sum(1 for _ in document(covered(claim, uncovered("b.py", 1))).iter("line")) == MOST_LINES


@pytest.mark.parametrize(
    ("stages", "why"),
    [
        ({}, "the run has no coverage.line"),
        ({"test": StageResult(status="skipped", reason="no tests")}, "no tests"),
        (
            {"test": StageResult(status="not_measured", reason="x", unmeasured={"coverage": "no statement"})},
            "no statement",
        ),
    ],
)
def test_without_coverage_there_is_no_document(stages: dict[str, StageResult], why: str) -> None:
    """A document would have to say 0% or 100%, and either would be made up."""
    with pytest.raises(NotMeasuredError, match=why):
        render(replace(records.empty(), stages=stages))


@few
@given(hostile)
def test_hostile_paths_come_back(record: RunRecord) -> None:
    """Whatever stands in a record, the document has its shape, and paths are those of the findings."""
    rows = tuple(replace(row, tool="coverage") for row in record.findings)
    metrics = {**record.metrics, **dict([measured("coverage.line", 50, "test", n=2)])}
    root = document(replace(record, findings=rows, metrics=metrics))
    assert {row.get("filename") for row in root.iter("class")} == {legal(row.path) for row in rows if row.line}
