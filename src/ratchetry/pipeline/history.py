"""What the commands of `ratchetry history` do: load, call what is pure, save."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from ratchetry.errors import UsageError
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


def open_history(path: str, settings: Settings, directory: str | None) -> HistoryDirectory:
    """Return the history in a directory, or that in the output directory of the repository at `path`."""
    return HistoryDirectory(Path(directory) if directory else places_of(path, settings).output)


def add_records(history: HistoryDirectory, names: Sequence[str]) -> Kept:
    """Keep the runs of some record files; raises StateError naming one that cannot be read."""
    added = known = 0
    for record in _records(names):
        if history.add(record):
            added += 1
        else:
            known += 1
    return Kept(added=added, known=known, place=history.root)


def _records(names: Sequence[str]) -> Iterator[RunRecord]:
    """Yield the record of each file, of each file in a directory, and of standard input for `-`."""
    for name in names:
        if name == "-":
            yield loads(sys.stdin.buffer.read(LIMIT + 1), "standard input")
        elif Path(name).is_dir():
            paths = sorted(Path(name).rglob("*.json"))
            if not paths:
                msg = f"{name}: there is no record (*.json) in this directory"
                raise UsageError(msg)
            for path in paths:
                yield loads(read_bounded(path, str(path)), str(path))
        else:
            yield loads(read_bounded(name, name), name)
