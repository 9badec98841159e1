"""The batch of a learning run: the records that it accepts and its manifest, between the jobs and into a history."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.domain.learning import FATES, Cursor, Manifest
from ratchetry.domain.record import RunRecord
from ratchetry.errors import UsageError
from ratchetry.history.layout import run_key
from ratchetry.pipeline.ci.reconcile import Batch
from ratchetry.ports import History
from ratchetry.state import cursor as cursor_file
from ratchetry.state.cursor import CURSOR_FILE, MANIFEST_FILE, dumps_manifest, loads_manifest
from ratchetry.state.record import dumps, loads

RECORDS: Final = "records"


def write_batch(directory: Path, batch: Batch) -> None:
    """Write a batch into a directory, the manifest last: one that is there is complete."""
    records = directory / RECORDS
    records.mkdir(parents=True, exist_ok=True)
    for record in batch.records:
        write_atomic(records / f"{run_key(record.run.run_id, record.run.attempt)}.json", dumps(record))
    write_atomic(directory / MANIFEST_FILE, dumps_manifest(batch.manifest))


def read_batch(directory: Path) -> Batch:
    """Return the batch in a directory; raises UsageError when there is none, StateError naming a malformed file."""
    path = directory / MANIFEST_FILE
    if not path.is_file():
        msg = f"{directory}: there is no {MANIFEST_FILE} in it; name the directory that `ratchetry ci ingest` wrote"
        raise UsageError(msg)
    manifest = loads_manifest(read_bounded(path, str(path)), str(path))
    return Batch(manifest=manifest, records=tuple(_records(directory)))


def keep(batch: Batch, history: History) -> int:
    """Add the records of a batch to a history and return how many were new."""
    return sum(history.add(record) for record in batch.records)


def read_cursor(history: Path) -> Cursor:
    """Return the cursor of the history in a directory, the one before all runs where it has none yet."""
    path = history / CURSOR_FILE
    return cursor_file.loads(read_bounded(path, str(path)), str(path)) if path.is_file() else Cursor()


def write_cursor(history: Path, cursor: Cursor) -> None:
    """Move the cursor of the history in a directory; never backwards."""
    if cursor.time >= read_cursor(history).time:
        history.mkdir(parents=True, exist_ok=True)
        write_atomic(history / CURSOR_FILE, cursor_file.dumps(cursor))


def told(manifest: Manifest) -> str:
    """Return what a learning run has decided, in one line."""
    return ", ".join(f"{manifest.count(fate)} {fate}" for fate in FATES)


def _records(directory: Path) -> list[RunRecord]:
    """Return the records of a batch in the order of their files' names."""
    paths = sorted((directory / RECORDS).glob("*.json"))
    return [loads(read_bounded(path, str(path)), str(path)) for path in paths]
