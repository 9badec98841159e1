"""The history in a directory of files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_files import files_below, keep_content, write_once
from ratchetry.domain.event import EVENT_VERSION, Event
from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history import layout
from ratchetry.history.chunks import Name, chunk_id, chunk_names
from ratchetry.history.columns import RunColumns, columns_of
from ratchetry.history.decoding import decode_record
from ratchetry.history.document import is_document
from ratchetry.history.encoding import Encoded, encode_record
from ratchetry.history.normal import ROUNDS, normalized
from ratchetry.state.codec import decode, encode
from ratchetry.state.record import loads


class HistoryDirectory:
    """A history (ports.History) below a directory: one file for each run and event, names in chunks that they share.

    A run is kept in its normal form (history.normal).  Nothing is ever listed to add to it.
    """

    def __init__(self, root: Path, *, rounds: int = ROUNDS) -> None:
        self.root = root
        self._rounds = rounds
        self._chunks: dict[str, bytes] = {}
        self.names = lru_cache(maxsize=4096)(self._names)

    def add(self, record: RunRecord) -> bool:
        """Keep a run; return False when this attempt of it is there already, whatever it says then.

        Raises StateError when the record cannot be kept as it is, UsageError when nothing can be written.
        """
        path = self.root / layout.run_path(record.run.run_id, record.run.attempt, record.run.started)
        if path.exists():
            return False
        kept = normalized(record, self._rounds)
        encoded = _checked(kept)
        self._prepare()
        for identifier, data in encoded.chunks.items():
            keep_content(self.root / layout.chunk_path(identifier), data)
        return write_once(path, encoded.document)

    def add_event(self, event: Event) -> bool:
        """Keep an event; return False when it is there already."""
        self._prepare()
        return write_once(self.root / layout.event_path(event.id, event.time), encode(event))

    def records(self, since: str = "", until: str = "") -> Iterator[RunRecord]:
        """Yield the runs that started in [since, until), ISO 8601 in UTC, in order of their start."""
        for columns, path in self._found(since, until):
            del columns
            yield self._record(path)

    def columns(self, since: str = "", until: str = "") -> Iterator[RunColumns]:
        """Yield the runs that started in [since, until) as columns, in order of their start."""
        for columns, _ in self._found(since, until):
            yield columns

    def events(self, since: str = "", until: str = "") -> Iterator[Event]:
        """Yield the events of [since, until), ISO 8601 in UTC, in order of their time."""
        found = []
        for path in files_below(self.root / "events", depth=2, suffix=".json"):
            data = read_bounded(path, str(path))
            found.append(decode(data, Event, str(path), newest=EVENT_VERSION, version_field="schema_version"))
        for event in sorted(found, key=lambda event: (event.time, event.id)):
            if since <= event.time and (not until or event.time < until):
                yield event

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

    def _found(self, since: str, until: str) -> Iterator[tuple[RunColumns, Path]]:
        """Yield the runs of a period as columns, each with its file."""
        found = []
        for path in files_below(self.root / "runs", depth=2, suffix=".json"):
            columns = self._columns(path)
            if since <= columns.run.started and (not until or columns.run.started < until):
                found.append((columns.run.started, str(path), columns))
        for _, file, columns in sorted(found, key=lambda row: row[:2]):
            yield columns, Path(file)

    def _columns(self, path: Path) -> RunColumns:
        """Return a run's file as columns."""
        data = read_bounded(path, str(path))
        if not is_document(data):
            encoded = encode_record(normalized(loads(data, str(path)), self._rounds))
            self._chunks.update(encoded.chunks)
            data = encoded.document
        return columns_of(data, str(path))

    def _record(self, path: Path) -> RunRecord:
        """Return the record in a run's file."""
        data = read_bounded(path, str(path))
        return decode_record(data, str(path), self.names) if is_document(data) else loads(data, str(path))

    def _prepare(self) -> None:
        """Say which layout the directory has; raises StateError when it has a newer one than is known here."""
        path = self.root / layout.LAYOUT_FILE
        if not write_once(path, layout.layout_bytes()):
            layout.check_layout(read_bounded(path, str(path)), str(path))


def _checked(record: RunRecord) -> Encoded:
    """Return a record encoded; raises StateError when it would not be read back as what it is."""
    origin = f"run {record.run.run_id[:100]}"
    try:
        encoded = encode_record(record)
    except (UnicodeEncodeError, OverflowError, KeyError) as error:
        msg = f"{origin}: cannot be kept: {error}"
        raise StateError(msg) from error
    back = decode_record(encoded.document, origin, lambda name: chunk_names(encoded.chunks[name], name))
    if back != record:
        msg = f"{origin}: cannot be kept: what would be read back differs from what it says"
        raise StateError(msg)
    return encoded
