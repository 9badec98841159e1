"""The report on many repositories: their weeks added up by repository, owner and week, and what degrades.

Engines reduce the runs to weeks of repositories; everything after that is the same Python for all of them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean, median
from typing import Final

from ratchetry.fleet.degrading import Degrading, Week, degrading
from ratchetry.fleet.results import GAUGES
from ratchetry.fleet.rows import Cell, owner_of, week_of

Rows = Sequence[Mapping[str, Cell]]

NEEDED: Final = ("weekly", "flaky_weeks", "regressions", "flaky")
"""The analyses that the report is made of."""
MOST_TESTS: Final = 100
"""Tests that are flaky in several repositories which the report lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a repository, an owner, a week or the whole fleet comes to; None where nothing was measured.

    Rates are pooled over tests and runs; coverage, debt, complexity and score gap are means over the repositories,
    each with the mean of its runs.
    """

    name: str
    repositories: int
    runs: int
    minutes: float
    """Minutes that all runs took."""
    success_rate: float | None
    """Runs of the main branch that passed or warned, among those with a verdict."""
    pass_rate: float | None
    """Tests that passed, among those that passed or failed."""
    coverage: float | None
    flaky_tests: int
    """Tests that both passed and failed on one commit, summed over the weeks in which they did."""
    regressions: int
    """Times that the main branch began to fail."""
    unrecovered: int
    """Those of them after which it has not passed yet; they have no lead time."""
    lead_hours: float | None
    """The median of the hours from the first failing run to the first that passed again."""
    debt: float | None
    """Lint findings and type errors."""
    complexity: float | None
    score_gap: float | None
    """What the score lacks to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFlaky:
    """A test that is flaky in more than one repository."""

    test: str
    repositories: tuple[str, ...]
    failures: int
    flips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetReport:
    """What many repositories come to since a day."""

    since: date
    total: Line
    repositories: tuple[Line, ...]
    owners: tuple[Line, ...]
    weeks: tuple[Line, ...]
    degrading: tuple[Degrading, ...]
    flaky: tuple[SharedFlaky, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Regression:
    """A time that a main branch failed."""

    began: datetime
    ended: datetime | None


def fleet_report(since: date, answers: Mapping[str, Rows]) -> FleetReport:
    """Return the report from the rows of the analyses that it needs."""
    weeks = _weeks(answers["weekly"], answers["flaky_weeks"])
    broken: defaultdict[tuple[str, date], list[_Regression]] = defaultdict(list)
    for row in answers["regressions"]:
        began, ended = row["began"], row["ended"]
        week = week_of(began.date()) if isinstance(began, datetime) else None
        if isinstance(began, datetime) and week is not None:
            regression = _Regression(began=began, ended=ended if isinstance(ended, datetime) else None)
            broken[str(row["repository"]), week].append(regression)

    def lines(grouped: Mapping[str, list[Week]]) -> tuple[Line, ...]:
        return tuple(_line(name, grouped[name], broken) for name in sorted(grouped))

    return FleetReport(
        since=since,
        total=_line("all", weeks, broken),
        repositories=lines(_grouped(weeks, [week.repository for week in weeks])),
        owners=lines(_grouped(weeks, [owner_of(week.repository) for week in weeks])),
        weeks=lines(_grouped(weeks, [week.monday.isoformat() for week in weeks])),
        degrading=degrading(weeks),
        flaky=_shared(answers["flaky"]),
    )


def repository_weeks(answers: Mapping[str, Rows]) -> dict[str, tuple[Line, ...]]:
    """Return the weeks of each repository as lines, oldest first, without their regressions."""
    weeks = _weeks(answers["weekly"], answers["flaky_weeks"])
    return {
        name: tuple(_line(week.monday.isoformat(), [week], {}) for week in own)
        for name, own in _grouped(weeks, [week.repository for week in weeks]).items()
    }


def number(value: Cell) -> float:
    """Return a cell as a number, 0 when it is none."""
    return float(value) if isinstance(value, int | float) else 0.0


def _weeks(weekly: Rows, flaky: Rows) -> list[Week]:
    """Return the weeks of repositories, in their order."""
    counts = {(row["repository"], row["week"]): int(number(row["flaky_tests"])) for row in flaky}
    weeks = [
        Week(
            repository=str(row["repository"]),
            monday=monday,
            flaky_tests=counts.get((row["repository"], monday), 0),
            sums={name: number(value) for name, value in row.items() if name not in {"repository", "week"}},
        )
        for row in weekly
        if isinstance(monday := row["week"], date)
    ]
    return sorted(weeks, key=lambda week: (week.repository, week.monday))


def _grouped(weeks: Iterable[Week], names: Iterable[str]) -> dict[str, list[Week]]:
    """Return weeks by the name that each has."""
    groups: dict[str, list[Week]] = {}
    for week, name in zip(weeks, names, strict=True):
        groups.setdefault(name, []).append(week)
    return groups


def _line(name: str, weeks: Sequence[Week], broken: Mapping[tuple[str, date], list[_Regression]]) -> Line:
    """Return what some weeks of repositories come to."""
    by_repository = _grouped(weeks, [week.repository for week in weeks])
    gauges = {gauge: _mean_over(by_repository.values(), gauge) for gauge in GAUGES}
    found = [row for week in weeks for row in broken.get((week.repository, week.monday), ())]
    hours = [(row.ended - row.began).total_seconds() / 3600 for row in found if row.ended is not None]
    lint, types, score = gauges["lint_findings"], gauges["type_errors"], gauges["score"]
    return Line(
        name=name,
        repositories=len(by_repository),
        runs=int(_total(weeks, "runs")),
        minutes=_total(weeks, "seconds") / 60,
        success_rate=_share(weeks, "passing", "judged"),
        pass_rate=_share(weeks, "passed", "decided"),
        coverage=gauges["coverage"],
        flaky_tests=sum(week.flaky_tests for week in weeks),
        regressions=len(found),
        unrecovered=sum(row.ended is None for row in found),
        lead_hours=median(hours) if hours else None,
        debt=None if lint is None and types is None else (lint or 0.0) + (types or 0.0),
        complexity=gauges["complexity"],
        score_gap=None if score is None else 1 - score,
    )


def _total(weeks: Iterable[Week], name: str) -> float:
    """Return the sum of one column."""
    return math.fsum(week.sums[name] for week in weeks)


def _share(weeks: Sequence[Week], part: str, whole: str) -> float | None:
    """Return the ratio of the sums of two columns, None when there is nothing to divide by."""
    total = _total(weeks, whole)
    return _total(weeks, part) / total if total else None


def _mean_over(repositories: Iterable[Sequence[Week]], gauge: str) -> float | None:
    """Return the mean over repositories of the mean of their runs, None when none has measured."""
    means = [_share(weeks, gauge, f"{gauge}_n") for weeks in repositories]
    known = [mean for mean in means if mean is not None]
    return fmean(known) if known else None


def _shared(rows: Rows) -> tuple[SharedFlaky, ...]:
    """Return the tests that are flaky in more than one repository, those in the most first."""
    by_test: defaultdict[str, list[Mapping[str, Cell]]] = defaultdict(list)
    for row in rows:
        by_test[str(row["test"])].append(row)
    shared = [
        SharedFlaky(
            test=test,
            repositories=tuple(sorted(str(row["repository"]) for row in found)),
            failures=int(sum(number(row["failures"]) for row in found)),
            flips=int(sum(number(row["flips"]) for row in found)),
        )
        for test, found in by_test.items()
        if len(found) > 1
    ]
    return tuple(sorted(shared, key=lambda row: (-len(row.repositories), -row.flips, row.test))[:MOST_TESTS])
