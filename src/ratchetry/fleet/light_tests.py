"""The part of the light core that looks at single tests: it leaves alone what never failed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Final

from ratchetry.fleet.flaky_expressions import MOST_STEPS
from ratchetry.fleet.results import RunResults
from ratchetry.fleet.rows import Cell, module_of, week_of

_FAILING: Final = re.compile("[FER]")
_Seen = tuple[datetime | None, str, int, str, str | None, str]
"""One decided result of a test: start, run, attempt, branch, commit, letter."""


@dataclass(slots=True, kw_only=True)
class _OnCommit:
    """What was seen of a test on one commit."""

    good: bool = False
    bad: bool = False
    weeks: list[date] = field(default_factory=list)


_module = cache(module_of)


def failing_modules(run: RunResults) -> frozenset[str]:
    """Return the modules of the tests that failed at least once in a run."""
    return frozenset(_module(run.tests[found.start()]) for found in _FAILING.finditer(run.outcomes))


def _suspects(runs: Sequence[RunResults]) -> Iterator[tuple[str, str, list[_Seen]]]:
    """Yield repository, test and all decided results of the tests that ever failed."""
    failing: defaultdict[str, set[str]] = defaultdict(set)
    for run in runs:
        failing[run.repository].update(run.tests[found.start()] for found in _FAILING.finditer(run.outcomes))
    results: defaultdict[tuple[str, str], list[_Seen]] = defaultdict(list)
    places: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for run in runs:
        suspects = failing[run.repository]
        if not suspects:
            continue
        shared = (id(run.tests), run.repository)
        if shared not in places:
            places[shared] = [(index, name) for index, name in enumerate(run.tests) if name in suspects]
        about = (run.started, run.run_id, run.attempt, run.branch, run.commit)
        for index, name in places[shared]:
            letter = run.outcomes[index]
            if letter != "S":
                results[run.repository, name].append((*about, letter))
    for (repository, name), seen in results.items():
        yield repository, name, seen


def _both_outcomes(seen: Iterable[_Seen]) -> list[date | None]:
    """Return, for each commit on which a test both passed and failed, the week of its last run."""
    commits: defaultdict[str, _OnCommit] = defaultdict(_OnCommit)
    for started, _, _, _, commit, letter in seen:
        if commit is None:
            continue
        on = commits[commit]
        on.bad |= letter != "P"
        on.good |= letter in "PR"
        week = week_of(None if started is None else started.date())
        on.weeks += [] if week is None else [week]
    return [max(on.weeks, default=None) for on in commits.values() if on.good and on.bad]


def _order(seen: _Seen) -> tuple[bool, datetime | None, str, int, bool]:
    """Return what results are sorted by: those without a start first, of one run the good one first."""
    started, run_id, attempt, _, _, letter = seen
    return (started is not None, started, run_id, attempt, letter != "P")


def _flips(seen: Iterable[_Seen]) -> tuple[int, int]:
    """Return how often a test's outcome changed between results that follow each other on a branch, and their pairs."""
    flips = pairs = 0
    last: dict[str, bool] = {}
    for _, _, _, branch, _, letter in sorted(seen, key=_order):
        bad = letter != "P"
        if branch in last:
            pairs += 1
            flips += last[branch] != bad
        last[branch] = bad
    return flips, pairs


def flaky(runs: Sequence[RunResults]) -> list[dict[str, Cell]]:
    """Return each test that both passed and failed on one commit, or changed its outcome more than twice."""
    rows: list[dict[str, Cell]] = []
    for repository, name, seen in _suspects(runs):
        commits = len(_both_outcomes(seen))
        flips, pairs = _flips(seen)
        if commits or flips > MOST_STEPS:
            rows.append(
                {
                    "repository": repository,
                    "test": name,
                    "results": len(seen),
                    "failures": sum(row[5] != "P" for row in seen),
                    "flaky_commits": commits,
                    "flips": flips,
                    "flip_rate": flips / pairs if pairs else None,
                }
            )
    return rows


def flaky_weeks(runs: Sequence[RunResults]) -> list[dict[str, Cell]]:
    """Return how many tests of a repository both passed and failed on one commit, by the week it was last run."""
    counts: Counter[tuple[str, date]] = Counter()
    for repository, _, seen in _suspects(runs):
        counts.update((repository, week) for week in {*_both_outcomes(seen)} if week is not None)
    return [{"repository": repository, "week": week, "flaky_tests": n} for (repository, week), n in counts.items()]
