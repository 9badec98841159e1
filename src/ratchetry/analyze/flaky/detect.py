"""Flaky tests of a history: outages are left out, broken tests told apart, the others judged one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.analyze.flaky.bounds import DEFAULT, Bounds
from ratchetry.analyze.flaky.circumstances import Circumstances
from ratchetry.analyze.flaky.explain import Explained, explained
from ratchetry.analyze.flaky.outages import Missing, first_look, told, unusual
from ratchetry.analyze.flaky.periods import Timeline, periods_of
from ratchetry.analyze.flaky.results import SKIPPED, RunResults, in_order
from ratchetry.analyze.flaky.streaks import Seen, passing_on, streaks_of, with_company
from ratchetry.analyze.flaky.verdict import Judged, broken_test, flaky_test
from ratchetry.domain.flaky import BrokenTest, FlakyReport, FlakyStatus, FlakyTest

_ORDER: Final[Mapping[FlakyStatus, int]] = {"active": 0, "suspected": 1, "resolved": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Results:
    """All results of the tests that ever failed: those that count, and those of outages."""

    seen: Mapping[str, list[Seen]]
    lost: Mapping[str, list[int]]


def detect(runs: Iterable[RunResults], bounds: Bounds = DEFAULT) -> FlakyReport:
    """Return what the results of runs say of flaky tests; the order in which the runs are given does not matter."""
    ordered = in_order(runs)
    missing = first_look(ordered, bounds)
    results = _results(ordered, missing)
    parts = _explained(results, ordered, bounds)
    more = unusual(_failures(parts.values(), len(ordered)), bounds)
    if more:
        missing = missing.joined(more)
        results = _results(ordered, missing)
        parts = _explained(results, ordered, bounds)
    judged = [_judge(test, results, part, ordered, bounds) for test, part in parts.items()]
    around = Circumstances(ordered)
    flaky = [flaky_test(one, ordered, around, bounds) for one in judged if one.periods]
    listed = [test for test in flaky if test is not None]
    active = frozenset(test.test for test in listed if test.status == "active")
    counts = Counter(test for run in ordered for test in run.tests) if ordered else Counter()
    return FlakyReport(
        runs=len(ordered),
        tests=len(counts),
        first=ordered[0].started if ordered else "",
        last=ordered[-1].started if ordered else "",
        flaky=tuple(sorted(listed, key=_order)),
        broken=tuple(_broken(judged, active, ordered, bounds)),
        outages=told(ordered, missing),
        new=tuple(_new(counts, ordered, bounds)),
    )


def _order(test: FlakyTest) -> tuple[int, float, str]:
    """Return what flaky tests are sorted by: the active ones first, those that fail most before others."""
    return _ORDER[test.status], -test.rate, test.test


def _results(runs: Sequence[RunResults], missing: Missing) -> _Results:
    """Return the results of the tests that failed at least once where it counts: no other test can be flaky."""
    suspects = {
        run.tests[position]
        for index, run in enumerate(runs)
        if index not in missing.runs
        for position in run.bad()
        if missing.counts(index, position)
    }
    seen: defaultdict[str, list[Seen]] = defaultdict(list)
    lost: defaultdict[str, list[int]] = defaultdict(list)
    places: dict[int, list[tuple[int, str]]] = {}
    for index, run in enumerate(runs):
        if id(run.tests) not in places:
            places[id(run.tests)] = [(at, name) for at, name in enumerate(run.tests) if name in suspects]
        whole, single = index in missing.runs, missing.tests.get(index, frozenset())
        for position, name in places[id(run.tests)]:
            letter = run.outcomes[position]
            if letter == SKIPPED:
                continue
            if whole or position in single:
                lost[name].append(index)
            else:
                seen[name].append((index, letter))
    return _Results(seen=seen, lost=lost)


def _explained(results: _Results, runs: Sequence[RunResults], bounds: Bounds) -> dict[str, Explained]:
    """Return what explains the failures of each test."""
    streaks = with_company({test: streaks_of(test, seen, runs) for test, seen in results.seen.items()})
    return {test: explained(rows, len(results.seen[test]), bounds) for test, rows in streaks.items()}


def _failures(parts: Iterable[Explained], runs: int) -> list[int]:
    """Return how many failures each run has that commits do not explain."""
    counts = [0] * runs
    for part in parts:
        for streak in part.flaky:
            for index in streak.runs:
                counts[index] += 1
    return counts


def _judge(test: str, results: _Results, part: Explained, runs: Sequence[RunResults], bounds: Bounds) -> Judged:
    """Return all that is known of one test."""
    seen, lost = results.seen[test], tuple(results.lost.get(test, ()))
    if not part.flaky:
        return Judged(test=test, seen=seen, lost=lost, part=part, timeline=Timeline(), periods=())
    away = {index for streak in (*part.broken, *part.open) for index in streak.runs}
    failed = {commit for streak in part.flaky for commit in streak.commits}
    kept = [index for index, _ in seen if index not in away]
    timeline = Timeline(results=kept, commits=_commits(kept, runs), passing=passing_on(failed, seen, runs))
    periods = periods_of(part.flaky, timeline, bounds)
    return Judged(test=test, seen=seen, lost=lost, part=part, timeline=timeline, periods=periods)


def _commits(indexes: Iterable[int], runs: Sequence[RunResults]) -> list[int]:
    """Return the runs, by their index, that were the first of their commit."""
    known: set[str] = set()
    found = []
    for index in indexes:
        commit = runs[index].commit or runs[index].name
        if commit not in known:
            known.add(commit)
            found.append(index)
    return found


def _broken(
    judged: Iterable[Judged], active: Collection[str], runs: Sequence[RunResults], bounds: Bounds
) -> Iterator[BrokenTest]:
    """Yield the tests that fail at the end of the history, unless a known flaky one may just have failed again."""
    found = (broken_test(one, runs, bounds, flaky=one.test in active) for one in judged)
    yield from sorted((test for test in found if test is not None), key=lambda test: test.test)


def _new(counts: Mapping[str, int], runs: Sequence[RunResults], bounds: Bounds) -> list[str]:
    """Return the tests of the newest run that too few runs have seen, once there are runs enough to tell."""
    if len(runs) < 2 * bounds.vetted:
        return []
    return sorted(test for test in set(runs[-1].tests) if counts[test] < bounds.vetted)
