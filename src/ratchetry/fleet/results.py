"""What the light core keeps of a run: its numbers, its changed files, and one letter for each test's outcome."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Final

from ratchetry.domain.record import RunInfo, RunRecord
from ratchetry.fleet.rows import as_count, commit_of, moment, value_of, whole
from ratchetry.history.columns import RunColumns, TestPart
from ratchetry.history.decoding import Names, expanded
from ratchetry.history.document import RunDocument, TestColumns
from ratchetry.history.encoding import LETTERS
from ratchetry.history.numbers import AS_THEY_ARE, Places


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults:
    """One attempt of a run; the fields are those of the view `runs` by the same names."""

    repository: str
    run_id: str
    attempt: int
    started: datetime | None
    branch: str
    commit: str | None
    pull_request: int | None
    verdict: str
    duration: float
    tests_passed: int | None
    tests_failed: int | None
    gauges: tuple[float | None, ...]
    """Coverage, lint findings, type errors, complexity and score (GAUGES)."""
    changed: tuple[str, ...]
    tests: tuple[str, ...]
    """The identifiers of its tests; runs with the same tests share one tuple."""
    outcomes: str
    """How each of them ended, a letter each (LETTERS)."""

    @property
    def day(self) -> date | None:
        """Return the day it started."""
        return None if self.started is None else self.started.date()

    @property
    def key(self) -> tuple[str, int]:
        """Return what tells it from the other runs of its repository."""
        return (self.run_id, self.attempt)


GAUGES: Final = ("coverage", "lint_findings", "type_errors", "complexity", "score")


def results_of(record: RunRecord) -> RunResults:
    """Return what the light core keeps of a run."""
    return _results(
        record.run,
        record.verdict,
        lambda name: value_of(record.metrics, name),
        changed=tuple(file.path for file in record.change.files),
        tests=tuple(sys.intern(test.id) for test in record.tests),
        outcomes="".join(LETTERS[test.outcome] for test in record.tests),
    )


def _results(
    run: RunInfo,
    verdict: str,
    value: Callable[[str], float | None],
    *,
    changed: tuple[str, ...],
    tests: tuple[str, ...],
    outcomes: str,
) -> RunResults:
    """Return what the light core keeps of a run, given the value of a metric by its name."""
    return RunResults(
        repository=run.repository,
        run_id=run.run_id,
        attempt=run.attempt,
        started=moment(run.started),
        branch=run.branch,
        commit=commit_of(run),
        pull_request=run.pull_request,
        verdict=verdict,
        duration=run.duration,
        tests_passed=as_count(value("tests.passed")),
        tests_failed=as_count(value("tests.failed")),
        gauges=gauges_of(value),
        changed=changed,
        tests=tests,
        outcomes=outcomes,
    )


class Reader:
    """Reads runs from the columns of a history; runs with the same tests get one tuple of their identifiers."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._tests: dict[str, tuple[str, ...]] = {}

    def runs(self, history: Iterable[RunColumns]) -> list[RunResults]:
        """Return what the light core keeps of each run."""
        return [self._run(columns) for columns in history]

    def _run(self, columns: RunColumns) -> RunResults:
        """Return what the light core keeps of a run."""
        return _results(
            columns.run,
            columns.verdict,
            columns.values(self.names).get,
            changed=columns.changed,
            tests=self._identifiers(columns.tests),
            outcomes="".join(part.outcomes for part in columns.tests),
        )

    def _identifiers(self, parts: Sequence[TestPart]) -> tuple[str, ...]:
        """Return the identifiers of tests, the same tuple for the same chunks of names."""
        key = repr([(part.chunk, part.repeats) for part in parts])
        if key not in self._tests:
            self._tests[key] = identifiers(((part.chunk, part.repeats) for part in parts), self.names)
        return self._tests[key]


def gauges_of(value: Callable[[str], float | None]) -> tuple[float | None, ...]:
    """Return the gauges of a run, given the value of a metric by its name."""
    return (
        value("coverage.line"),
        as_count(value("lint.findings")),
        as_count(value("types.errors")),
        value("complexity.max"),
        value("score.total"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTests:
    """All that is known of the tests of one attempt of a run; what most of them share is left out."""

    repository: str
    run_id: str
    attempt: int
    started: datetime | None
    branch: str
    commit: str | None
    tests: tuple[str, ...]
    outcomes: str
    durations: Sequence[tuple[Places, Sequence[float]]]
    """Numbers and the decimal places of their unit, in parts (history.numbers.unscaled)."""
    attempts: Mapping[int, int]
    """Of the tests, by their place, that were run more than once."""
    signatures: Mapping[int, str]
    """Of the tests, by their place, that failed."""


def identifiers(parts: Iterable[tuple[str, Mapping[str, int]]], names: Names) -> tuple[str, ...]:
    """Return the identifiers of tests, given their chunks of names and how often some of them stand there."""
    rows = (expanded(names(chunk), repeats) for chunk, repeats in parts)
    return tuple(sys.intern(name[0]) for part in rows for name in part)


class TestReader:
    """Reads the tests of runs from their documents; runs with the same tests get one tuple of their identifiers."""

    __test__ = False

    def __init__(self, names: Names) -> None:
        self.names = names
        self._tests: dict[str, tuple[str, ...]] = {}

    def tests(self, document: RunDocument) -> RunTests:
        """Return all that is known of the tests of a run."""
        table, run = document.tests, document.run
        parts = [] if table is None else [(chunk, table.chunks[chunk]) for chunk in table.order]
        starts = list(accumulate((len(part.outcomes) for _, part in parts), initial=0))
        placed = list(zip(starts, (part for _, part in parts), strict=False))
        return RunTests(
            repository=run.repository,
            run_id=run.run_id,
            attempt=whole(run.attempt),
            started=moment(run.started),
            branch=run.branch,
            commit=commit_of(run),
            tests=self._identifiers(parts),
            outcomes="".join(part.outcomes for _, part in parts),
            durations=tuple((part.digits, part.durations) for _, part in parts),
            attempts={start + int(at): whole(n) for start, part in placed for at, n in part.attempts.items()},
            signatures={
                start + at: signature
                for start, part in placed
                for signature, places in part.signatures.items()
                for at in places
            },
        )

    def _identifiers(self, parts: Sequence[tuple[str, TestColumns]]) -> tuple[str, ...]:
        """Return the identifiers of tests, the same tuple for the same chunks of names."""
        key = repr([(chunk, part.repeats) for chunk, part in parts])
        if key not in self._tests:
            self._tests[key] = identifiers(((chunk, part.repeats) for chunk, part in parts), self.names)
        return self._tests[key]


def tests_of(record: RunRecord) -> RunTests:
    """Return all that is known of the tests of a run."""
    run, tests = record.run, record.tests
    return RunTests(
        repository=run.repository,
        run_id=run.run_id,
        attempt=whole(run.attempt),
        started=moment(run.started),
        branch=run.branch,
        commit=commit_of(run),
        tests=tuple(test.id for test in tests),
        outcomes="".join(LETTERS[test.outcome] for test in tests),
        durations=((AS_THEY_ARE, [test.duration for test in tests]),),
        attempts={index: whole(test.attempts) for index, test in enumerate(tests) if test.attempts != 1},
        signatures={index: test.signature for index, test in enumerate(tests) if test.signature},
    )
