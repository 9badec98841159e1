"""The history in a directory of files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_files import keep_content, locked, write_once
from ratchetry.adapters.history_months import Entry, Months, Single
from ratchetry.domain.event import Event
from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history import layout
from ratchetry.history.chunks import Name, chunk_id, chunk_names
from ratchetry.history.columns import RunColumns, columns_of
from ratchetry.history.decoding import decode_record
from ratchetry.history.document import RunDocument, decode_document, is_document
from ratchetry.history.encoding import Encoded, encode_record
from ratchetry.history.event_file import event_bytes, event_in
from ratchetry.history.normal import ROUNDS, normalized
from ratchetry.history.part_columns import columns_in
from ratchetry.history.privacy import Privacy, private_event, private_record
from ratchetry.state.record import loads

_LOCK: Final = ".history.lock"
_PRIVATE: Final = Privacy()


class HistoryDirectory:
    """A history (ports.History) below a directory: one file for each run and event, names in chunks that they share.

    A run is kept in its normal form (history.normal), with what may be kept of people and messages (history.privacy).
    Nothing is ever listed to add to it.
    """

    def __init__(self, root: Path, *, rounds: int = ROUNDS, privacy: Privacy = _PRIVATE) -> None:
        self.root = root
        self.months = Months(root)
        self._rounds = rounds
        self._privacy = privacy
        self._chunks: dict[str, bytes] = {}
        self.names = lru_cache(maxsize=4096)(self._names)

    def add(self, record: RunRecord) -> bool:
        """Keep a run; return False when this attempt of it is there already, whatever it says then.

        Raises StateError when the record cannot be kept as it is, UsageError when nothing can be written.
        """
        run = record.run
        path = self.root / layout.run_path(run.run_id, run.attempt, run.started)
        month = layout.month_of(run.started)
        if path.exists() or self.months.holds("runs", month, path.stem):
            return False
        encoded = _checked(normalized(private_record(record, self._privacy), self._rounds))
        with self._adding():
            if self.months.holds("runs", month, path.stem):  # another has added it meanwhile, and it was packed
                return False
            for identifier, data in encoded.chunks.items():
                keep_content(self.root / layout.chunk_path(identifier), data)
            return write_once(path, encoded.document)

    def add_event(self, event: Event) -> bool:
        """Keep an event; return False when it is there already.

        Raises StateError when the event cannot be kept as it is, UsageError when nothing can be written.
        """
        event = self.kept_event(event)
        data = event_bytes(event)
        with self._adding():
            if self.months.holds("events", layout.month_of(event.time), event.id):
                return False
            return write_once(self.root / layout.event_path(event.id, event.time), data)

    def kept_event(self, event: Event) -> Event:
        """Return an event as `add_event` keeps it: with what may be kept of people and messages."""
        return private_event(event, self._privacy)

    def records(self, since: str = "", until: str = "") -> Iterator[RunRecord]:
        """Yield the runs that started in [since, until), ISO 8601 in UTC, in order of their start.

        Raises StateError naming a file that cannot be read.
        """
        for entry in self._found("runs", since, until):
            yield self.record_in(self.months.data("runs", entry), str(entry.path))

    def columns_of(self, entry: Entry) -> RunColumns:
        """Return a run as columns; raises StateError naming the file when it cannot be read."""
        if entry.place is not None:
            with contextlib.suppress(FileNotFoundError):
                columns = columns_in(self.months.content(entry.path), entry.place, str(entry.path))
                if columns is not None:
                    return columns
        return columns_of(self._document(entry), str(entry.path))

    def columns(self, since: str = "", until: str = "") -> Iterator[RunColumns]:
        """Yield the runs that started in [since, until) as columns, in order of their start.

        Raises StateError naming a file that cannot be read.
        """
        for entry in self._found("runs", since, until):
            yield self.columns_of(entry)

    def documents(self, since: str = "", until: str = "") -> Iterator[RunDocument]:
        """Yield the runs that started in [since, until) as they are kept, all columns, in order of their start.

        Raises StateError naming a file that cannot be read.
        """
        for entry in self._found("runs", since, until):
            yield decode_document(self._document(entry), str(entry.path), RunDocument)

    def events(self, since: str = "", until: str = "") -> Iterator[Event]:
        """Yield the events of [since, until), ISO 8601 in UTC, in order of their time."""
        for entry in self._found("events", since, until):
            yield event_in(self.months.data("events", entry), str(entry.path))

    def newest(self, limit: int) -> tuple[RunRecord, ...]:
        """Return the runs that started last, oldest first; raises StateError naming a file that cannot be read."""
        self.check_layout()
        found: list[Entry] = []
        for month in reversed(self.months.all("runs")):
            if len(found) >= limit:
                break
            found = [*self.months.entries("runs", month), *found]
        entries = found[-limit:] if limit > 0 else []
        return tuple(self.record_in(self.months.data("runs", entry), str(entry.path)) for entry in entries)

    def record_in(self, data: bytes, origin: str) -> RunRecord:
        """Return the record that a run's file holds; raises StateError naming the file when it cannot be read."""
        return decode_record(data, origin, self.names) if is_document(data) else loads(data, origin)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep everyone else from adding while the body moves or removes files; ends with the process at the latest."""
        with locked(self.root / _LOCK, shared=False):
            yield

    def _found(self, kind: Single, since: str, until: str) -> Iterator[Entry]:
        """Yield what stands in a period, each once, in order of its time."""
        self.check_layout()
        seen: set[str] = set()
        for month in self.months.between(kind, since, until):
            for entry in self.months.entries(kind, month):
                if entry.key not in seen and since <= entry.time and (not until or entry.time < until):
                    seen.add(entry.key)
                    yield entry

    def _names(self, identifier: str) -> tuple[Name, ...]:
        """Return the names in a chunk; raises StateError when it is missing or damaged."""
        if identifier in self._chunks:
            return chunk_names(self._chunks[identifier], identifier)
        path = self.root / layout.chunk_path(identifier)
        data = read_bounded(path, str(path))
        if chunk_id(data) != identifier:
            msg = f"{path}: damaged: its content is not what its name says; add a run that has it, or restore it"
            raise StateError(msg)
        return chunk_names(data, str(path))

    def _document(self, entry: Entry) -> bytes:
        """Return the document of a run; a whole run record becomes one."""
        data = self.months.data("runs", entry)
        if is_document(data):
            return data
        encoded = encode_record(normalized(loads(data, str(entry.path)), self._rounds))
        self._chunks.update(encoded.chunks)
        return encoded.document

    @contextlib.contextmanager
    def _adding(self) -> Iterator[None]:
        """Keep upkeep from removing what the body counts on; any number may add at the same time.

        Raises StateError when the directory has a newer layout than is known here.
        """
        path = self.root / layout.LAYOUT_FILE
        if not write_once(path, layout.layout_bytes()):
            self.check_layout()
        with locked(self.root / _LOCK, shared=True):
            yield

    def check_layout(self) -> None:
        """Raise StateError when the directory says that it has a newer layout than is known here."""
        path = self.root / layout.LAYOUT_FILE
        if path.exists():
            layout.check_layout(read_bounded(path, str(path)), str(path))


def _checked(record: RunRecord) -> Encoded:
    """Return a record encoded; raises StateError when it would not be read back as what it is."""
    origin = f"run {record.run.run_id[:100]}"
    try:
        encoded = encode_record(record)
        back = decode_record(encoded.document, "its document", lambda name: chunk_names(encoded.chunks[name], name))
    except (UnicodeEncodeError, OverflowError, KeyError, StateError) as error:
        msg = f"{origin}: cannot be kept: {error}"
        raise StateError(msg) from error
    if back != record:
        msg = f"{origin}: cannot be kept: what would be read back differs from what it says"
        raise StateError(msg)
    return encoded
