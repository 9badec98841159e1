"""The dashboard's first document: all that its overview shows, each series short enough to come with the page.

What belongs to one page only comes in documents of its own (domain.dashboard_details), loaded when that page is opened.
`report.dashboard.data` tells how the documents become files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Better, Verdict
from ratchetry.domain.thresholds import BoundKind
from ratchetry.domain.trend import Forecast, TrendDirection, TrendVerdict

FORMAT: Final = 1
"""Raised when a document changes in a way that the page has to know of."""
SERIES_POINTS: Final = 200
"""Points of a metric's series on the overview, at most."""
SPARK_POINTS: Final = 60
"""Values of a benchmark's series on the overview."""
MOST_METRICS: Final = 150
"""Metrics on the overview; the rest are in the document `metrics`."""
MOST_BENCHMARKS: Final = 500
"""Benchmarks on the overview, those that worsened most first; the rest are in the document `benchmarks`."""
MOST_RECENT: Final = 50
"""Runs in the overview's table: the newest; all are in the document `runs`."""
MOST_MARKS: Final = 200
"""Manual events on the overview, the newest; all are in the document `events`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSeries:
    """A series in few points, as columns: seconds since 1970, the value, and the band that holds what was left out.

    The band is from the least to the greatest value of the runs that a point stands for; both are empty where every
    run has its own point.
    """

    t: tuple[int, ...] = ()
    v: tuple[float, ...] = ()
    lo: tuple[float, ...] = ()
    hi: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of level: how many points there are from it on, and between which commits it lies."""

    newest: int
    time: int
    good: str
    bad: str
    direction: str
    effect: float
    interval: tuple[float, float] | None
    relative: bool
    before: float
    after: float
    q: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCell:
    """Where a series goes: its slope is in the metric's unit a day, with the 95 percent interval."""

    verdict: TrendVerdict
    direction: TrendDirection
    slope: float | None = None
    interval: tuple[float, float] | None = None
    level: float | None = None
    since: str = ""
    n: int = 0
    q: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCell:
    """The bound of a metric, and where its ratchet stops."""

    kind: BoundKind
    value: float
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveMark:
    """A move of a bound: when, from where (None for its first) and to where."""

    time: int
    origin: float | None
    to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """A metric on the overview; `chunk` names the document with its full series."""

    name: str
    title: str
    """What it is, in a sentence; empty for a metric that nobody defined."""
    stage: str
    unit: str
    better: Better | None
    n: int
    latest: float
    previous: float | None
    """The value of the commit before the newest."""
    time: int
    commit: str
    trend: TrendCell
    chunk: str
    bound: BoundCell | None = None
    forecast: Forecast | None = None
    steps: tuple[Step, ...] = ()
    moves: tuple[MoveMark, ...] = ()
    series: ShortSeries = field(default_factory=ShortSeries)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRow:
    """A benchmark on the overview; `spark` is its series in equal parts, the median of each."""

    name: str
    unit: str
    n: int
    latest: float
    previous: float | None
    time: int
    verdict: TrendVerdict
    slope: float | None
    q: float | None
    spark: tuple[float, ...]
    chunk: str
    step: Step | None = None
    """The newest change of its level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that people noted: when, which kind of thing, what it is about and what they said."""

    time: int
    kind: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in the overview's table."""

    id: str
    """`<run id>-<attempt>`, as evidence cites it."""
    time: int
    branch: str
    commit: str
    event: str
    verdict: Verdict
    seconds: float
    pull_request: int | None = None
    failed: int | None = None
    """Tests that failed, None where the run has no tests."""
    coverage: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """A gate of the newest run that it did not pass, or passed with a warning."""

    metric: str
    kind: str
    verdict: Verdict
    bound: float | None
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """A way of failing, and in how many runs it was seen."""

    signature: str
    category: str
    evidence: str
    runs: int
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyCounts:
    """How many tests are flaky, and which are the worst."""

    active: int
    suspected: int
    broken: int
    quarantined: int
    outages: int
    tests: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCounts:
    """What there is on the pages of what learns and acts."""

    arms: int = 0
    decisions: int = 0
    rewarded: int = 0
    experiments: int = 0
    running: int = 0
    bounds: int = 0
    moves: int = 0
    issues: int = 0
    open_issues: int = 0
    modules: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The document that comes with the page.

    `absent` names each part that could not be made, and why: an empty part that is not in it has nothing to show.
    """

    format: int = FORMAT
    ratchetry: str = ""
    repository: str = ""
    branch: str = ""
    """The branch that the series, trends and flaky tests are of."""
    since: str = ""
    as_of: str = ""
    """The start of the newest run: the page knows no other clock."""
    run: RunRow
    verdict: Verdict
    score: float | None = None
    gates: tuple[GateRow, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many `runs`, `tests`, `metrics`, `benchmarks`, `events` there are in all."""
    branches: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    benchmarks: tuple[BenchmarkRow, ...] = ()
    marks: tuple[Mark, ...] = ()
    recent: tuple[RunRow, ...] = ()
    """The newest first, of all branches."""
    regressions: tuple[Comparison, ...] = ()
    """The metrics of the newest run of the branch that regressed or improved."""
    failures: tuple[FailureRow, ...] = ()
    flaky: FlakyCounts | None = None
    learning: LearningCounts = field(default_factory=LearningCounts)
    absent: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Each other document by its name, with the tag in the name of its file."""
