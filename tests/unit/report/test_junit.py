"""Tests of ratchetry.report.junit."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from hypothesis import given

from ratchetry.collect.test.junit_report import read_junit
from ratchetry.domain.record import Failure, Outcome, RunRecord, StageResult, TestResult
from ratchetry.report.junit import MOST_RERUNS, place_of, render
from ratchetry.report.markup import legal
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile

MEASURED = {"test": StageResult(status="passed")}


def document(record: RunRecord) -> Element:
    """Return a document, parsed."""
    return ElementTree.fromstring(render(record))


def only(*tests: TestResult, failures: tuple[Failure, ...] = ()) -> RunRecord:
    """Return a record of some tests."""
    return replace(records.empty(), stages=MEASURED, tests=tests, failures=failures)


def ids(root: Element) -> list[str]:
    """Return the identifiers of the tests in a document."""
    return [row.get("value", "") for row in root.iterfind(".//property[@name='ratchetry.id']")]


def test_a_real_run_is_told_whole() -> None:
    """The totals are those of the record, and every test is in the suite of its file."""
    record = records.realistic()
    root = document(record)
    assert root.tag == "testsuites"
    assert root.get("tests") == "1204"
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("4", "1", "7")
    assert sorted(ids(root)) == sorted(test.id for test in record.tests)
    for suite in root.iterfind("testsuite"):
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert {case.get("file") for case in suite.iterfind("testcase")} == {suite.get("name")}


@pytest.mark.parametrize(
    ("identifier", "place"),
    [
        ("tests/test_a.py::test_b", ("tests/test_a.py", "tests.test_a", "test_b")),
        ("tests/test_a.py::TestC::test_b[x::y/z.py]", ("tests/test_a.py", "tests.test_a.TestC", "test_b[x::y/z.py]")),
        ("test_a.py::TestC::TestD::test_b", ("test_a.py", "test_a.TestC.TestD", "test_b")),
        ("no file", ("", "", "no file")),
        ("", ("", "", "")),
    ],
)
def test_places_are_those_of_pytest(identifier: str, place: tuple[str, str, str]) -> None:
    """A test has the class name and the name that pytest's own report gives it."""
    assert place_of(identifier) == place


@pytest.mark.parametrize(
    ("outcome", "attempts", "tags"),
    [
        ("passed", 1, []),
        ("passed", 3, []),
        ("skipped", 1, ["skipped"]),
        ("failed", 1, ["failure"]),
        ("failed", 3, ["failure", "rerunFailure", "rerunFailure"]),
        ("error", 2, ["error", "rerunFailure"]),
        ("flaky", 3, ["flakyFailure", "flakyFailure"]),
        ("flaky", 1, ["flakyFailure"]),
        ("flaky", 10**6, ["flakyFailure"] * MOST_RERUNS),
    ],
)
def test_outcomes(outcome: Outcome, attempts: int, tags: list[str]) -> None:
    """A flaky test has its failed attempts and no failure; a failing one has all."""
    root = document(only(TestResult(id="test_a.py::test_b", outcome=outcome, attempts=attempts)))
    (case,) = root.iterfind(".//testcase")
    assert [row.tag for row in case if row.tag != "properties"] == tags


def test_evidence() -> None:
    """A failure has its evidence, its category, and the first line of it as message."""
    failure = Failure(signature="s", category="assertion", evidence="\nassert 1 == 2\n::error::x\n")
    (row,) = document(
        only(TestResult(id="test_a.py::test_b", outcome="failed", signature="s"), failures=(failure,))
    ).iterfind(".//failure")
    assert (row.get("message"), row.get("type")) == ("assert 1 == 2", "assertion")
    assert row.text == "\nassert 1 == 2\n\\x3a:error::x"


@pytest.mark.parametrize(
    "stages",
    [
        {},
        {"test": StageResult(status="not_measured", reason="pytest was not found")},
        {"test": StageResult(status="skipped", reason="there are no tests")},
        {"test": StageResult(status="not_measured", reason="tests: x", unmeasured={"tests": "pytest crashed"})},
    ],
)
def test_what_was_not_measured_is_an_error(stages: dict[str, StageResult]) -> None:
    """No reader takes a run without tests for one without failures."""
    root = document(replace(records.empty(), stages=stages))
    assert (root.get("tests"), root.get("errors")) == ("1", "1")
    (error,) = root.iterfind(".//error")
    assert str(error.get("message")).startswith("not measured: ")


def test_tests_without_coverage_are_measured() -> None:
    """What else the stage could not measure is no error of the tests."""
    stage = StageResult(status="not_measured", reason="coverage: x", unmeasured={"coverage": "x"})
    passed = TestResult(id="a.py::b", outcome="passed")
    assert document(replace(only(passed), stages={"test": stage})).get("errors") == "0"


def test_our_own_reader_understands_it() -> None:
    """What is written is read again as the same tests with the same outcomes."""
    record = records.realistic()
    files = {place_of(test.id)[0] for test in record.tests}
    read = {test.id: test.outcome for test in read_junit(render(record), files)}
    assert read == {test.id: test.outcome for test in record.tests}


@few
@given(hostile)
def test_hostile_names_come_back(record: RunRecord) -> None:
    """Whatever stands in a record, the document is XML and the identifiers are those of the tests."""
    root = document(record)
    assert sorted(ids(root)) == sorted(legal(test.id) for test in record.tests)
    assert b"##[" not in render(record)
