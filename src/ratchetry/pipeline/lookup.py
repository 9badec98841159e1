"""Finding one run of a history by what a person calls it."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_months import Entry
from ratchetry.domain.record import RunRecord
from ratchetry.errors import UsageError

LATEST = "latest"
_NAMED = 5
_SHORTEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run, and whether its tests and findings have been dropped."""

    record: RunRecord
    pruned: bool


def find_run(history: HistoryDirectory, wanted: str) -> Found:
    """Return the run that is called like that.

    That is `latest`, a run's id (its last attempt), `<id>-<attempt>`, the beginning of one, or the beginning of a
    commit (its last run).  Raises UsageError when there is none, or when it could be one of several.
    """
    entry = _entry(history, wanted)
    columns = history.columns_of(entry)
    record = history.record_in(history.months.data("runs", entry), str(entry.path))
    return Found(record=record, pruned=columns.pruned)


def _entry(history: HistoryDirectory, wanted: str) -> Entry:
    """Return where the run stands."""
    history.check_layout()
    if wanted == LATEST:
        return _latest(history)
    entries = [entry for month in history.months.all("runs") for entry in history.months.entries("runs", month)]
    exact = [entry for entry in entries if entry.key == wanted or _id(entry) == wanted]
    if exact:
        return max(exact, key=_attempt)
    begun = {_id(entry): entry for entry in sorted(entries, key=_attempt) if wanted and entry.key.startswith(wanted)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    of_commit = [entry for entry in entries if _is_of(history, entry, wanted)] if not begun else []
    if of_commit:
        return of_commit[-1]
    some = ", ".join(list(begun)[:_NAMED])
    what = f"could be any of {len(begun)} runs: {some}" if begun else "there is no such run, nor one of such a commit"
    msg = f"{wanted!r}: {what}; name a run by its id, <id>-<attempt>, a commit, or {LATEST}"
    raise UsageError(msg)


def _latest(history: HistoryDirectory) -> Entry:
    """Return where the run stands that started last; raises UsageError when there is none."""
    for month in reversed(history.months.all("runs")):
        entries = history.months.entries("runs", month)
        if entries:
            return entries[-1]
    msg = f"{history.root}: the history is empty: `ratchetry run` keeps its runs there"
    raise UsageError(msg)


def _id(entry: Entry) -> str:
    """Return the id of a run, as it is called in paths."""
    return entry.key.rpartition("-")[0]


def _attempt(entry: Entry) -> int:
    """Return the attempt of a run."""
    attempt = entry.key.rpartition("-")[2]
    return int(attempt) if attempt.isdecimal() else 0


def _is_of(history: HistoryDirectory, entry: Entry, commit: str) -> bool:
    """Tell whether a run measured a commit that begins like that."""
    if len(commit) < _SHORTEST:
        return False
    return history.columns_of(entry).run.commit.startswith(commit.lower())
