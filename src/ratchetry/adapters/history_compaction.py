"""Compacting a history: the files of a closed month become parts that give each of them back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_files import sync_directory, write_once
from ratchetry.adapters.history_months import Entry, Part, Single
from ratchetry.errors import StateError
from ratchetry.history import layout, month
from ratchetry.history.document import RunDocument, decode_document, is_document
from ratchetry.history.event_file import event_in
from ratchetry.state.record import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What the compaction of one month did, or would do."""

    month: str
    runs: int = 0
    events: int = 0
    files: int = 0
    """Files that stood for themselves and are now in a part."""
    size: int = 0
    """Bytes of the runs' and events' files."""
    packed: int = 0
    """Bytes of the parts."""
    problems: tuple[str, ...] = ()
    """Files that stay as they are, because they cannot be read or would not come back byte for byte."""


def compact(history: HistoryDirectory, name: str, *, write: bool = True, most: int = month.MOST_DOCUMENTS) -> Compacted:
    """Compact a month: pack its runs and events into parts, prove that each comes back, then remove its files.

    A part holds at most so many documents, so that memory is bounded however long the month is.

    A month whose files are all in parts already stays as it is.  Killed at any instant it leaves every run and event
    in a file, a part, or both.
    """
    with history.exclusive():
        return compact_alone(history, name, write=write, most=most)


def compact_alone(
    history: HistoryDirectory, name: str, *, write: bool = True, most: int = month.MOST_DOCUMENTS
) -> Compacted:
    """Compact a month of a history that is held exclusively already."""
    history.check_layout()
    done = Compacted(month=name)
    for kind in _KINDS:
        files = len(history.months.singles(kind, name))
        parts = [part for part in history.months.parts(name, _pass) if part.header.kind == kind]
        if files or _mergeable(parts, most):
            done = _with(done, kind, _compact_kind(history, kind, name, most, write=write))
    return done


_KINDS: tuple[Single, Single] = ("runs", "events")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """What became of one kind of a month's files."""

    documents: int
    files: int
    size: int
    packed: int
    problems: tuple[str, ...]


def _pass(_path: Path, _error: StateError) -> None:
    """Let a file that cannot be read stand where it is: `verify` names it."""


def _mergeable(parts: Sequence[Part], most: int) -> bool:
    """Tell whether parts, as of a union of two histories, hold something twice or would fit into fewer."""
    keys = [key for part in parts for key in part.header.keys]
    return len(set(keys)) < len(keys) or len(keys) <= most * (len(parts) - 1)


def _with(done: Compacted, kind: Single, packed: _Packed) -> Compacted:
    """Return what was done so far and for one kind more."""
    return Compacted(
        month=done.month,
        runs=done.runs + (packed.documents if kind == "runs" else 0),
        events=done.events + (packed.documents if kind == "events" else 0),
        files=done.files + packed.files,
        size=done.size + packed.size,
        packed=done.packed + packed.packed,
        problems=done.problems + packed.problems,
    )


def _compact_kind(history: HistoryDirectory, kind: Single, name: str, most: int, *, write: bool) -> _Packed:
    """Compact the runs or the events of a month."""
    problems: list[str] = []
    files = len(history.months.singles(kind, name))
    before = list(history.months.parts(name, lambda _path, error: problems.append(str(error))))
    entries = history.months.readable(kind, name, lambda _path, error: problems.append(str(error)))
    done: set[Path] = set()
    kept: set[str] = set()
    size = packed = 0
    for block in blocks(history, kind, entries, problems, most):
        data = month.packed(kind, name, block)
        _prove(data, block)
        path = history.root / layout.part_path(name, month.part_checksum(data))
        if write:
            write_once(path, data)
        done.add(path)
        kept |= {document.key for document in block}
        size += sum(len(document.data) for document in block)
        packed += len(data)
    if write:
        _remove(history, kind, name, kept, [part for part in before if part.path not in done])
    return _Packed(documents=len(kept), files=files, size=size, packed=packed, problems=tuple(dict.fromkeys(problems)))


def blocks(
    history: HistoryDirectory,
    kind: Single,
    entries: Sequence[Entry],
    problems: list[str],
    most: int = month.MOST_DOCUMENTS,
) -> Iterator[list[month.Document]]:
    """Yield the documents of some entries in blocks that make one part each; names those that cannot be packed."""
    block: list[month.Document] = []
    size = 0
    for entry in entries:
        try:
            data = history.months.data(kind, entry)
            check_shape(data, kind, str(entry.path))
            month.body_of(data)
        except (StateError, ValueError) as error:
            problems.append(f"{entry.path}: stays as it is: {error}")
            continue
        if block and (len(block) >= most or size + len(data) > month.MOST_BYTES):
            yield block
            block, size = [], 0
        block.append(month.Document(key=entry.key, time=entry.time, data=data))
        size += len(data)
    if block:
        yield block


def check_shape(data: bytes, kind: Single, origin: str) -> None:
    """Raise StateError naming a file that is no run or event as ratchetry writes them."""
    if kind == "events":
        event_in(data, origin)
    elif is_document(data):
        decode_document(data, origin, RunDocument)
    else:
        loads(data, origin)


def _prove(data: bytes, block: Sequence[month.Document]) -> None:
    """Raise StateError when a part would not give back each of its documents byte for byte."""
    origin = "the compacted month"
    header = month.header_of(data, origin)
    node = month.content_of(data, origin)
    for at, document in enumerate(block):
        if month.file_of(node, at, header.checksums[at], origin) != document.data:
            msg = f"{document.key}: cannot be compacted: it would not come back as it is"
            raise StateError(msg)


def _remove(history: HistoryDirectory, kind: Single, name: str, kept: set[str], old: Sequence[Part]) -> None:
    """Remove the files, and the parts of this kind, whose documents are all in new parts now."""
    for path in history.months.singles(kind, name):
        if path.stem in kept:
            path.unlink(missing_ok=True)
    for part in old:
        if part.header.kind == kind and kept.issuperset(part.header.keys):
            part.path.unlink(missing_ok=True)
    directory = history.root / kind / name[:4] / name[5:7]
    sync_directory(directory)
    with contextlib.suppress(OSError):  # not empty: what could not be compacted, or a file of another program
        directory.rmdir()
