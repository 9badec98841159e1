"""Runs of small suites, written as letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ratchetry.analyze.flaky.results import RunResults
from ratchetry.domain.flaky import FlakyReport, FlakyTest

ALWAYS = tuple(f"tests/test_{number // 4}.py::test_sound_{number}" for number in range(40))
"""Sound tests, so that a few failures are no outage."""


def runs_of(
    tests: Mapping[str, str], *, commits: Sequence[str] = (), python: str = "3.12.1", sound: Sequence[str] = ALWAYS
) -> list[RunResults]:
    """Return a run for each letter of the tests' outcomes, each of a commit of its own unless they are given."""
    names = (*tests, *sound)
    length = max(map(len, tests.values()))
    return [
        RunResults(
            name=f"{at + 1}-1",
            started=f"2026-{1 + at // 600:02}-{1 + at % 600 // 24:02}T{at % 24:02}:00:00Z",
            commit=commits[at] if commits else f"c{at}",
            os="Linux",
            python=python,
            duration=60.0,
            tests=names,
            outcomes="".join(letters[at] for letters in tests.values()) + "P" * len(sound),
        )
        for at in range(length)
    ]


def only(report: FlakyReport) -> FlakyTest:
    """Return the one test of a report."""
    (test,) = report.flaky
    return test


def found(report: FlakyReport, *statuses: str) -> set[str]:
    """Return the names of the tests of a report with some status."""
    return {test.test for test in report.flaky if test.status in statuses}


def twice(commits: int) -> list[str]:
    """Return the commits of runs of which each two share one."""
    return [f"c{number // 2}" for number in range(2 * commits)]


def renamed(runs: Iterable[RunResults], suffix: str) -> list[RunResults]:
    """Return the same runs under other names, in the same order within each moment."""
    return [replace(run, name=f"{run.name}{suffix}") for run in runs]
