"""Runs and events as rows of the views (ratchetry.fleet.tables), in the order of their columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from ratchetry.domain.event import Event
from ratchetry.domain.record import Metric, RunInfo, RunRecord

Cell = str | int | float | bool | datetime | date | None
Row = tuple[Cell, ...]

_LARGEST: Final = 2**63 - 1
_EXACT: Final = 2.0**53


def moment(text: str) -> datetime | None:
    """Return a time in UTC, without its zone, or None when the text is none or has no zone."""
    try:
        read = datetime.fromisoformat(text)
        return None if read.tzinfo is None else read.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def week_of(day: date | None) -> date | None:
    """Return the Monday of a day's week."""
    return None if day is None else day - timedelta(days=min(day.weekday(), day.toordinal() - 1))


def owner_of(repository: str) -> str:
    """Return who a repository belongs to: what stands before its first /."""
    return repository.partition("/")[0]


def module_of(test: str) -> str:
    """Return the file that a test's identifier begins with."""
    return test.partition("::")[0]


def commit_of(run: RunInfo) -> str | None:
    """Return the commit whose code a run measured, None when that is not known or was changed besides."""
    return run.commit if run.commit and not run.dirty else None


def key_of(run: RunInfo) -> Row:
    """Return what every row of a run begins with."""
    started = moment(run.started)
    return (run.repository, run.run_id, whole(run.attempt), started, None if started is None else started.date())


def whole(number: int) -> int:
    """Return a number, or the largest that fits a column."""
    return min(number, _LARGEST)


def as_count(value: float | None) -> int | None:
    """Return the value of a metric that counts, None when it was not measured or is no count."""
    return int(value) if value is not None and 0 <= value < _EXACT else None


def value_of(metrics: Mapping[str, Metric], name: str) -> float | None:
    """Return the value of a metric, None when it was not measured."""
    metric = metrics.get(name)
    return None if metric is None else metric.value


def _runs(record: RunRecord) -> Iterator[Row]:
    """Yield the row of a run."""
    run, metrics = record.run, record.metrics
    key = key_of(run)
    day = key[4]
    yield (
        *key,
        week_of(day if isinstance(day, date) else None),
        owner_of(run.repository),
        *(run.event, run.workflow, run.branch, run.commit, run.base_commit, run.dirty),
        None if run.pull_request is None else whole(run.pull_request),
        *(record.verdict, run.duration),
        *(run.runner.os, run.runner.cpu_model, whole(run.runner.cores), run.runner.python, record.ratchetry),
        *(as_count(value_of(metrics, f"tests.{name}")) for name in ("passed", "failed", "skipped", "flaky")),
        value_of(metrics, "coverage.line"),
        as_count(value_of(metrics, "lint.findings")),
        as_count(value_of(metrics, "types.errors")),
        value_of(metrics, "complexity.max"),
        value_of(metrics, "score.total"),
    )


def _metrics(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's metrics."""
    key = key_of(record.run)
    for name, metric in record.metrics.items():
        yield (*key, name, metric.value, metric.unit, metric.better, metric.stage, whole(metric.n), metric.spread)


def _tests(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's tests."""
    key = key_of(record.run)
    day = key[4]
    place = (week_of(day if isinstance(day, date) else None), commit_of(record.run), record.run.branch)
    for test in record.tests:
        result = (test.outcome, test.duration, whole(test.attempts), test.signature)
        yield (*key, *place, test.id, module_of(test.id), *result)


def _benchmarks(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's benchmarks."""
    key = key_of(record.run)
    for benchmark in record.benchmarks:
        rounds = sorted(benchmark.rounds)
        count = len(rounds)
        middle = (rounds[(count - 1) // 2] + rounds[count // 2]) / 2 if count else None
        mean = sum(rounds) / count if count else None
        ends = (rounds[0], middle, mean, rounds[-1]) if count else (None,) * 4
        yield (*key, benchmark.name, count, *ends)


def _findings(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's findings."""
    key = key_of(record.run)
    for row in record.findings:
        yield (*key, row.tool, row.rule, row.severity, row.path, whole(row.line), row.message, row.fingerprint)


def _failures(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's ways of failing."""
    key = key_of(record.run)
    tests = Counter(test.signature for test in record.tests if test.signature)
    for failure in record.failures:
        yield (*key, failure.signature, failure.category, failure.evidence, tests[failure.signature])


def _changes(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of the files that a run changes."""
    key = key_of(record.run)
    for file in record.change.files:
        yield (*key, file.path, whole(file.added), whole(file.deleted))


def _stages(record: RunRecord) -> Iterator[Row]:
    """Yield the rows of a run's stages."""
    key = key_of(record.run)
    for name, stage in record.stages.items():
        yield (*key, name, stage.status, stage.reason, stage.duration, stage.cached)


ROWS: Final[Mapping[str, Callable[[RunRecord], Iterator[Row]]]] = {
    "runs": _runs,
    "metrics": _metrics,
    "tests": _tests,
    "benchmarks": _benchmarks,
    "findings": _findings,
    "failures": _failures,
    "changes": _changes,
    "stages": _stages,
}
"""How each view of runs gets its rows from a record."""


def event_row(event: Event) -> Row:
    """Return the row of an event."""
    time = moment(event.time)
    said = json.dumps(event.data, sort_keys=True, ensure_ascii=False, default=dict)
    runs = json.dumps(event.runs, ensure_ascii=False)
    place = (event.id, event.kind, event.repository, event.subject, event.actor, runs, said)
    return (*place, time, None if time is None else time.date())
