"""What a repository and its history say of what learns and acts; a part that cannot be had says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.enforcement import in_force
from ratchetry.domain.event import Event
from ratchetry.domain.ratchet_report import BoundRow
from ratchetry.domain.thresholds import Thresholds
from ratchetry.errors import ConfigError, StateError, UsageError
from ratchetry.learn.decision_log import read_log
from ratchetry.pipeline.bandit.standing import show
from ratchetry.pipeline.degradation import active_versions, versions_report
from ratchetry.pipeline.experiments import standing as experiments_standing
from ratchetry.pipeline.ratchet import look, policy_of
from ratchetry.pipeline.ratchet_report import standing as bounds_standing
from ratchetry.report.dashboard.gathered import Absent, Arms, Trials
from ratchetry.report.text import neutralize
from ratchetry.settings import Settings

_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look: the repository, its settings, its history, and the moment that counts as now."""

    root: Path
    settings: Settings
    history: HistoryDirectory
    branch: str
    now: datetime


def bandit_part(place: Place, events: Sequence[Event]) -> Arms | Absent:
    """Return where the arms stand."""
    try:
        shown = show(str(place.root), place.settings)
    except (UsageError, StateError) as error:
        return Absent(reason=neutralize(str(error))[:_LONGEST])
    log = read_log(events, f"{place.now:%Y-%m-%dT%H:%M:%SZ}")
    return Arms(
        policy=shown.file.weights.parameters.policy,
        standings=shown.standings,
        choices=tuple((one.decision, one.outcome) for one in log.decisions),
    )


def experiments_part(place: Place) -> Trials | Absent:
    """Return where the experiments and the versions in use stand."""
    try:
        found = experiments_standing(place.history, place.now).statuses
        versions = versions_report(place.history, active_versions(place.root), place.now)
    except (UsageError, StateError) as error:
        return Absent(reason=neutralize(str(error))[:_LONGEST])
    if not found and not versions.slots and not versions.promotions:
        return Absent(reason="there is no experiment yet: `ratchetry experiment start` begins one")
    return Trials(experiments=found, versions=versions)


def bounds_part(place: Place, thresholds: Thresholds) -> tuple[BoundRow, ...] | Absent:
    """Return where each bound stands."""
    if not thresholds.rows:
        return Absent(reason=f"there is no bound: {place.settings.thresholds} holds them")
    try:
        learned = look(place.history, thresholds, policy_of(place.settings), branch=place.branch)
    except (UsageError, StateError, ConfigError) as error:
        return Absent(reason=neutralize(str(error))[:_LONGEST])
    return bounds_standing(learned, in_force(thresholds, None, today=f"{place.now:%Y-%m-%d}", agreed=True))
