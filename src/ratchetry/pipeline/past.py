"""The records of earlier runs in an output directory."""

from __future__ import annotations

from pathlib import Path

from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.pipeline.survey import Places
from ratchetry.state.record import loads


def last_record(places: Places) -> RunRecord | None:
    """Return the record of the last run, None before the first; raises StateError when it cannot be read."""
    path = places.output / "record.json"
    return _load(path) if path.is_file() else None


def past_records(places: Places, limit: int) -> tuple[RunRecord, ...]:
    """Return the newest records, oldest first; raises StateError naming one that cannot be read."""
    newest = sorted((places.output / "runs").glob("*/*/*.json"), key=lambda path: path.stat().st_mtime)[-limit:]
    return tuple(sorted((_load(path) for path in newest), key=lambda record: record.run.started))


def _load(path: Path) -> RunRecord:
    """Return the record in a file."""
    try:
        return loads(path.read_bytes(), str(path))
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise StateError(msg) from error
