"""Verifying a history: every file against its schema, its checksum and its name, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_months import read_part
from ratchetry.errors import RatchetryError, StateError
from ratchetry.history import layout, month
from ratchetry.history.chunks import chunk_id, chunk_names
from ratchetry.history.document import RunDocument, decode_document, is_document
from ratchetry.history.event_file import event_in
from ratchetry.history.layout import ChunkPlace, EventPlace, PartPlace, RunPlace, place_of
from ratchetry.history.retention import chunks_named

_DIRECTORIES = ("runs", "events", "months", "catalog")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A file, and what is to be said of it."""

    path: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found: `problems` need attention, `notes` are what interrupted or concurrent work leaves behind."""

    files: int
    runs: int
    events: int
    problems: tuple[Remark, ...]
    notes: tuple[Remark, ...]


@dataclass(slots=True)
class _Findings:
    """What has been found so far."""

    runs: dict[str, str] = field(default_factory=dict)
    """The first file or part with a run, by its key."""
    events: dict[str, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    chunks: set[str] = field(default_factory=set)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    files: int = 0


def verify(history: HistoryDirectory) -> Checked:
    """Return what is wrong in a history, if anything; each file is read, none is changed."""
    found = _Findings()
    _try(found, layout.LAYOUT_FILE, history.check_layout)
    for directory in _DIRECTORIES:
        for path in _walk(history.root / directory):
            found.files += 1
            name = path.relative_to(history.root).as_posix()
            _try(found, name, partial(_check, history, path, name, found))
    for orphan in sorted(found.chunks - found.named):
        found.notes.append(Remark(path=layout.chunk_path(orphan), what="no run refers to these names"))
    return Checked(
        files=found.files,
        runs=len(found.runs),
        events=len(found.events),
        problems=tuple(found.problems),
        notes=tuple(found.notes),
    )


def _walk(directory: Path) -> Iterator[Path]:
    """Yield everything below a directory that is no directory itself, in order."""
    if directory.is_dir():
        yield from (path for path in sorted(directory.rglob("*")) if path.is_symlink() or not path.is_dir())


def _try(found: _Findings, name: str, check: Callable[[], None]) -> None:
    """Run a check and note the error that it raises."""
    try:
        check()
    except (RatchetryError, ValueError, OSError, RecursionError) as error:
        found.problems.append(Remark(path=name, what=str(error).partition(f"{name}: ")[2] or str(error)))


def _check(history: HistoryDirectory, path: Path, name: str, found: _Findings) -> None:
    """Check one file; raises StateError, ValueError or OSError for what is wrong with it."""
    if path.name.startswith(".") and path.name.endswith(".tmp"):
        found.notes.append(Remark(path=name, what="an unfinished write: can be removed when nobody is writing"))
        return
    if path.is_symlink():
        msg = "a link, where only files belong"
        raise StateError(msg)
    match place_of(name):
        case RunPlace() as place:
            _check_run(history, read_bounded(path, name), name, place, found)
        case EventPlace() as place:
            _check_event(read_bounded(path, name), name, place, found)
        case ChunkPlace(id=identifier):
            _check_chunk(read_bounded(path, name), name, identifier, found)
        case PartPlace(month=of):
            _check_part(history, path, name, of, found)
        case None:
            msg = "not the name of a file of a history"
            raise StateError(msg)


def _check_run(history: HistoryDirectory, data: bytes, name: str, place: RunPlace, found: _Findings) -> None:
    """Check the file of a run, alone or from a part."""
    record = history.record_in(data, name)
    own = layout.run_path(record.run.run_id, record.run.attempt, record.run.started)
    expected = f"runs/{place.month.replace('-', '/')}/{place.key}.json"
    if own != expected and is_document(data):
        msg = f"holds the run whose place is {own}"
        raise StateError(msg)
    if is_document(data):
        found.named |= chunks_named(decode_document(data, name, RunDocument))
    _note_twice(found, found.runs, place.key, name)


def _check_event(data: bytes, name: str, place: EventPlace, found: _Findings) -> None:
    """Check the file of an event, alone or from a part."""
    event = event_in(data, name)
    if (event.id, layout.month_of(event.time)) != (place.id, place.month):
        msg = f"holds the event whose place is {layout.event_path(event.id, event.time)}"
        raise StateError(msg)
    _note_twice(found, found.events, place.id, name)


def _note_twice(found: _Findings, seen: dict[str, str], key: str, name: str) -> None:
    """Note that something stands in two places: in a part and a file until the next compaction, never in two months."""
    first = seen.setdefault(key, name)
    if first == name:
        return
    places = {_month(first), _month(name)}
    what = f"also stands in {first}"
    if len(places) == 1:
        found.notes.append(Remark(path=name, what=f"{what}; the next compaction leaves one"))
    else:
        found.problems.append(Remark(path=name, what=f"{what}, another month: one of them says a wrong start"))


def _month(name: str) -> str:
    """Return the month of a path in a history."""
    place = place_of(name)
    return "" if place is None or isinstance(place, ChunkPlace) else place.month


def _check_chunk(data: bytes, name: str, identifier: str, found: _Findings) -> None:
    """Check a chunk of names."""
    if chunk_id(data) != identifier:
        msg = "damaged: its content is not what its name says"
        raise StateError(msg)
    names = chunk_names(data, name)
    if any(left >= right for left, right in pairwise(names)):
        msg = "its names are not in order, or stand there twice"
        raise StateError(msg)
    found.chunks.add(identifier)


def _check_part(history: HistoryDirectory, path: Path, name: str, of: str, found: _Findings) -> None:
    """Check a part of a compacted month and everything in it."""
    data = read_part(path)
    header = month.header_of(data, name)
    if header.month != of:
        msg = f"is a part of {header.month}"
        raise StateError(msg)
    if header.kind == "tests":
        found.named |= set(month.tests_of(data, name).chunks)
        return
    node = month.content_of(data, name)
    if header.kind == "runs" and header.positions != month.pruned_in(node, len(header.keys)):
        msg = "its header does not tell right which runs were pruned"
        raise StateError(msg)
    for at, (key, checksum) in enumerate(zip(header.keys, header.checksums, strict=True)):
        document = month.file_of(node, at, checksum, name)
        if header.kind == "events":
            _check_event(document, name, EventPlace(month=of, id=key), found)
        else:
            _check_run(history, document, name, RunPlace(month=of, key=key), found)
