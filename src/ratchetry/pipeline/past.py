"""The records of earlier runs in an output directory."""

from __future__ import annotations

from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from ratchetry.pipeline.survey import Places
from ratchetry.state.record import loads


def last_record(places: Places) -> RunRecord | None:
    """Return the record of the last run, None before the first; raises StateError when it cannot be read."""
    path = places.output / "record.json"
    return read_record(path) if path.is_file() else None


def past_records(places: Places, limit: int) -> tuple[RunRecord, ...]:
    """Return the newest records of the history, oldest first; raises StateError naming one that cannot be read."""
    return HistoryDirectory(places.output).newest(limit)


def read_record(path: Path) -> RunRecord:
    """Return the record in a file; raises StateError naming it, and the field where it can, that is wrong."""
    return loads(read_bounded(path, str(path)), str(path))
