"""What the commands of `ratchetry history` do: load, call what is pure, save."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_compaction import Compacted, compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_retention import Pruned, prune, remove_orphans
from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError, UsageError
from ratchetry.history.document import is_document
from ratchetry.history.layout import UNDATED
from ratchetry.history.privacy import Privacy
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings
from ratchetry.state.codec import LIMIT
from ratchetry.state.record import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many runs were added, how many were there already, and where."""

    added: int
    known: int
    place: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What `prune` dropped, or would drop, and the chunks of names that nothing refers to any more."""

    months: tuple[Pruned, ...]
    chunks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An event as it is kept, and whether it was new."""

    event: Event
    added: bool


def open_history(path: str, settings: Settings, directory: str | None) -> HistoryDirectory:
    """Return the history in a directory, or that in the output directory of the repository at `path`."""
    return history_at(Path(directory) if directory else places_of(path, settings).output, settings)


def history_at(root: Path, settings: Settings) -> HistoryDirectory:
    """Return the history in a directory, which keeps what the settings allow."""
    privacy = Privacy(authors=settings.privacy_authors, messages=settings.privacy_messages, salt=settings.privacy_salt)
    return HistoryDirectory(root, rounds=settings.history_rounds, privacy=privacy)


def existing_history(path: str, settings: Settings, directory: str | None) -> HistoryDirectory:
    """Return a history that is there; raises UsageError when a directory that was named is not."""
    history = open_history(path, settings, directory)
    if directory and not history.root.is_dir():
        msg = f"{directory}: there is no such directory; name one with a history, or leave --history out"
        raise UsageError(msg)
    return history


def add_records(history: HistoryDirectory, names: Sequence[str]) -> Kept:
    """Keep the runs of some record files.

    Raises StateError or UsageError naming the first that cannot be read or kept; those before it are kept.
    """
    added = known = 0
    for record in _records(names):
        if history.add(record):
            added += 1
        else:
            known += 1
    return Kept(added=added, known=known, place=history.root)


def compact_months(
    history: HistoryDirectory, now: datetime, month: str = "", *, write: bool = True
) -> tuple[Compacted, ...]:
    """Compact one month of a history, or all that are over, and return what that did to each.

    Raises UsageError for a month that is not over, or of which there is nothing.
    """
    present = sorted({*history.months.all("runs"), *history.months.all("events")})
    current = f"{now:%Y-%m}"
    if month and month >= current:
        msg = f"{month} is not over: only months before {current} can be compacted"
        raise UsageError(msg)
    if month and month not in present:
        msg = f"{history.root}: there is nothing of {month}; there is {', '.join(present) or 'nothing at all'}"
        raise UsageError(msg)
    wanted = [month] if month else [name for name in present if name < current]
    done = (compact(history, name, write=write) for name in wanted)
    return tuple(result for result in done if result.files or result.packed or result.problems)


def prune_tests(history: HistoryDirectory, now: datetime, days: int, *, write: bool = True) -> Retention:
    """Drop the tests and findings of the months that ended more than so many days ago, and say so in an event."""
    when = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    cutoff = f"{now - timedelta(days=days):%Y-%m}" if days < _LONGEST else ""
    old = [name for name in history.months.all("runs") if UNDATED < name < cutoff]
    months = tuple(result for name in old if (result := prune(history, name, when, write=write)).runs)
    if not write:
        return Retention(months=months)
    for result in months:
        data: dict[str, Value] = {"month": result.month, "runs": result.runs, "tests": result.tests, "days": days}
        history.add_event(event("pruned", time=when, subject=result.month, data=data))
    return Retention(months=months, chunks=remove_orphans(history) if months else 0)


def log_event(
    history: HistoryDirectory, moment: datetime, message: str, *, kind: str, subject: str, actor: str, repository: str
) -> Noted:
    """Note what happened at a moment; saying it again changes nothing.

    Raises UsageError for a message that says nothing, or more than is kept.
    """
    if not 0 < len(message.strip()) <= _MESSAGE:
        msg = f"a message must have 1 to {_MESSAGE} characters, this one has {len(message.strip())}"
        raise UsageError(msg)
    data: dict[str, Value] = {"kind": kind, "message": message.strip()}
    noted = history.kept_event(
        event(
            "log",
            time=f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z",
            repository=repository,
            subject=subject,
            actor=actor,
            data=data,
        )
    )
    return Noted(event=noted, added=history.add_event(noted))


_MESSAGE = 4096
_LONGEST = 365_000
"""More days than this are for ever: dates do not go back so far."""


def _records(names: Sequence[str]) -> Iterator[RunRecord]:
    """Yield the record of each file, of each file in a directory, and of standard input for `-`."""
    for name in names:
        if name == "-":
            yield _loaded(sys.stdin.buffer.read(LIMIT + 1), "standard input")
        elif Path(name).is_dir():
            paths = sorted(path for path in Path(name).rglob("*.json") if path.is_file() and not path.is_symlink())
            if not paths:
                msg = f"{name}: there is no record (*.json) in this directory"
                raise UsageError(msg)
            for path in paths:
                yield _loaded(read_bounded(path, str(path)), str(path))
        else:
            yield _loaded(read_bounded(name, name), name)


def _loaded(data: bytes, origin: str) -> RunRecord:
    """Return the record in a file; raises StateError naming the file when it holds none."""
    if is_document(data):
        msg = f"{origin}: this is a file of a history, not a run record: add the record.json that `ratchetry run` wrote"
        raise StateError(msg)
    return loads(data, origin)
