"""All that a dashboard is made of, before it is put into documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ratchetry.domain.bandit import ArmDecision, ArmOutcome
from ratchetry.domain.belief import ContextStanding
from ratchetry.domain.event import Event
from ratchetry.domain.experiment import ExperimentStatus
from ratchetry.domain.flaky import FlakyReport
from ratchetry.domain.ratchet_report import BoundRow
from ratchetry.domain.record import Gate
from ratchetry.domain.series import Series
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import TrendReport
from ratchetry.domain.versions import VersionsReport
from ratchetry.report.dashboard.rows import Columns
from ratchetry.report.dashboard.runs import RunLine
from ratchetry.report.dashboard.tests import Tests

Choice = tuple[ArmDecision, ArmOutcome | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A part that there is nothing of, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Where the arms stand, and all decisions with what became of them, oldest first."""

    policy: str
    standings: tuple[ContextStanding, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Where the experiments stand, and the versions in use."""

    experiments: tuple[ExperimentStatus, ...]
    versions: VersionsReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one pass over the history gives: all runs by their start, all metrics by name, all tests."""

    runs: tuple[RunLine, ...]
    metrics: Mapping[str, Columns]
    tests: Tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that a dashboard is made of; `gates` are those of the newest run of the branch."""

    ratchetry: str
    report: TrendReport
    series: tuple[Series, ...]
    read: Read
    newest: RunLine
    gates: tuple[Gate, ...]
    thresholds: Mapping[str, Threshold]
    events: tuple[Event, ...] = ()
    flaky: FlakyReport | Absent = field(default_factory=lambda: Absent(reason="not asked for"))
    bandit: Arms | Absent = field(default_factory=lambda: Absent(reason="not asked for"))
    trials: Trials | Absent = field(default_factory=lambda: Absent(reason="not asked for"))
    bounds: tuple[BoundRow, ...] | Absent = field(default_factory=lambda: Absent(reason="not asked for"))
