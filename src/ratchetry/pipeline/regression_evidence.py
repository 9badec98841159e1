"""What a history adds to the comparison of a run: rounds, further runs of its commit, and tests of the base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.flaky.results import FAILED, RunResults
from ratchetry.analyze.regression.subject import TIMES
from ratchetry.analyze.trend.evidence import Standing, evidence_of
from ratchetry.domain.flaky import FlakyReport
from ratchetry.domain.record import RunInfo, RunRecord
from ratchetry.domain.regression import NewFailure
from ratchetry.domain.series import Point, Series
from ratchetry.errors import UsageError
from ratchetry.history.columns import RunColumns
from ratchetry.pipeline.flaky import Selection, flaky_report, run_results

RUNS: Final = 10
"""Newest runs of the base whose rounds and tests are looked at."""
_PASSED: Final = "PR"


def name_of(run: RunInfo) -> str:
    """Return what a run is called."""
    return f"{run.run_id}-{run.attempt}"


def newest_runs(series: Iterable[Series]) -> Mapping[str, str]:
    """Return the newest runs of some series, oldest first, each with its start."""
    times = {point.run: point.time for each in series for point in each.points[-RUNS:]}
    newest = sorted(times, key=lambda run: (times[run], run))[-RUNS:]
    return {run: times[run] for run in newest}


def base_rounds(history: HistoryDirectory, runs: Mapping[str, str]) -> Mapping[str, Mapping[str, tuple[float, ...]]]:
    """Return the rounds of each benchmark in each of some runs, by the metric's name."""
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    if not runs:
        return found
    first, last = min(runs.values()), max(runs.values())
    for record in history.records(first, f"{last}~"):  # later than any time that begins like the last
        name = name_of(record.run)
        if name in runs:
            for benchmark in record.benchmarks:
                found.setdefault(f"benchmark.{benchmark.name}", {})[name] = benchmark.rounds
    return found


def head_points(history: HistoryDirectory, head: RunRecord, runs: Mapping[str, str]) -> Mapping[str, tuple[Point, ...]]:
    """Return the points of each metric of a run, behind those of other runs of the same commit in the same place."""
    found: dict[str, tuple[Point, ...]] = {}
    if head.run.commit and not head.run.dirty:
        for columns in history.columns(max(runs.values(), default="")):
            if _is_same(columns, head.run):
                for name, value in columns.values(history.names).items():
                    found[name] = (*found.get(name, ()), _point(columns.run, value))
    return {name: (*found.get(name, ()), _point(head.run, metric.value)) for name, metric in head.metrics.items()}


def known_flaky(history: HistoryDirectory, branch: str, now: datetime) -> FlakyReport | None:
    """Return what the runs of a branch say of flaky tests and outages, None when no run of it counts."""
    try:
        return flaky_report(history, Selection(branch=branch), now)
    except UsageError:
        return None


def sound_series(history: HistoryDirectory, series: Iterable[Series], known: FlakyReport | None) -> tuple[Series, ...]:
    """Return series without times that runs took from earlier ones, and without what tests say in an outage.

    Whatever else a run takes from an earlier one with the same files is what it would have measured.
    """
    outages = {outage.run for outage in known.outages} if known else set()
    tests = {name: Standing(outage=True) for name in outages}
    times = {
        name: Standing(reused=frozenset(columns.reused), outage=name in outages)
        for columns in history.columns()
        if (name := name_of(columns.run)) in outages or columns.reused
    }
    kept = (evidence_of(each, times if each.unit == TIMES else tests) for each in series)
    return tuple(each for each in kept if each.points)


def new_failures(
    history: HistoryDirectory, head: RunRecord, runs: Mapping[str, str], known: FlakyReport | None
) -> tuple[NewFailure, ...]:
    """Return the tests that fail at the head and passed at the base, or are new; none where the base has no tests."""
    failing = {test.id: test.signature for test in head.tests if test.outcome in {"failed", "error"}}
    if not failing or not runs:
        return ()
    columns = (each for each in history.columns(min(runs.values())) if name_of(each.run) in runs and not each.pruned)
    results = [run for run in run_results(history, columns) if run.decided()]
    if not results:
        return ()
    before = _outcomes(results, failing)
    new = {test for test in failing if before.get(test, ("", "P"))[1] not in FAILED}
    flaky = _flaky(known) if known else frozenset()
    return tuple(
        NewFailure(
            test=test,
            passed=before[test][0] if test in before else "",
            flaky=test in flaky,
            signature=failing[test],
        )
        for test in sorted(new)
    )


def _outcomes(runs: Iterable[RunResults], wanted: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    """Return the newest run that decided each of some tests, and how."""
    found: dict[str, tuple[str, str]] = {}
    for run in sorted(runs, key=lambda each: (each.started, each.name)):
        for test, letter in zip(run.tests, run.outcomes, strict=True):
            if test in wanted and letter in FAILED + _PASSED:
                found[test] = (run.name, letter)
    return found


def _flaky(known: FlakyReport) -> frozenset[str]:
    """Return the tests that are known to fail now and then, and those in quarantine."""
    active = (test.test for test in known.flaky if test.status == "active")
    return frozenset([*active, *(one.test for one in known.quarantined)])


def _is_same(columns: RunColumns, head: RunInfo) -> bool:
    """Tell whether another run measured the same commit for the same purpose."""
    run = columns.run
    same = (run.commit, run.branch, run.pull_request) == (head.commit, head.branch, head.pull_request)
    return same and not run.dirty and not columns.reused and name_of(run) != name_of(head)


def _point(run: RunInfo, value: float) -> Point:
    """Return a value of a run as a point."""
    return Point(value=value, time=run.started, commit=run.commit, run=name_of(run), machine=run.runner.cpu_model)
