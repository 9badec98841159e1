"""The trend report: all that a history says of where a project's metrics go, in one versioned document.

It is made by `ratchetry trends --output FILE` and read by the steps that act on it: detection of regressions, the
weights of the bandit, and suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from msgspec import Meta

from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Better, Count, ShortText
from ratchetry.domain.trend import Forecast, Probability, Trend

TREND_REPORT_VERSION: Final = 1
MOST_SERIES: Final = 20_000
"""Series, comparisons and modules that a report holds."""
MOST_CHANGES: Final = 200
"""Change points of one series that a report holds: the newest."""
MOST_NAMES: Final = 100
"""Flaky tests that a report names, ways of failing that it counts, and remarks that it makes."""
SPARKS: Final = 30
"""Values that stand for a whole series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTrend:
    """One metric or benchmark: its newest value, how it went, and what that means."""

    name: ShortText
    unit: ShortText = ""
    better: Better | None = None
    n: Annotated[int, Meta(ge=1)]
    """Values of the period, one for each commit and machine."""
    latest: float
    latest_time: ShortText = ""
    latest_commit: ShortText = ""
    sparkline: Annotated[tuple[float | None, ...], Meta(max_length=SPARKS)] = ()
    """The runs of the period in order, in equal parts: the median of each, null where it was not measured."""
    trend: Trend
    windows: Comparison | None = None
    """The newest 7 days against the 23 before, None where it was not measured in both."""
    forecast: Forecast | None = None
    """When the bound is hit, None without a bound."""
    change_points: Annotated[tuple[ChangePoint, ...], Meta(max_length=MOST_CHANGES)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakySummary:
    """How many tests are flaky, which (the worst first), and how many runs were left out as outages."""

    active: Count
    suspected: Count = 0
    broken: Count = 0
    quarantined: Count = 0
    outages: Count = 0
    tests: Count
    names: Annotated[tuple[ShortText, ...], Meta(max_length=MOST_NAMES)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """One way of failing, and in how many runs of the period it was seen."""

    signature: ShortText
    category: ShortText
    evidence: ShortText = ""
    runs: Annotated[int, Meta(ge=1)]
    last: ShortText = ""
    """When it was seen last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleEvidence:
    """What the history says of a module: runs that changed it and passed or failed, and its share of the blame.

    `blame_mean` is the mean of the posterior of a change to it breaking something; `interval` holds 95 percent of it.
    """

    module: ShortText
    passed: Count
    failed: Count
    blame_mean: Probability
    interval: tuple[Probability, Probability]
    runs: Annotated[tuple[ShortText, ...], Meta(max_length=MOST_NAMES)] = ()
    """The newest runs that it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendReport:
    """Where a project's metrics go, on the runs of one branch; `as_of` is the start of the newest of them.

    `unmeasured` names each part that could not be made, and why: an empty part that is not in it found nothing.
    """

    schema_version: Annotated[int, Meta(ge=1)] = TREND_REPORT_VERSION
    ratchetry: ShortText = ""
    repository: ShortText = ""
    branch: ShortText = ""
    since: ShortText = ""
    """The start of the oldest run."""
    as_of: ShortText = ""
    runs: Count = 0
    run: ShortText = ""
    """The newest run, `<run id>-<attempt>`; the regressions are its."""
    commit: ShortText = ""
    series: Annotated[tuple[SeriesTrend, ...], Meta(max_length=MOST_SERIES)] = ()
    regressions: Annotated[tuple[Comparison, ...], Meta(max_length=MOST_SERIES)] = ()
    """Each metric of the newest run against the level before it, whatever the verdict."""
    flaky: FlakySummary | None = None
    failures: Annotated[tuple[FailureCount, ...], Meta(max_length=MOST_NAMES)] = ()
    modules: Annotated[tuple[ModuleEvidence, ...], Meta(max_length=MOST_SERIES)] = ()
    unmeasured: Annotated[Mapping[str, ShortText], Meta(max_length=MOST_NAMES)] = field(default_factory=dict)
    notes: Annotated[tuple[ShortText, ...], Meta(max_length=MOST_NAMES)] = ()
