"""What is said of one test: from its periods, streaks and results to the values that are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.analyze.beta import beta_quantile
from ratchetry.analyze.flaky.bounds import Bounds
from ratchetry.analyze.flaky.cause import cause_of
from ratchetry.analyze.flaky.circumstances import Circumstances
from ratchetry.analyze.flaky.explain import Explained, log_broken
from ratchetry.analyze.flaky.periods import Period, Timeline, clean_needed, posterior, probability_of
from ratchetry.analyze.flaky.results import FAILED, RERUN, RunResults
from ratchetry.analyze.flaky.streaks import Seen, Streak
from ratchetry.domain.flaky import BrokenTest, FlakyStatus, FlakyTest

SHOWN: Final = 60
"""The newest results of a test that are shown."""
_RUNS: Final = 10
_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All that is known of one test that ever failed."""

    test: str
    seen: Sequence[Seen]
    lost: tuple[int, ...]
    """The runs, by their index, whose results of it do not count: outages."""
    part: Explained
    timeline: Timeline
    periods: Sequence[Period]


def flaky_test(one: Judged, runs: Sequence[RunResults], around: Circumstances, bounds: Bounds) -> FlakyTest | None:
    """Return what is said of a test, None when nothing speaks for its being flaky."""
    told = _told(one, bounds)
    if told is None:
        return None
    period, status = told
    streaks = period.streaks
    until = one.timeline.results_until(period.last) if status == "resolved" else len(one.timeline.results)
    alpha, beta = posterior(period.failures, until - period.start, bounds)
    failed = sorted({index for streak in streaks for index in streak.runs})
    return FlakyTest(
        test=one.test,
        status=status,
        probability=period.probability,
        rate=alpha / (alpha + beta),
        low=beta_quantile(_TAIL, alpha, beta),
        high=beta_quantile(1.0 - _TAIL, alpha, beta),
        results=until - period.start,
        failures=period.failures,
        reruns=sum(streak.direct for streak in streaks),
        flips=sum(not streak.direct for streak in streaks),
        broken=len(one.part.broken),
        first_failed=runs[failed[0]].started,
        last_failed=runs[failed[-1]].started,
        last_run=runs[one.seen[-1][0]].started,
        clean=len(one.timeline.results) - one.timeline.results_until(period.last),
        needed=clean_needed(period, one.timeline, bounds),
        lost=round(around.lost(one.test, one.seen, streaks), 3),
        cause=cause_of(around.of(one.test, one.seen, streaks)),
        runs=tuple(runs[index].name for index in failed[-_RUNS:]),
        outcomes=letters_of(one),
    )


def _told(one: Judged, bounds: Bounds) -> tuple[Period, FlakyStatus] | None:
    """Return the period that is spoken of, and how the test stands."""
    last = one.periods[-1]
    if last.active:
        clean = len(one.timeline.results) - one.timeline.results_until(last.last)
        return last, "resolved" if clean >= clean_needed(last, one.timeline, bounds) else "active"
    probability = probability_of(last, one.timeline, one.timeline.results[-1], bounds)
    if probability >= bounds.suspect:
        return replace(last, probability=probability), "suspected"
    earlier = [period for period in one.periods if period.active]
    return (earlier[-1], "resolved") if earlier else None


def broken_test(one: Judged, runs: Sequence[RunResults], bounds: Bounds, *, flaky: bool) -> BrokenTest | None:
    """Return what is said of a test that fails at the end of the history, None when it does not.

    One that is known to be flaky is broken only when that is likelier than so many failures in a row.
    """
    if not one.part.open:
        return None
    longest = max(one.part.open, key=lambda streak: (len(streak.runs), streak.environment))
    if flaky and not _outlasts(longest, one, bounds):
        return None
    first = min(streak.runs[0] for streak in one.part.open)
    return BrokenTest(
        test=one.test,
        since=runs[first].started,
        commit=runs[first].commit,
        run=runs[first].name,
        failures=sum(len(streak.runs) for streak in one.part.open),
    )


def _outlasts(streak: Streak, one: Judged, bounds: Bounds) -> bool:
    """Tell whether a streak is longer than a flaky test's failures in a row would be."""
    alpha, beta = posterior(one.periods[-1].failures, len(one.timeline.results), bounds)
    return log_broken(streak, bounds) > len(streak.runs) * math.log(alpha / (alpha + beta))


def letters_of(one: Judged) -> str:
    """Return the newest results of a test as letters, oldest first."""
    letters = _explained_letters(one.part)
    shown = dict.fromkeys(one.lost, "O")
    shown |= {index: letters.get(index, _letter(letter)) for index, letter in one.seen}
    return "".join(shown[index] for index in sorted(shown)[-SHOWN:])


def _letter(letter: str) -> str:
    """Return the letter that is shown for an outcome."""
    return "F" if letter in FAILED else "R" if letter == RERUN else "P"


def _explained_letters(part: Explained) -> Mapping[int, str]:
    """Return B for the runs in which commits had broken the test, by their index."""
    return {index: "B" for streak in (*part.broken, *part.open) for index in streak.runs}
