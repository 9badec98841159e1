"""The dashboard's other documents, loaded when their page is opened: columns, and places in the list of runs.

`run` columns hold places in the document `runs`, whose columns tell the branch, time and machine of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.dashboard import BenchmarkRow, BoundCell, Mark, MetricRow, MoveMark, Step, TrendCell
from ratchetry.domain.experiment import ExperimentStatus
from ratchetry.domain.flaky import BrokenTest, FlakyTest, Outage, Quarantine
from ratchetry.domain.ratchet_report import BoundMove
from ratchetry.domain.record import Better
from ratchetry.domain.trend import Forecast
from ratchetry.domain.versions import VersionsReport

TESTS_PER_INDEX: Final = 5_000
"""Tests in one document `tests-<n>`."""
TESTS_PER_DETAIL: Final = 500
"""Tests in one document `test-<n>`: those from n * 500 on."""
TIMED_RUNS: Final = 60
"""Runs, evenly spread, of which the durations of the tests are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsDocument:
    """`runs`: all runs, oldest first, as columns."""

    id: tuple[str, ...]
    time: tuple[int, ...]
    commit: tuple[str, ...]
    branch: tuple[int, ...]
    """Places in `branches`."""
    event: tuple[int, ...]
    machine: tuple[int, ...]
    verdict: str
    """One letter each: P pass, W warn, F fail, N not measured."""
    seconds: tuple[float, ...]
    pull_request: tuple[int, ...]
    """0 for none."""
    branches: tuple[str, ...]
    events: tuple[str, ...]
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDocument:
    """`metric-<hash>`: a metric or benchmark at full length, over the runs of all branches."""

    name: str
    title: str
    how: str
    unit: str
    better: Better | None
    run: tuple[int, ...]
    value: tuple[float, ...]
    n: tuple[int, ...] = ()
    """Observations that each rests on; empty when all rest on one."""
    spread: tuple[float | None, ...] = ()
    """Interquartile ranges; empty when there is none."""
    trend: TrendCell | None = None
    bound: BoundCell | None = None
    forecast: Forecast | None = None
    steps: tuple[Step, ...] = ()
    moves: tuple[MoveMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsDocument:
    """`metrics`: the metrics that the overview has no room for."""

    rows: tuple[MetricRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarksDocument:
    """`benchmarks`: the benchmarks that the overview has no room for."""

    rows: tuple[BenchmarkRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsDocument:
    """`tests-<n>`: the tests from n * 5,000 on by their names, as columns; counts are over all runs.

    A name is `prefixes[prefix] + name`; test i of the document is in `test-<k>`, k being (n * 5,000 + i) // 500.
    """

    __test__ = False

    first: int
    prefixes: tuple[str, ...]
    prefix: tuple[int, ...]
    name: tuple[str, ...]
    package: tuple[int, ...]
    """Places in the overview's `packages`."""
    runs: tuple[int, ...]
    failures: tuple[int, ...]
    """Failures and errors."""
    skipped: tuple[int, ...]
    reruns: tuple[int, ...]
    """How often it failed and passed when it was run again."""
    last: str
    """How each ended last, a letter each: P passed, F failed, E error, S skipped, R passed only when run again."""
    last_run: tuple[int, ...]
    seconds: tuple[float | None, ...]
    """The newest duration that is known."""
    flaky: str
    """One letter each: A active, S suspected, R resolved, B broken, Q in quarantine, - none of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDetail:
    """`test-<k>`: what the pages of 500 tests show.

    A strip is the outcomes over all runs in letters, `.` where a run did not have it, each letter followed by how often
    it stands in a row, 1 left out: `.40P12FP3`.
    """

    __test__ = False

    first: int
    strips: tuple[str, ...]
    timed: tuple[int, ...]
    """The runs of which durations are given."""
    seconds: tuple[tuple[float | None, ...], ...]
    """Of each test, its durations in those runs."""
    signatures: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Of the tests that failed, by their place here: the newest failures, run and signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyDocument:
    """`flaky`: the evidence on each flaky test, what broke, the outages and the quarantine."""

    flaky: tuple[FlakyTest, ...]
    broken: tuple[BrokenTest, ...]
    outages: tuple[Outage, ...]
    quarantined: tuple[Quarantine, ...]
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesDocument:
    """`modules`: changes of each module and how they fared, those with most blame first, as columns."""

    module: tuple[str, ...]
    package: tuple[int, ...]
    passed: tuple[int, ...]
    failed: tuple[int, ...]
    blame: tuple[float, ...]
    """The mean of the posterior of a change to it breaking something; 95 percent of it is from `low` to `high`."""
    low: tuple[float, ...]
    high: tuple[float, ...]
    runs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRow:
    """An arm in a context: its Beta posterior, the 90 percent interval of its mean, and how likely it is chosen."""

    arm: str
    alpha: float
    beta: float
    mean: float
    low: float
    high: float
    propensity: float
    n: int
    reward: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRow:
    """The arms in one context, which is empty for the one of all."""

    context: str
    arms: tuple[ArmRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesColumns:
    """The decisions over time, as columns; rewards are None where there is none (yet)."""

    time: tuple[int, ...] = ()
    arm: tuple[int, ...] = ()
    """Places in `arms`."""
    context: tuple[int, ...] = ()
    propensity: tuple[float, ...] = ()
    status: str = ""
    """One letter each: R rewarded, M missing, C censored, W waiting."""
    reward: tuple[float | None, ...] = ()
    arms: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditDocument:
    """`bandit`: where the arms stand, and the newest choices."""

    policy: str
    standings: tuple[ContextRow, ...]
    choices: ChoicesColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentsDocument:
    """`experiments`: where each stands, and the versions that are in use."""

    experiments: tuple[ExperimentStatus, ...]
    versions: VersionsReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRow:
    """A bound: where it stands, and its moves with their evidence."""

    metric: str
    kind: str
    unit: str
    bound: float | None
    value: float | None
    margin: float | None
    target: float | None
    needs: str
    """What its next move waits for."""
    note: str
    waived_until: str
    waived_because: str
    moves: tuple[BoundMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdsDocument:
    """`thresholds`: all bounds."""

    rows: tuple[ThresholdRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEvent:
    """Something that happened to an issue: opened, updated, closed, what it did to its metric."""

    time: int
    state: str
    actor: str
    runs: tuple[str, ...]
    data: Mapping[str, str | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """An issue by its fingerprint: what it is about, its number, and what became of it.

    Its effect is from `before`, what its goal measured when it was opened last, to `after`, when it was closed.
    """

    fingerprint: str
    title: str
    advice: str
    """The kind of advice that it gives."""
    number: int | None
    metric: str
    state: str
    events: tuple[IssueEvent, ...]
    before: float | None = None
    after: float | None = None
    goal: float | None = None
    """The bound at which it counts as done."""
    reward: float | None = None
    """What that taught, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuesDocument:
    """`issues`: those that ratchetry opened, the newest first."""

    rows: tuple[IssueRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsDocument:
    """`events`: everything that people noted."""

    marks: tuple[Mark, ...]
