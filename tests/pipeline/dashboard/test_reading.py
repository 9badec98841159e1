"""A history read in one pass: what runs have in common, what they lack, and tests under one name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.dashboard_details import TIMED_RUNS
from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.pipeline.dashboard.reading import read, seconds_of
from tests.histories import Shape, history


def kept(root: Path, records: Iterator[RunRecord]) -> HistoryDirectory:
    """Return a history of some runs."""
    found = HistoryDirectory(root)
    for record in records:
        found.add(record)
    return found


def test_metrics_are_columns_over_the_runs_that_have_them(tmp_path: Path) -> None:
    """A run without a metric has no place in its columns."""
    records = tuple(history(Shape(runs=40, tests=3)))
    found = read(kept(tmp_path, iter(records)))
    coverage = found.metrics["coverage.line"]
    wanted = [
        (at, one.metrics["coverage.line"].value) for at, one in enumerate(records) if "coverage.line" in one.metrics
    ]
    assert len(wanted) < 40
    assert list(coverage.run) == [at for at, _ in wanted]
    assert list(coverage.value) == pytest.approx([value for _, value in wanted])
    assert set(coverage.n) == {900}
    assert [line.coverage for line in found.runs] == pytest.approx(
        [one.metrics["coverage.line"].value if "coverage.line" in one.metrics else None for one in records]
    )


def test_of_tests_with_one_name_the_worst_counts(tmp_path: Path) -> None:
    """Two rows under one name are one test, which failed if any of them did."""
    first, second = history(Shape(runs=2, tests=1))
    twice = (TestResult(id="a::b", outcome="failed"), TestResult(id="a::b", outcome="passed"))
    found = read(kept(tmp_path, iter((replace(first, tests=twice), replace(second, tests=twice[1:])))))
    assert found.tests.names == ("a::b",)
    assert found.tests.outcomes.strips([0]) == ("FP",)


def test_durations_are_of_runs_evenly_spread(tmp_path: Path) -> None:
    """Of many runs sixty give durations, the newest among them, with gaps that hardly differ."""
    runs = 2 * TIMED_RUNS + 31
    found = read(kept(tmp_path, history(Shape(runs=runs, tests=2))))
    timed = found.tests.timed
    assert len(timed) == len(found.tests.seconds) == TIMED_RUNS
    assert timed[-1] == runs - 1
    gaps = {after - before for before, after in pairwise(timed)}
    assert max(gaps) <= 4
    assert all(len(taken) == 2 for taken in found.tests.seconds)


def test_a_run_without_tests_says_nothing_of_them(tmp_path: Path) -> None:
    """Where a run has no test results, strips have a gap and nothing is said of failures."""
    first, second, third = history(Shape(runs=3, tests=1))
    found = read(kept(tmp_path, iter((first, replace(second, tests=()), third))))
    assert [line.failed is None for line in found.runs] == [False, True, False]
    assert found.tests.outcomes.strips([0])[0][1] == "."


def test_moments_are_seconds() -> None:
    """What is no time is none of them."""
    assert seconds_of("1970-01-02T00:00:00Z") == 86_400
    assert seconds_of("yesterday") == 0
