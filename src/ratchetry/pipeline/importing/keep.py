"""Keeping what was found: each run once, whatever month it is in, with everything that was left out counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import Event
from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history.imports.entries import Found, LeftOut, Note, said
from ratchetry.history.layout import run_key
from ratchetry.ports import Progress

MAX_TOLD: Final = 100
"""Things left out, and notes, that are told one by one; all are counted."""
_LATER: Final = timedelta(days=1)
_EVERY: Final = 500
_WRITERS: Final = 8
"""Runs that are written at the same time: each waits for the disk twice, and disks bring several home at once."""
_WAITING: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an import found and what became of it; with a dry run, what would have."""

    found: int = 0
    added: int = 0
    known: int = 0
    """Runs that the history had already, or that the sources hold more than once."""
    events: int = 0
    """Events that were new."""
    left_out: int = 0
    reasons: tuple[LeftOut, ...] = ()
    """The first things that were left out, and why."""
    notes: tuple[Note, ...] = ()
    """The first things that were assumed."""
    repositories: Mapping[str, int] = field(default_factory=dict)
    """How many of the runs were found of each repository."""
    first: str = ""
    """When the earliest of the runs started."""
    last: str = ""
    place: str = ""
    dry_run: bool = False


def keep(
    history: HistoryDirectory,
    found: Iterable[Found | Event],
    *,
    repository: str,
    now: datetime,
    progress: Progress,
    write: bool,
) -> Outcome:
    """Keep what was found, of one repository if one is named, and return what became of it.

    Raises UsageError when nothing can be written.
    """
    with ThreadPoolExecutor(_WRITERS) as writers:
        keeper = _Keeper(history, writers, repository, now, write=write)
        for at, one in enumerate(found, start=1):
            keeper.take(one)
            if at % _EVERY == 0:
                progress.preparing(f"importing: {keeper.runs:,} runs so far")
        return keeper.outcome()


class _Keeper:
    """Keeps one thing after the other, and counts."""

    def __init__(
        self, history: HistoryDirectory, writers: Executor, repository: str, now: datetime, *, write: bool
    ) -> None:
        self.runs = 0
        self._writers = writers
        self._waiting: deque[tuple[RunRecord, Future[bool]]] = deque()
        self._history = history
        self._repository = repository.casefold()
        self._latest = f"{now + _LATER:%Y-%m-%dT%H:%M:%SZ}"
        self._write = write
        self._known = set(_keys(history))
        self._added = self._events = self._left_out = 0
        self._reasons: list[LeftOut] = []
        self._notes: list[Note] = []
        self._repositories: dict[str, int] = {}
        self._times: tuple[str, str] = ("", "")

    def take(self, found: Found | Event) -> None:
        """Keep one thing; raises UsageError when it cannot be written."""
        match found:
            case RunRecord():
                self._run(found)
            case Event():
                if self._is_wanted(found.repository):
                    self._events += self._history.add_event(found) if self._write else 1
            case LeftOut():
                self._leave(found)
            case Note():
                if len(self._notes) < MAX_TOLD:
                    self._notes.append(found)

    def outcome(self) -> Outcome:
        """Return what became of everything; raises UsageError when something cannot be written."""
        while self._waiting:
            self._settle()
        return Outcome(
            found=self.runs,
            added=self._added,
            known=self.runs - self._added,
            events=self._events,
            left_out=self._left_out,
            reasons=tuple(self._reasons),
            notes=tuple(self._notes),
            repositories=dict(sorted(self._repositories.items())),
            first=self._times[0],
            last=self._times[1],
            place=str(self._history.root),
            dry_run=not self._write,
        )

    def _run(self, record: RunRecord) -> None:
        """Keep a run, unless it is another repository's, of the future, or there already."""
        run = record.run
        name = f"run {run.run_id[:100]}"
        if not self._is_wanted(run.repository):
            self._leave(LeftOut(where=name, reason=f"is of {run.repository or 'no repository'}, not of the one named"))
            return
        if run.started > self._latest:
            self._leave(LeftOut(where=name, reason=f"started: {run.started[:40]} is in the future"))
            return
        key = run_key(run.run_id, run.attempt)
        if key in self._known or not self._write:
            self._count(record, added=key not in self._known)
        else:
            self._waiting.append((record, self._writers.submit(self._history.add, record)))
        self._known.add(key)
        if len(self._waiting) > _WAITING:
            self._settle()

    def _settle(self) -> None:
        """Wait for the run that has been waiting longest; raises UsageError when it cannot be written."""
        record, writing = self._waiting.popleft()
        try:
            self._count(record, added=writing.result())
        except StateError as error:
            self._leave(LeftOut(where=f"run {record.run.run_id[:100]}", reason=said(error)))

    def _count(self, record: RunRecord, *, added: bool) -> None:
        """Count a run that is in the history now, or would be."""
        run = record.run
        self.runs += 1
        self._added += added
        self._repositories[run.repository] = self._repositories.get(run.repository, 0) + 1
        first, last = self._times
        self._times = (min(first or run.started, run.started), max(last, run.started))

    def _is_wanted(self, repository: str) -> bool:
        """Tell whether something of a repository, or of a part of it, was asked for."""
        name = repository.casefold()
        return not self._repository or name == self._repository or name.startswith(f"{self._repository}/")

    def _leave(self, left_out: LeftOut) -> None:
        """Count something that was left out; the first ones are told."""
        self._left_out += 1
        if len(self._reasons) < MAX_TOLD:
            self._reasons.append(left_out)


def _keys(history: HistoryDirectory) -> Iterator[str]:
    """Yield what every run attempt of a history is called, whatever month it is in; damaged files have none."""
    history.check_layout()
    for month in history.months.all("runs"):
        yield from (path.stem for path in history.months.singles("runs", month))
        for part in history.months.parts(month, _ignored):
            if part.header.kind == "runs":
                yield from part.header.keys


def _ignored(path: Path, error: StateError) -> None:
    """Hear of a part that cannot be read: `ratchetry history verify` tells of it."""
