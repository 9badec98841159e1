"""The verdict on one test, folded over its failures in the order of time: active from a bound on, resolved at another.

Two models explain a series of results (ratchetry.analyze.flaky.bounds says which), and both have a closed form: the
probability of a flaky test follows from their ratio. Resolving takes so many clean results that a test with the rate
observed would hardly have had them; what comes later needs evidence of its own.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ratchetry.analyze.beta import beta_below, log_beta
from ratchetry.analyze.flaky.bounds import Bounds
from ratchetry.analyze.flaky.explain import log_repair
from ratchetry.analyze.flaky.results import Environment
from ratchetry.analyze.flaky.streaks import Streak

_WITH_RERUN: Final = 2
_WITHOUT: Final = 3
"""Commits on which a test must have failed, with and without one on which it also passed."""
_SHARED: Final = 0.5
"""What one test has to answer for of a break that other tests of its file show in the same runs."""
_MOST_CLEAN: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Where the results of a test lie: the run of each that counts, by its index, and that of each new commit."""

    results: Sequence[int] = ()
    commits: Sequence[int] = ()
    passing: Mapping[str, frozenset[Environment]] = field(default_factory=dict)

    def results_until(self, run: int) -> int:
        """Return how many results there are up to and with a run."""
        return bisect_right(self.results, run)

    def commits_until(self, run: int) -> int:
        """Return how many commits there are up to and with a run."""
        return bisect_right(self.commits, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time in which a test failed now and then, from one resolution to the next."""

    streaks: tuple[Streak, ...] = ()
    start: int = 0
    """Results before it."""
    probability: float = 0.0
    active: bool = False

    @property
    def failures(self) -> int:
        """Return how many results failed."""
        return sum(len(streak.runs) for streak in self.streaks)

    @property
    def last(self) -> int:
        """Return the run in which it failed last."""
        return max(streak.runs[-1] for streak in self.streaks)


def periods_of(streaks: Sequence[Streak], timeline: Timeline, bounds: Bounds) -> list[Period]:
    """Return the times of flakiness of a test, given the failures that count; the last one may be going on."""
    periods: list[Period] = []
    current = Period()
    for streak in sorted(streaks, key=lambda row: (row.runs[-1], row.runs, row.environment)):
        if current.active and is_resolved(current, timeline, timeline.results_until(streak.runs[0] - 1), bounds):
            periods.append(current)
            current = Period(start=timeline.results_until(current.last))
        current = _with(current, streak, timeline, bounds)
    return [*periods, current] if current.streaks else periods


def _with(period: Period, streak: Streak, timeline: Timeline, bounds: Bounds) -> Period:
    """Return a period with one streak more, active if the evidence reaches the bound now."""
    streaks = (*period.streaks, streak)
    if period.active:
        return Period(streaks=streaks, start=period.start, probability=period.probability, active=True)
    longer = Period(streaks=streaks, start=period.start)
    results = timeline.results_until(streak.runs[-1]) - period.start
    probability = probability_of(longer, timeline, streak.runs[-1], bounds)
    alpha, beta = posterior(longer.failures, results, bounds)
    certain = 1.0 - beta_below(bounds.least_rate, alpha, beta) >= bounds.rate_certainty
    active = probability >= bounds.activate and certain and _is_repeated(streaks)
    return Period(streaks=streaks, start=period.start, probability=probability, active=active)


def probability_of(period: Period, timeline: Timeline, until: int, bounds: Bounds) -> float:
    """Return the probability that a test is flaky, given its results from the start of a period up to a run."""
    results = timeline.results_until(until) - period.start
    failures = period.failures
    alpha, beta = bounds.rate_failures, bounds.rate_passes
    log_flaky = log_beta(alpha + failures, beta + results - failures) - log_beta(alpha, beta)
    log_odds = (
        math.log(bounds.prior) - math.log1p(-bounds.prior) + log_flaky - _log_sound(period, timeline, until, bounds)
    )
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700.0 else 0.0


def _log_sound(period: Period, timeline: Timeline, until: int, bounds: Bounds) -> float:
    """Return the logarithm of the likelihood of a period if the test is sound: commits broke it, or faults did."""
    faults = sum(streak.direct for streak in period.streaks)
    breaks: dict[str, list[Streak]] = {}
    for streak in period.streaks:
        if not streak.direct:
            breaks.setdefault(streak.commits[0], []).append(streak)
    commits = timeline.commits_until(until) - timeline.commits_until(_run_at(timeline, period.start) - 1)
    shares = {commit: _SHARED if any(row.shared for row in rows) else 1.0 for commit, rows in breaks.items()}
    number = sum(shares.values())
    log = faults * math.log(bounds.noise)
    log += log_beta(1.0 + number, bounds.break_odds + max(0.0, commits - number)) - log_beta(1.0, bounds.break_odds)
    for commit, streaks in breaks.items():
        log += shares[commit] * max(log_repair(streak, bounds) for streak in streaks)
        if timeline.passing.get(commit, frozenset()) - {streak.environment for streak in streaks}:
            log += math.log(bounds.elsewhere)
    return log


def _run_at(timeline: Timeline, results: int) -> int:
    """Return the run of the first result after some."""
    return timeline.results[results] if results < len(timeline.results) else 0


def _is_repeated(streaks: Sequence[Streak]) -> bool:
    """Tell whether a test failed on enough commits: one observation never decides."""
    commits = {streak.commits[0] for streak in streaks}
    return len(commits) >= (_WITH_RERUN if any(streak.direct for streak in streaks) else _WITHOUT)


def posterior(failures: int, results: int, bounds: Bounds) -> tuple[float, float]:
    """Return the parameters of the rate's posterior, a beta distribution."""
    return bounds.rate_failures + failures, bounds.rate_passes + max(0, results - failures)


def is_resolved(period: Period, timeline: Timeline, results: int, bounds: Bounds) -> bool:
    """Tell whether a test whose results are so many has been clean for long enough since its last failure."""
    return results - timeline.results_until(period.last) >= clean_needed(period, timeline, bounds)


def clean_needed(period: Period, timeline: Timeline, bounds: Bounds) -> int:
    """Return how many clean results resolve a test.

    After them, a test with the rate that its results up to the last failure speak for would have failed again, but for
    the chance `resolve`: the posterior predictive probability of a clean stretch, in closed form.
    """
    alpha, beta = posterior(period.failures, timeline.results_until(period.last) - period.start, bounds)
    return max(bounds.least_clean, _first(lambda clean: _log_clean(alpha, beta, clean) <= math.log(bounds.resolve)))


def _log_clean(alpha: float, beta: float, clean: int) -> float:
    """Return the logarithm of the chance of so many clean results in a row, given the posterior of the rate."""
    return log_beta(alpha, beta + clean) - log_beta(alpha, beta)


def _first(holds: Callable[[int], bool]) -> int:
    """Return the smallest number for which something holds that goes on to hold, at most a million."""
    high = 1
    while high < _MOST_CLEAN and not holds(high):
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return min(high, _MOST_CLEAN)
