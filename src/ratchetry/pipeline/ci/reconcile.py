"""Reconciling: from where the last learning run stood to every run that has ended since, each decided about once.

A learning run that is missed or fails loses nothing: the cursor moves together with the history, and only over runs
that were decided about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from ratchetry.analyze.provenance import Expected, refusal
from ratchetry.domain.learning import Cursor, DecidedRun, Decision, Fate, Manifest
from ratchetry.domain.record import RunRecord
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import ReportError, StateError, UnreachableError
from ratchetry.report.text import clip, neutralize

OVERLAP: Final = timedelta(days=7)
"""How far before the cursor runs are looked at again: some end, or are run again, long after they were created."""
MOST_DECIDED: Final = 20_000
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_REASON: Final = 500


class ExpiredError(ReportError):
    """A summary was there, and its time to be kept is over."""


class MissingError(ReportError):
    """A run has ended without a summary."""


class RunSource(Protocol):
    """Where runs and their summaries come from: GitHub, or a directory of downloaded ones."""

    def runs(self, since: str) -> Iterator[EndedRun]:
        """Yield the runs of the expected workflow that were created since, each in its latest attempt that ended.

        Those that have not ended yet come with attempt 0.  Raises UnreachableError.
        """
        ...

    def record(self, run: EndedRun) -> RunRecord:
        """Return the record in a run's summary, which is of that run.

        Raises MissingError, ExpiredError, ReportError or StateError when none will ever be had, UnreachableError when
        it may be another time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one learning run has found: its manifest and the records that it accepts."""

    manifest: Manifest
    records: tuple[RunRecord, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Progress:
    """The decisions so far; after the first failure to reach GitHub it is not asked for more."""

    decisions: list[Decision] = field(default_factory=list)
    records: list[RunRecord] = field(default_factory=list)
    unreachable: str = ""


def reconcile(source: RunSource, cursor: Cursor, expected: Expected, *, most: int) -> Batch:
    """Return every run since the cursor decided about, oldest first, at most `most` summaries fetched.

    Raises UnreachableError when the runs cannot even be listed.
    """
    known = {row.name for row in cursor.decided}
    listed = sorted(source.runs(earlier(cursor.time, OVERLAP)), key=lambda run: (run.created, run.name))
    progress = _Progress()
    fetched = 0
    for run in listed:
        if run.attempt and run.name in known:
            continue
        why = _why_later(run, progress, exhausted=fetched >= most)
        if why:
            _decide(progress, run, "undecided", why)
            continue
        refused = refusal(run, expected)
        if refused:
            _decide(progress, run, "rejected", refused)
            continue
        fetched += 1
        _fetch(progress, source, run)
    manifest = Manifest(
        repository=expected.repository,
        branch=expected.branch,
        workflow=expected.workflow,
        cursor=advanced(cursor, progress.decisions),
        decisions=tuple(progress.decisions),
    )
    return Batch(manifest=manifest, records=tuple(progress.records))


def advanced(cursor: Cursor, decisions: Iterable[Decision]) -> Cursor:
    """Return the cursor after some decisions: up to the last run that was decided about with none before it left."""
    rows = sorted(decisions, key=lambda row: (row.created, row.name))
    left = next((row.created for row in rows if row.fate == "undecided"), "")
    decided = [row for row in rows if row.fate != "undecided"]
    times = [row.created for row in decided if not left or row.created < left]
    time = max((cursor.time, *times))
    since = earlier(time, OVERLAP)
    kept = {*cursor.decided, *(DecidedRun(created=row.created, name=row.name) for row in decided)}
    recent = sorted(row for row in kept if row.created >= since)
    return replace(cursor, time=time, decided=tuple(recent[-MOST_DECIDED:]))


def earlier(time: str, span: timedelta) -> str:
    """Return a moment some time before another; empty, which is before all, when there is none that can be read."""
    try:
        moment = datetime.strptime(time, _FORMAT).replace(tzinfo=UTC)
        return (moment - span).strftime(_FORMAT)
    except (ValueError, OverflowError):
        return ""


def _why_later(run: EndedRun, progress: _Progress, *, exhausted: bool) -> str:
    """Return why a run cannot be decided about now, nothing if it can."""
    if not run.attempt:
        return "it has not ended yet"
    if progress.unreachable:
        return progress.unreachable
    return "the next learning run fetches it: this one has fetched as many as it may" if exhausted else ""


def _fetch(progress: _Progress, source: RunSource, run: EndedRun) -> None:
    """Fetch the summary of a run and decide about it."""
    try:
        record = source.record(run)
    except ExpiredError as error:
        _decide(progress, run, "lost", str(error))
    except (ReportError, StateError) as error:
        _decide(progress, run, "rejected", str(error))
    except UnreachableError as error:
        progress.unreachable = str(error)
        _decide(progress, run, "undecided", str(error))
    else:
        progress.records.append(record)
        _decide(progress, run, "accepted", "")


def _decide(progress: _Progress, run: EndedRun, fate: Fate, reason: str) -> None:
    """Write a decision down."""
    told = clip(neutralize(reason), _REASON)
    progress.decisions.append(Decision(name=run.name, created=run.created, fate=fate, reason=told))
