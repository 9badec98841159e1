"""coverage.py's JSON reports: of three versions in both formats, and damaged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.test.coverage_report import read_coverage
from ratchetry.errors import ReportError
from tests.unit.collect.test.suites import COVERAGE, data


@pytest.mark.parametrize("name", COVERAGE)
def test_every_version_gives_the_same_totals(name: str) -> None:
    """Formats 2 and 3 hold the same figures for the same run."""
    report = read_coverage(data(name))
    totals = report.totals
    assert (totals.covered_lines, totals.num_statements) == (3, 9)
    assert (totals.covered_branches, totals.num_branches) == (1, 4)
    assert report.version in name


@pytest.mark.parametrize("name", COVERAGE)
def test_every_version_tells_the_lines_of_a_file(name: str) -> None:
    """Executed and missed lines are told by file; of a file that was not measured nothing is."""
    report = read_coverage(data(name))
    lines = report.lines("pkg/__init__.py")
    assert lines is not None
    assert (lines.executed_lines, lines.missing_lines) == ((1, 2, 3), (4, 5, 6))
    assert report.lines("pkg/other.py") is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"meta": {"format": 4}}, "format is 4; known are 2 and 3"),
        ({"meta": {}}, r"format. - at `\$\.meta`|missing required field `format`"),
        ({"totals": {"covered_lines": 3, "num_statements": 2}}, "more was covered than there is"),
        (
            {"totals": {"covered_lines": 1, "num_statements": 2, "covered_branches": 5, "num_branches": 4}},
            "more was covered than there is",
        ),
        ({"totals": {"covered_lines": -1, "num_statements": 2}}, ">= 0"),
        ({"totals": {"covered_lines": 1.5, "num_statements": 2}}, "Expected `int`"),
        ({"totals": {"covered_lines": 1, "num_statements": 10**12}}, "<= 1000000000"),
        ({"totals": {"covered_lines": True, "num_statements": 2}}, "Expected `int`"),
        ({"files": []}, "Expected `object`"),
    ],
)
def test_malformed_reports_say_what_is_wrong(change: dict[str, object], why: str) -> None:
    """A wrong type, an impossible number or a format not known here is an error naming the report."""
    document = json.loads(data(COVERAGE[0])) | change
    with pytest.raises(ReportError, match=rf"coverage\.py's JSON report cannot be read: .*({why})"):
        read_coverage(json.dumps(document).encode())


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"{}",
        b"[]",
        b"NaN",
        b"\xff",
        data(COVERAGE[2])[:500],
        b"[" * 100_000,
        b'{"unknown": ' + b"[" * 100_000,
        b'{"meta": {"format": 3, "version": "\xff"}}',
    ],
)
def test_what_is_no_report_is_an_error(report: bytes) -> None:
    """Empty, cut, foreign and endlessly nested documents are refused."""
    with pytest.raises(ReportError, match="JSON report cannot be read"):
        read_coverage(report)


def test_a_malformed_file_is_an_error_when_it_is_asked_for() -> None:
    """Files are decoded one by one: the error names the file."""
    document = json.loads(data(COVERAGE[0]))
    document["files"]["pkg/__init__.py"]["executed_lines"] = ["1"]
    report = read_coverage(json.dumps(document).encode())
    with pytest.raises(ReportError, match=r"pkg/__init__\.py: Expected `int`"):
        report.lines("pkg/__init__.py")


def test_branches_may_be_absent() -> None:
    """A run without branches has totals without them."""
    document = json.loads(data(COVERAGE[0])) | {"totals": {"covered_lines": 1, "num_statements": 2}}
    assert read_coverage(json.dumps(document).encode()).totals.num_branches is None


def readable(report: bytes) -> None:
    """Assert that a report gives sane totals and lines, or a ReportError."""
    try:
        found = read_coverage(report)
        found.lines("pkg/__init__.py")
    except ReportError:
        return
    assert 0 <= found.totals.covered_lines <= found.totals.num_statements


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise_anything_else(report: bytes) -> None:
    """Whatever stands in the file, there is a result or a ReportError."""
    readable(report)


@given(st.sampled_from(COVERAGE), st.integers(0, 5000), st.binary(max_size=8), st.integers(0, 30))
def test_damaged_real_reports_never_raise_anything_else(name: str, at: int, put: bytes, cut: int) -> None:
    """A real report with bytes replaced somewhere gives a result or a ReportError."""
    report = data(name)
    readable(report[:at] + put + report[at + cut :])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.recursive(
                st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["format", "covered_lines", "num_statements", "a"]), inner)
                ),
                max_leaves=8,
            )
            for name in ("meta", "totals", "files")
        },
    )
)
def test_arbitrary_json_never_raises_anything_else(document: dict[str, object]) -> None:
    """Documents with the right keys and senseless values give a result or a ReportError."""
    readable(json.dumps(document).encode())
