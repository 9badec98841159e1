"""Runs as rows of the overview and as the columns that all other documents point into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.dashboard import RunRow
from ratchetry.domain.dashboard_details import RunsDocument
from ratchetry.domain.record import RunInfo, Verdict
from ratchetry.report.dashboard.rows import Seconds
from ratchetry.report.dashboard.shorten import maybe, rounded
from ratchetry.report.dashboard.tests import strings

_LETTERS: Final = {"pass": "P", "warn": "W", "fail": "F", "not_measured": "N"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run as the documents show it."""

    run: RunInfo
    verdict: Verdict
    failed: int | None = None
    coverage: float | None = None
    score: float | None = None

    @property
    def name(self) -> str:
        """Return the run attempt's name, as evidence cites it."""
        return f"{self.run.run_id}-{self.run.attempt}"


def run_row(line: RunLine, seconds: Seconds) -> RunRow:
    """Return a run as a row of the overview."""
    run = line.run
    return RunRow(
        id=line.name,
        time=seconds(run.started),
        branch=run.branch,
        commit=run.commit,
        event=run.event,
        verdict=line.verdict,
        seconds=rounded(run.duration, 4),
        pull_request=run.pull_request,
        failed=line.failed,
        coverage=maybe(line.coverage),
        score=maybe(line.score),
    )


def runs_document(lines: Sequence[RunLine], seconds: Seconds) -> RunsDocument:
    """Return all runs as columns."""
    runs = [line.run for line in lines]
    branches = strings([run.branch for run in runs])
    events = strings([run.event for run in runs])
    machines = strings([run.runner.cpu_model for run in runs])
    return RunsDocument(
        id=tuple(line.name for line in lines),
        time=tuple(seconds(run.started) for run in runs),
        commit=tuple(run.commit for run in runs),
        branch=tuple(branches[run.branch] for run in runs),
        event=tuple(events[run.event] for run in runs),
        machine=tuple(machines[run.runner.cpu_model] for run in runs),
        verdict="".join(_LETTERS[line.verdict] for line in lines),
        seconds=tuple(rounded(run.duration, 4) for run in runs),
        pull_request=tuple(run.pull_request or 0 for run in runs),
        branches=tuple(branches),
        events=tuple(events),
        machines=tuple(machines),
    )
