"""Runs and events as rows of the views."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import event
from ratchetry.domain.record import Benchmark, Failure, Finding, TestResult
from ratchetry.fleet.rows import ROWS, as_count, event_row, moment, owner_of, week_of
from ratchetry.fleet.tables import BY_NAME, VIEWS
from tests.builders import RUN, metric, record
from tests.histories import Shape, history


def test_every_view_of_runs_has_rows() -> None:
    """Each view but that of events gets its rows from a record."""
    assert {*ROWS, "events"} == {view.name for view in VIEWS}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_a_cell_for_each_column(name: str) -> None:
    """Rows are as wide as their view, and what is required is never NULL."""
    whole = record(
        benchmarks=(Benchmark(name="b", rounds=(3.0, 1.0, 2.0)), Benchmark(name="none", rounds=())),
        findings=(Finding(tool="ruff", rule="F401", severity="low", path="a.py"),),
        failures=(Failure(signature="x", category="assertion", evidence="assert 1 == 2"),),
    )
    columns = BY_NAME[name].columns
    rows = [row for one in (whole, *history(Shape(runs=4))) for row in ROWS[name](one)]
    assert rows
    for row in rows:
        required = [cell for cell, column in zip(row, columns, strict=True) if column.required]
        assert None not in required


def test_what_was_not_measured_is_null() -> None:
    """A run without metrics has no count of 0: it has none."""
    (row,) = ROWS["runs"](record())
    cells = dict(zip(BY_NAME["runs"].names, row, strict=True))
    assert [cells[name] for name in ("tests_passed", "coverage", "lint_findings", "score")] == [None] * 4
    (row,) = ROWS["runs"](record(metrics={"tests.failed": metric(0), "coverage.line": metric(81.5)}))
    cells = dict(zip(BY_NAME["runs"].names, row, strict=True))
    assert (cells["tests_failed"], cells["coverage"]) == (0, 81.5)


def test_a_run_says_when_and_whose_it_is() -> None:
    """Day, week and owner follow from start and repository."""
    (row,) = ROWS["runs"](record())
    cells = dict(zip(BY_NAME["runs"].names, row, strict=True))
    assert cells["started"] == datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the views have times without a zone
    assert (cells["day"], cells["week"], cells["owner"]) == (date(2026, 1, 2), date(2025, 12, 29), "owner")


def test_benchmarks_are_summed_up() -> None:
    """Of the rounds there are the least, median, mean and largest."""
    row = next(ROWS["benchmarks"](record(benchmarks=(Benchmark(name="b", rounds=(3.0, 1.0, 2.0, 10.0)),))))
    assert row[5:] == ("b", 4, 1.0, 2.5, 4.0, 10.0)


def test_a_commit_with_changes_besides_is_not_known() -> None:
    """Tests of a tree that differs from its commit say nothing about the commit."""
    from dataclasses import replace

    tests = (TestResult(id="t.py::test", outcome="passed"),)
    clean, dirty = (record(run=replace(RUN, commit="c", dirty=flag), tests=tests) for flag in (False, True))
    place = BY_NAME["tests"].names.index("commit")
    assert [next(ROWS["tests"](one))[place] for one in (clean, dirty)] == ["c", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"),
        ("2026-01-02T03:04:05.25+02:00", "2026-01-02T01:04:05.250000"),
        ("2026-01-02T03:04:05", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_in_utc_or_not_known(text: str, expected: str | None) -> None:
    """A text that names no moment for sure is none."""
    found = moment(text)
    assert (None if found is None else found.isoformat()) == expected


@given(st.dates())
def test_a_week_begins_on_its_monday(day: date) -> None:
    """The week of a day is named by a Monday at most six days before."""
    monday = week_of(day)
    assert monday is not None
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


@given(st.text())
def test_owners_are_what_stands_before_the_slash(repository: str) -> None:
    """Every name has an owner, which has no slash in it."""
    assert "/" not in owner_of(repository)


@pytest.mark.parametrize(("value", "expected"), [(None, None), (3.0, 3), (-1.0, None), (1e300, None), (2.0**53, None)])
def test_counts_are_whole_and_of_a_size_that_is_exact(value: float | None, expected: int | None) -> None:
    """What cannot be a count is not taken for one."""
    assert as_count(value) == expected


def test_events_have_a_row_of_their_own() -> None:
    """An event's content stands in its row as JSON."""
    row = event_row(event("log", time="2026-01-02T03:04:05Z", repository="a/b", runs=("7-1",), data={"text": "x"}))
    cells = dict(zip(BY_NAME["events"].names, row, strict=True))
    assert (cells["kind"], cells["repository"], cells["day"]) == ("log", "a/b", date(2026, 1, 2))
    assert (cells["runs"], cells["data"]) == ('["7-1"]', '{"text": "x"}')
