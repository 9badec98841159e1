"""Which repositories get worse, week by week, on evidence: significance over the whole fleet and a least effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ratchetry.analyze.mann_kendall import MonotonicTrend, mann_kendall
from ratchetry.analyze.multiplicity import false_discovery_rate

LEAST_WEEKS: Final = 8
"""Weeks with a value that a trend rests on at least: the test's normal approximation needs them."""
RATE: Final = 0.05
"""The expected share of false findings among all that are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of a repository: sums over its runs, and how many values each has (fleet.expressions.weekly)."""

    repository: str
    monday: date
    flaky_tests: int
    sums: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that can get worse: how a week's value is made, and the change that matters over the whole time.

    A `relative` change is one against the first half's mean.
    """

    name: str
    worse: Literal["rising", "falling"]
    least: float
    value: Callable[[Week], float | None]
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Degrading:
    """A measure of a repository that gets worse: by how much over how many weeks, and how surely."""

    repository: str
    measure: str
    weeks: int
    change: float
    """What Theil and Sen's slope comes to from the first week to the last."""
    q_value: float
    """The p-value of Mann and Kendall's test, adjusted for all repositories and measures."""


def _share(part: str, whole: str) -> Callable[[Week], float | None]:
    """Return how to divide two sums of a week, None where there is nothing to divide by."""

    def divided(week: Week) -> float | None:
        return week.sums[part] / week.sums[whole] if week.sums[whole] else None

    return divided


def _debt(week: Week) -> float | None:
    """Return lint findings and type errors of a week's runs on average, None unless both were measured."""
    lint, types = _share("lint_findings", "lint_findings_n")(week), _share("type_errors", "type_errors_n")(week)
    return None if lint is None or types is None else lint + types


MEASURES: Final = (
    Measure(name="pass rate", worse="falling", least=0.005, value=_share("passed", "decided")),
    Measure(name="coverage", worse="falling", least=1.0, value=_share("coverage", "coverage_n")),
    Measure(name="debt", worse="rising", least=0.1, value=_debt, relative=True),
    Measure(name="flaky tests", worse="rising", least=1.0, value=lambda week: float(week.flaky_tests)),
    Measure(name="seconds per run", worse="rising", least=0.1, value=_share("seconds", "runs"), relative=True),
)


def degrading(weeks: Sequence[Week]) -> tuple[Degrading, ...]:
    """Return what gets worse, surest first, out of weeks in the order of repository and time."""
    by_repository: dict[str, list[Week]] = {}
    for week in weeks:
        by_repository.setdefault(week.repository, []).append(week)
    tested = [
        (repository, measure, values, _trend(values))
        for repository, own in by_repository.items()
        for measure in MEASURES
        if len(values := _values(own, measure)) >= LEAST_WEEKS
    ]
    adjusted = false_discovery_rate([_p_value(measure, trend) for _, measure, _, trend in tested])
    found = [
        Degrading(repository=repository, measure=measure.name, weeks=len(values), change=change, q_value=q)
        for (repository, measure, values, trend), q in zip(tested, adjusted, strict=True)
        if q <= RATE and _matters(measure, values, change := trend.slope * (values[-1][0] - values[0][0]))
    ]
    return tuple(sorted(found, key=lambda row: (row.q_value, row.repository, row.measure)))


def _values(weeks: Sequence[Week], measure: Measure) -> list[tuple[float, float]]:
    """Return the values of a measure with the number of their week."""
    return [(week.monday.toordinal() / 7, value) for week in weeks if (value := measure.value(week)) is not None]


def _trend(values: Sequence[tuple[float, float]]) -> MonotonicTrend:
    """Return the trend of values with their times."""
    return mann_kendall([time for time, _ in values], [value for _, value in values])


def _p_value(measure: Measure, trend: MonotonicTrend) -> float:
    """Return how likely as bad a trend is by chance."""
    return trend.p_rising if measure.worse == "rising" else trend.p_falling


def _matters(measure: Measure, values: Sequence[tuple[float, float]], change: float) -> bool:
    """Tell whether a change for the worse is large enough to speak of."""
    worse = change if measure.worse == "rising" else -change
    half = [value for _, value in values[: len(values) // 2]]
    scale = sum(half) / len(half) if measure.relative else 1.0
    return worse > 0 and worse >= measure.least * scale
