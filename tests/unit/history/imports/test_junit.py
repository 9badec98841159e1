"""JUnit reports of any tool become runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ratchetry.history.imports import junit
from tests.unit.history.imports.samples import ABOUT, DATA, check_survives, damaged, given, notes, reasons, runs, sample


@pytest.mark.parametrize(
    ("path", "started", "counts"),
    [
        ("gotestsum-1.13.0/junit.xml", "2026-11-20T21:55:56Z", (5, 3, 1, 1)),
        ("jest-junit-16.0.0/junit.xml", "2026-11-20T21:55:59Z", (3, 1, 1, 1)),
        ("pytest-7.4.4/outcomes.xml", "2026-11-20T18:26:38Z", None),
        ("pytest-9.2.0/outcomes.xml", "2026-11-20T18:26:39Z", None),
    ],
)
def test_a_report_is_a_run(path: str, started: str, counts: tuple[int, ...] | None) -> None:
    """The run started when the report says, and has the figures of its tests."""
    (run,) = runs(junit.read([sample(path)], replace(ABOUT, commit="abcdef0", branch="main")))
    assert run.run.started == started
    assert (run.run.repository, run.run.commit, run.run.branch) == ("owner/name", "abcdef0", "main")
    assert run.run.event == "import"
    assert run.run.run_id.startswith("import-junit-")
    names = ("tests.total", "tests.passed", "tests.failed", "tests.skipped")
    if counts:
        assert tuple(run.metrics[name].value for name in names) == counts
    assert len(run.tests) == run.metrics["tests.total"].value


def test_an_imported_run_never_passes() -> None:
    """It has no gate and no verdict, and its stage says what a report does not hold."""
    passing = given(
        b'<testsuite timestamp="2026-01-01T00:00:00Z"><testcase name="a" classname="b" time="1"/></testsuite>'
    )
    (run,) = runs(junit.read([passing], ABOUT))
    assert run.verdict == "not_measured"
    assert run.gates == ()
    assert run.stages["test"].status == "not_measured"
    assert set(run.stages["test"].unmeasured) == {"coverage"}


def test_failures_are_told_apart() -> None:
    """A failure has the signature and the words of its tool: the first line where there is no message."""
    (run,) = runs(junit.read([sample("jest-junit-16.0.0/junit.xml")], ABOUT))
    (failure,) = run.failures
    assert failure.evidence.startswith("Error: expect(received).toBe(expected)")
    assert [test.signature for test in run.tests if test.outcome == "failed"] == [failure.signature]
    assert run.stages["test"].status == "failed"


def test_files_of_one_directory_can_be_one_run() -> None:
    """Surefire's files make one run, in which what was rerun is flaky and testcases of one name are one test."""
    files = [sample(f"surefire-3/TEST-org.example.{name}.xml") for name in ("AreaTest", "LineTest")]
    (run,) = runs(junit.read(files, ABOUT))
    assert {test.id.rpartition("::")[2]: test.outcome for test in run.tests} == {
        "square": "passed",
        "circle": "skipped",
        "ofNothing": "error",
        "overNetwork": "flaky",
        "length": "passed",
    }
    assert next(test for test in run.tests if test.id.endswith("length")).duration == pytest.approx(0.02)


def test_without_a_time_the_file_s_own_counts() -> None:
    """A report without time stamps started when somebody says, else when it was last changed, which is noted."""
    file = sample("surefire-3/TEST-org.example.AreaTest.xml")
    found = list(junit.read([file], ABOUT))
    assert runs(found)[0].run.started == "2026-03-04T05:06:07Z"
    assert notes(found) == ["names no time: that of its last change was taken"]
    told = list(junit.read([file], replace(ABOUT, started="2020-01-01T00:00:00Z")))
    assert runs(told)[0].run.started == "2020-01-01T00:00:00Z"
    assert not notes(told)
    unknown = list(junit.read([replace(file, modified="")], ABOUT))
    assert not runs(unknown)
    assert "names no time" in reasons(unknown)[0]


def test_a_copy_of_a_report_is_the_same_run() -> None:
    """Where a file lies and when it was changed does not matter; of which commit it is does."""
    file = sample("gotestsum-1.13.0/junit.xml")
    copy = replace(file, name="elsewhere.xml", modified="2027-01-01T00:00:00Z")
    (first,), (second,) = runs(junit.read([file], ABOUT)), runs(junit.read([copy], ABOUT))
    assert first == second
    (other,) = runs(junit.read([file], replace(ABOUT, commit="abcdef0")))
    assert other.run.run_id != first.run.run_id


def test_a_time_without_a_zone_is_taken_for_utc() -> None:
    """That is noted."""
    found = list(junit.read([sample("jest-junit-16.0.0/junit.xml")], ABOUT))
    assert notes(found) == ["its time names no zone and was taken for UTC"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no element found"),
        (b"<html/>", "root element"),
        (b"<testsuite/>", "no test"),
        (b"<testsuite><testcase name='a'", "unclosed token"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', "DTD"),
    ],
)
def test_what_is_no_report_is_left_out(data: bytes, why: str) -> None:
    """The other reports of the run are taken."""
    found = list(junit.read([given(data, "bad.xml"), sample("gotestsum-1.13.0/junit.xml")], ABOUT))
    assert len(runs(found)) == 1
    (reason,) = reasons(found)
    assert reason.startswith("bad.xml: ")
    assert why.casefold() in reason.casefold()


@settings(max_examples=150, deadline=None)
@drawn(st.one_of(st.binary(max_size=50), damaged((DATA / "surefire-3/TEST-org.example.AreaTest.xml").read_bytes())))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """Nothing but what can be kept comes out of any file."""
    check_survives(lambda file: junit.read([file], ABOUT), data)
