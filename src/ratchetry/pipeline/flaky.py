"""From a history to what it says of flaky tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.flaky.bounds import DEFAULT, Bounds
from ratchetry.analyze.flaky.detect import detect
from ratchetry.analyze.flaky.results import RunResults
from ratchetry.domain.flaky import FlakyReport
from ratchetry.errors import UsageError
from ratchetry.history.columns import RunColumns, TestPart
from ratchetry.history.decoding import Names, expanded
from ratchetry.pipeline.quarantine import quarantine_now

_QUEUE: Final = "merge_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which runs are evidence: those of a branch and of the merge queue, and of pull requests only when asked for.

    What a pull request does to a test says little of the test on the branch, and its author could make it say
    anything.
    """

    branch: str
    pull_requests: bool = False
    since: str = ""
    until: str = ""

    def takes(self, columns: RunColumns) -> bool:
        """Tell whether a run is evidence."""
        run = columns.run
        if run.dirty or columns.pruned or "test" in columns.reused:
            return False
        if run.pull_request is not None or run.event.startswith("pull_request"):
            return self.pull_requests
        return run.event == _QUEUE or run.branch in {"", self.branch}


def flaky_report(
    history: HistoryDirectory, selection: Selection, now: datetime, bounds: Bounds = DEFAULT
) -> FlakyReport:
    """Return what a history says of flaky tests, with those in quarantine.

    Raises UsageError when there are runs, but none that may be evidence.
    """
    reader = _Reader(history.names)
    elsewhere: Counter[str] = Counter()
    runs: list[RunResults] = []
    for columns in history.columns(selection.since, selection.until):
        if selection.takes(columns):
            runs.append(reader.run(columns))
        elif replace(selection, branch=columns.run.branch).takes(columns):
            elsewhere[columns.run.branch] += 1
    if elsewhere and not runs:
        told = ", ".join(f"{count} of {branch!r}" for branch, count in elsewhere.most_common(5))
        msg = f"{history.root}: no run of the branch {selection.branch!r} counts; there are {told}; --branch names one"
        raise UsageError(msg)
    report = detect(runs, bounds)
    quarantine = quarantine_now(history, now)
    by_test = {one.test: one for one in quarantine}
    flaky = tuple(replace(test, quarantine=by_test.get(test.test)) for test in report.flaky)
    return replace(report, flaky=flaky, quarantined=quarantine)


def run_results(history: HistoryDirectory, columns: Iterable[RunColumns]) -> Iterator[RunResults]:
    """Yield the outcomes of some runs of a history."""
    reader = _Reader(history.names)
    yield from (reader.run(one) for one in columns)


class _Reader:
    """Reads runs from the columns of a history; runs with the same tests share one tuple of their identifiers."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._tests: dict[object, tuple[str, ...]] = {}

    def run(self, columns: RunColumns) -> RunResults:
        """Return the outcomes of a run."""
        run = columns.run
        return RunResults(
            name=f"{run.run_id}-{run.attempt}",
            started=run.started,
            commit=run.commit,
            os=run.runner.os,
            python=run.runner.python,
            cpu=run.runner.cpu_model,
            duration=run.duration,
            changed=frozenset(columns.changed),
            tests=self._identifiers(columns.tests),
            outcomes="".join(part.outcomes for part in columns.tests),
            signatures=dict(_signatures(columns.tests)),
            failures=columns.failures,
            seconds=lambda: [value for part in columns.tests for value in part.seconds()],
        )

    def _identifiers(self, parts: Sequence[TestPart]) -> tuple[str, ...]:
        """Return the identifiers of tests, the same tuple for the same chunks of names."""
        key = tuple((part.chunk, tuple(sorted(part.repeats.items()))) for part in parts)
        if key not in self._tests:
            self._tests[key] = tuple(self._rows(parts))
        return self._tests[key]

    def _rows(self, parts: Iterable[TestPart]) -> Iterator[str]:
        """Yield the identifier of each row."""
        return (name[0] for part in parts for name in expanded(self._names(part.chunk), part.repeats))


def _signatures(parts: Iterable[TestPart]) -> Iterator[tuple[int, str]]:
    """Yield the places of the tests that failed, over all parts, and how each did."""
    start = 0
    for part in parts:
        for signature, places in part.signatures.items():
            yield from ((start + at, signature) for at in places)
        start += len(part.outcomes)


def document(report: FlakyReport) -> Mapping[str, object]:
    """Return a report as JSON."""
    import msgspec

    found: dict[str, object] = msgspec.to_builtins(report)
    return found
