"""Runs in which everything that is rare is common: ties, reruns, gaps, repeated tests, names of any characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from ratchetry.adapters.parquet_files import part_path, write_rows, write_tests
from ratchetry.domain.record import Change, ChangedFile, Metric, RunRecord, TestResult
from ratchetry.fleet.results import tests_of
from ratchetry.fleet.rows import ROWS
from ratchetry.fleet.tables import BY_NAME
from ratchetry.history.layout import month_of
from tests.builders import RUN

REPOSITORIES: Final = ("acme/anvil", 'Ünï/cödé\'s "x"', "alone")
TIMES: Final = (
    *("", "2026-01-04T23:59:59Z", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00+02:00", "2026-01-31T23:30:00Z"),
    *("2026-02-01T00:10:00Z", "2026-03-29T02:30:00Z", "2026-03-29T02:30:00.000001Z"),
)
TESTS: Final = ("a.py::t", "a.py::t['\"]", "b.py::t[%_\\]", "b.py::тест🎈", "b.py::t[a\nb]", "c.py", "::", " ")
METRICS: Final = ("tests.passed", "tests.failed", "coverage.line", "lint.findings", "types.errors", "score.total")


def _results() -> st.SearchStrategy[tuple[TestResult, ...]]:
    """Return the results of a run, several under one name now and then."""
    outcomes = st.sampled_from(("passed", "passed", "failed", "error", "skipped", "flaky"))
    return st.lists(st.builds(TestResult, id=st.sampled_from(TESTS), outcome=outcomes), max_size=9).map(tuple)


def _metrics() -> st.SearchStrategy[dict[str, Metric]]:
    """Return some metrics of a run, counts among them that are none."""
    values = st.one_of(st.integers(0, 40).map(float), st.sampled_from((0.5, 81.25, 1e300)))
    metric = st.builds(
        Metric, value=values, unit=st.just("count"), better=st.just("higher"), stage=st.just("test"), n=st.just(1)
    )
    return st.fixed_dictionaries({}, optional=dict.fromkeys(METRICS, metric))


@st.composite
def _run(draw: st.DrawFn, key: tuple[str, str, int]) -> RunRecord:
    """Return one run of a repository."""
    repository, run_id, attempt = key
    paths = draw(st.lists(st.sampled_from(("src/a.py", "src/b'.py")), unique=True))
    return RunRecord(
        run=replace(
            RUN,
            repository=repository,
            run_id=run_id,
            attempt=attempt,
            started=draw(st.sampled_from(TIMES)),
            commit=draw(st.sampled_from(("", "c", "d"))),
            dirty=draw(st.integers(0, 5)) == 0,
            branch=draw(st.sampled_from(("main", "", "feature/'é"))),
            pull_request=draw(st.sampled_from((None, None, 1))),
            duration=draw(st.floats(0, 1e4, width=32)),
        ),
        change=Change(files=tuple(ChangedFile(path=path, added=1, deleted=0) for path in paths)),
        metrics=draw(_metrics()),
        tests=draw(_results()),
        verdict=draw(st.sampled_from(("pass", "warn", "fail", "not_measured"))),
    )


def odd_runs() -> st.SearchStrategy[list[RunRecord]]:
    """Return the runs of some repositories, each attempt once."""
    keys = st.tuples(st.sampled_from(REPOSITORIES), st.sampled_from(("1", "2", "10", "é")), st.integers(1, 3))
    return st.lists(keys, unique=True, min_size=1, max_size=14).flatmap(
        lambda found: st.tuples(*(_run(key) for key in found)).map(list)
    )


def write_views(root: Path, runs: Sequence[RunRecord]) -> None:
    """Write the views of some runs, a file for each repository and month."""
    parts: dict[tuple[str, str], list[RunRecord]] = {}
    for run in runs:
        parts.setdefault((month_of(run.run.started), run.run.repository), []).append(run)
    for (month, repository), found in parts.items():
        write_tests(root / part_path("tests", month, repository), [tests_of(run) for run in found])
        for view in ("runs", "changes", "metrics"):
            rows = (row for run in found for row in ROWS[view](run))
            write_rows(root / part_path(view, month, repository), BY_NAME[view], rows)
