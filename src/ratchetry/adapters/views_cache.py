"""The views of a history directory as a directory of Parquet files, brought up to date month by month."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec.structs import replace as with_fields

from ratchetry.adapters.derived_files import Updated, update_pieces
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.parquet_files import part_path, require_sql, write_rows, write_tests
from ratchetry.domain.event import Event
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.errors import StateError
from ratchetry.fleet.results import RunTests, TestReader
from ratchetry.fleet.rows import ROWS, event_row
from ratchetry.fleet.tables import BY_NAME
from ratchetry.history.decoding import Names, record_of
from ratchetry.history.document import RunDocument
from ratchetry.history.layout import UNDATED, month_of


def update_views(root: Path, history: HistoryDirectory, target: Path) -> Updated:
    """Bring the views of the history at `root` up to date in the directory `target`; months that are the same stay.

    A month is written anew when a file of it has come, gone or changed its size.  Raises UsageError when the
    directory cannot be written or the libraries are missing, StateError when a file of the history cannot be read.
    """
    require_sql()

    def write(month: str) -> Mapping[str, int]:
        return _write_month(month, history, target)

    return update_pieces(month_keys(root), write, target, source_place(root))


def source_place(root: Path) -> str:
    """Return what the views of the history at `root` are told from those of others by."""
    return short_hash(str(root.resolve()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """The runs of one repository in one month: their records, of tests only those that failed, and all tests."""

    records: list[RunRecord] = field(default_factory=list)
    tests: list[RunTests] = field(default_factory=list)


def _failed_only(document: RunDocument, names: Names) -> RunRecord:
    """Return the record of a run without its tests, but for the signatures of those that failed."""
    parts = () if document.tests is None else document.tests.chunks.values()
    signatures = (signature for part in parts for signature, places in part.signatures.items() for _ in places)
    failed = tuple(TestResult(id="", outcome="failed", signature=signature) for signature in signatures)
    return replace(record_of(with_fields(document, tests=None), names), tests=failed)


def _runs_of(month: str, history: HistoryDirectory) -> dict[str, _Runs]:
    """Return the runs of a month by their repository; raises StateError when one cannot be read."""
    found: dict[str, _Runs] = {}
    reader = TestReader(history.names)
    for document in history.documents(*_span(month)):
        if month_of(document.run.started) != month:
            continue
        try:
            record, tests = _failed_only(document, history.names), reader.tests(document)
        except (ValueError, LookupError, OverflowError) as error:
            msg = f"{history.root}: run {document.run.run_id[:100]}: its columns do not fit together: {error}"
            raise StateError(msg) from error
        runs = found.setdefault(document.run.repository, _Runs())
        runs.records.append(record)
        runs.tests.append(tests)
    return found


def _write_month(month: str, history: HistoryDirectory, target: Path) -> dict[str, int]:
    """Write the rows of one month, and return the files with how many each has."""
    found = _runs_of(month, history)
    events: dict[str, list[Event]] = {}
    for event in history.events(*_span(month)):
        if month_of(event.time) == month:
            events.setdefault(event.repository, []).append(event)
    rows: dict[str, int] = {}
    for repository, runs in found.items():
        for view in ROWS:
            path = part_path(view, month, repository)
            rows[path] = _write_view(view, target / path, runs)
    for repository, happened in events.items():
        path = part_path("events", month, repository)
        rows[path] = write_rows(target / path, BY_NAME["events"], map(event_row, happened))
    return {path: count for path, count in rows.items() if count}


def _write_view(view: str, path: Path, runs: _Runs) -> int:
    """Write one view of runs into its file, and return how many rows it has."""
    if view == "tests":
        return write_tests(path, runs.tests)
    return write_rows(path, BY_NAME[view], (row for record in runs.records for row in ROWS[view](record)))


def _span(month: str) -> tuple[str, str]:
    """Return what a history is asked for so that its answer holds all of a month, and no file of the next is read."""
    return ("", "") if month == UNDATED else (month, f"{month}-99")


def month_keys(root: Path) -> dict[str, str]:
    """Return, for each month of a history, the hash of the names and sizes of its files.

    All files of a history are written once, and compacted months are named by their content.
    """
    found: dict[str, list[str]] = {}
    for kind in ("runs", "events"):
        for year in _directories(root / kind):
            for month in _directories(year):
                found.setdefault(f"{year.name}-{month.name}", []).extend(_listed(kind, month))
    for month in _directories(root / "months"):
        found.setdefault(month.name, []).extend(_listed("months", month))
    return {month: _digest(names) for month, names in found.items() if names}


def _digest(names: list[str]) -> str:
    """Return the hash of some names in their order by value."""
    return hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "surrogateescape")).hexdigest()


def _directories(path: Path) -> Iterator[Path]:
    """Yield the directories in a directory, sorted; none when it is not there."""
    if path.is_dir():
        yield from sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _listed(kind: str, directory: Path) -> list[str]:
    """Return a line for each file of a directory: what kind it is of, its name and its size."""
    with os.scandir(directory) as entries:
        files = [entry for entry in entries if not entry.name.startswith(".") and entry.is_file()]
        return [f"{kind}/{entry.name} {entry.stat().st_size}" for entry in files]
