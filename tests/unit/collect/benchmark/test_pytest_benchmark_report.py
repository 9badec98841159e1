"""Reports of three versions of pytest-benchmark are read; anything else is refused by name."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.benchmark.pytest_benchmark_report import BenchmarkReport, failures, parse
from ratchetry.errors import ReportError

DATA = Path(__file__).parents[3] / "data"
VERSIONS = ("4.0.0", "5.1.0", "5.3.1")
REPORT = (DATA / "pytest-benchmark-5.3.1" / "test_speed.json").read_bytes()


def document(**stats: object) -> bytes:
    """Return a report with one benchmark."""
    return json.dumps({"version": "5.3.1", "benchmarks": [{"fullname": "t.py::t", "stats": stats}]}).encode()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_round_of_every_benchmark_is_read(version: str) -> None:
    """Names, raw rounds and statistics agree with the report, whatever extra_info holds (here NaN)."""
    report = parse((DATA / f"pytest-benchmark-{version}" / "test_speed.json").read_bytes())
    assert report.version == version
    rounds = {row.name: len(row.rounds) for row in report.benchmarks}
    assert rounds == {
        "tests/test_speed.py::TestText::test_upper[a b]": 6,
        "tests/test_speed.py::TestText::test_upper[\\xe4/\\xe9]": 6,
        "tests/test_speed.py::test_sort[100]": 8,
        "tests/test_speed.py::test_sort[10]": 8,
        "tests/test_speed.py::test_sum": 12,
    }
    total = next(row for row in report.benchmarks if row.name.endswith("test_sum"))
    assert total.statistics["rounds_measured"] == 12
    assert total.statistics["iterations"] == 3
    assert math.isclose(total.statistics["min"], min(total.rounds))
    assert "outliers" not in total.statistics


@pytest.mark.parametrize("version", VERSIONS)
def test_benchmarks_that_failed_are_read_from_the_summary(version: str) -> None:
    """A benchmark that raised is named with its reason; it is not in the report."""
    folder = DATA / f"pytest-benchmark-{version}"
    found = failures((folder / "test_broken.txt").read_bytes())
    assert [(row.rule, row.path, row.message) for row in found] == [
        (
            "benchmark-failed",
            "benchmarks/test_broken.py",
            "benchmarks/test_broken.py::test_explodes: RuntimeError: no more fuel",
        ),
        (
            "benchmark-failed",
            "benchmarks/test_broken.py",
            "benchmarks/test_broken.py::test_wrong_afterwards: assert 1 == 2",
        ),
    ]
    names = [row.name for row in parse((folder / "test_broken.json").read_bytes()).benchmarks]
    assert names == ["benchmarks/test_broken.py::test_wrong_afterwards"]


def test_an_error_in_a_fixture_is_told_apart_from_a_failure() -> None:
    """ERROR lines become findings of their own rule; a line without a reason says so; output before is ignored."""
    output = b"FAILED printed::by_a_test\n== short test summary info ==\nERROR tests/test_a.py::test_b\n== 1 error ==\n"
    assert [(row.rule, row.message) for row in failures(output)] == [
        ("benchmark-error", "tests/test_a.py::test_b: no reason given")
    ]
    assert failures(b"FAILED printed::by_a_test\n") == ()


def test_the_last_of_several_runs_of_one_benchmark_counts() -> None:
    """A rerun replaces the measurement of the attempt before."""
    entries = [{"fullname": "t", "stats": {"data": [1.0]}}, {"fullname": "t", "stats": {"data": [2.0, 3.0]}}]
    assert [row.rounds for row in parse(json.dumps({"benchmarks": entries}).encode()).benchmarks] == [(2.0, 3.0)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "cannot be read"),
        (b"\xff\xfe\xff", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "cannot be read"),
        (b"{}", "benchmarks"),
        (b'{"benchmarks": []}', "no benchmark"),
        (b'{"benchmarks": [{"fullname": 3, "stats": {}}]}', "fullname"),
        (b'{"benchmarks": [{"fullname": "", "stats": {"data": [1]}}]}', "0 characters"),
        (b'{"benchmarks": [{"fullname": "t", "stats": {"data": [NaN]}}]}', "no duration"),
        (b'{"benchmarks": [{"fullname": "t", "stats": {"data": [1e999]}}]}', "no duration"),
        (b'{"benchmarks": [{"fullname": "t", "stats": {"data": [1' + b"0" * 400 + b"]}}]}", "no duration"),
        (b'{"benchmarks": [{"fullname": "t", "stats": {"data": [1' + b"0" * 5000 + b"]}}]}", "cannot be read"),
        (document(data=[]), "no raw rounds"),
        (document(mean=1.0), "no raw rounds"),
        (document(data="1"), "no raw rounds"),
        (document(data=[True]), "no duration"),
        (document(data=[-1.0]), "no duration"),
        (document(data=["1"]), "no duration"),
    ],
)
def test_what_is_no_measurement_is_refused_by_name(data: bytes, says: str) -> None:
    """The error names the tool and what is wrong."""
    with pytest.raises(ReportError, match=says) as caught:
        parse(data)
    assert str(caught.value).startswith("pytest-benchmark: ")


def result_of(data: bytes) -> BenchmarkReport | None:
    """Return the report, or None for what is refused; every other exception fails the test."""
    try:
        return parse(data)
    except ReportError:
        return None


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything but ReportError."""
    result_of(data)
    failures(data)


@given(st.data())
def test_damaged_reports_are_read_or_refused(data: st.DataObject) -> None:
    """Truncated and altered real reports give finite rounds or ReportError."""
    start = data.draw(st.integers(0, len(REPORT)))
    end = data.draw(st.integers(start, min(len(REPORT), start + 40)))
    tail = data.draw(st.sampled_from([REPORT[end:], b""]))
    report = result_of(REPORT[:start] + data.draw(st.binary(max_size=8)) + tail)
    assert report is None or all(0 <= value < math.inf for row in report.benchmarks for value in row.rounds)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"benchmarks": st.lists(st.fixed_dictionaries({"fullname": st.text(max_size=5) | _JSON, "stats": _JSON}))}
    )
    | st.builds(lambda stats: {"benchmarks": [{"fullname": "t", "stats": {"data": stats, "mean": stats}}]}, _JSON)
    | _JSON
)
def test_arbitrary_json_is_read_or_refused(value: object) -> None:
    """Documents of the wrong shape, and values of the wrong type in the right place, give ReportError."""
    report = result_of(json.dumps(value).encode())
    assert report is None or all(row.rounds for row in report.benchmarks)
