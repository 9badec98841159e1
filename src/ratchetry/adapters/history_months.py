"""The months of a history: what stands there singly, what is compacted, and each of it once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_files import files_below, names_in
from ratchetry.errors import StateError
from ratchetry.history import layout, month
from ratchetry.history.document import decode_document, is_document
from ratchetry.history.transpose import Node

_TRIES: Final = 3
Single = Literal["runs", "events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a compacted month: its file and header."""

    path: Path
    header: month.PartHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A run or event: the name and time it is found by, and where it stands, alone or in a part."""

    key: str
    time: str
    path: Path
    place: int | None = None
    """Its position in the part at `path`; None for a file of its own."""
    checksum: str = ""
    """Of one in a part: the checksum of its file."""
    pruned: bool = False
    """Whether its part says that tests and findings of the run were dropped."""


class Months:
    """Reads the months of a history; a part is unpacked once, the last few are kept."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content: Callable[[Path], Node] = lru_cache(maxsize=2)(_content)
        self._header = lru_cache(maxsize=4096)(_header)

    def all(self, kind: Single) -> list[str]:
        """Return the months that hold something of a kind, in order."""
        singles = {
            f"{year}-{name}" for year in names_in(self.root / kind) for name in names_in(self.root / kind / year)
        }
        return sorted(singles | set(names_in(self.root / "months")))

    def between(self, kind: Single, since: str, until: str) -> list[str]:
        """Return the months in which something of [since, until) may stand."""
        first = layout.month_of(since) if since else ""
        last = layout.month_of(until) if until and layout.month_of(until) != layout.UNDATED else "9999-99"
        return [name for name in self.all(kind) if first <= name <= last]

    def entries(self, kind: Single, name: str) -> list[Entry]:
        """Return what stands in a month, each once and in order of its time.

        What is in a part comes before a file, and of two parts what was pruned: so no union brings dropped rows back.
        Raises StateError naming a file that cannot be read.
        """
        return self.readable(kind, name, _refuse)

    def readable(self, kind: Single, name: str, problem: Callable[[Path, StateError], None]) -> list[Entry]:
        """Return what `entries` does, after handing each file that cannot be read, and why, to `problem`."""
        for _ in range(_TRIES):
            with contextlib.suppress(FileNotFoundError):  # a compaction has replaced a part: look again
                return self._entries(kind, name, problem)
        return self._entries(kind, name, problem)

    def _entries(self, kind: Single, name: str, problem: Callable[[Path, StateError], None]) -> list[Entry]:
        """Return what stands in a month; raises FileNotFoundError when a part went away meanwhile."""
        # Files first, parts second: what a compaction moves meanwhile is then seen in one place or in both.
        found = {entry.key: entry for entry in self._singles(kind, name, problem)}
        for part in self.parts(name, problem):
            if part.header.kind == kind:
                found |= {entry.key: entry for entry in _in_part(part) if not _outdated(entry, found.get(entry.key))}
        return sorted(found.values(), key=lambda entry: (entry.time, entry.key))

    def singles(self, kind: Single, name: str) -> list[Path]:
        """Return the files of a month that stand for themselves."""
        return list(files_below(self.root / kind / name[:4] / name[5:7], depth=0, suffix=".json"))

    def parts(self, name: str, problem: Callable[[Path, StateError], None] | None = None) -> Iterator[Part]:
        """Yield the parts of a compacted month; raises FileNotFoundError when one went away meanwhile."""
        for path in files_below(self.root / "months" / name, depth=0, suffix=".json.xz"):
            try:
                yield Part(path=path, header=self._header(path))
            except StateError as error:
                (problem or _refuse)(path, error)

    def holds(self, kind: Single, name: str, key: str) -> bool:
        """Tell whether a compacted month holds a run or event."""
        return any(part.header.kind == kind and key in part.header.keys for part in self.parts(name))

    def data(self, kind: Single, entry: Entry) -> bytes:
        """Return the file of an entry, also after a compaction has moved it; raises StateError naming the file."""
        for _ in range(_TRIES):
            try:
                return self._data(entry)
            except FileNotFoundError:
                entry = self._moved(kind, entry)
        return self._data(entry)

    def _data(self, entry: Entry) -> bytes:
        """Return the file of an entry; raises FileNotFoundError when it stands there no more."""
        if entry.place is None:
            return read_present(entry.path)
        return month.file_of(self.content(entry.path), entry.place, entry.checksum, str(entry.path))

    def _moved(self, kind: Single, entry: Entry) -> Entry:
        """Return where an entry stands now; raises StateError when it is gone."""
        for found in self.entries(kind, layout.month_of(entry.time)):
            if found.key == entry.key:
                return found
        msg = f"{entry.path}: was removed while the history was read"
        raise StateError(msg)

    def _singles(self, kind: Single, name: str, problem: Callable[[Path, StateError], None]) -> Iterator[Entry]:
        """Yield the files of a month that stand for themselves."""
        for path in self.singles(kind, name):
            try:
                yield Entry(key=path.stem, time=time_of(read_present(path), kind, str(path)), path=path)
            except FileNotFoundError:
                continue  # a compaction has moved it into a part, which is read next
            except StateError as error:
                problem(path, error)


class _Started(msgspec.Struct, frozen=True):
    """When a run started."""

    started: str = ""


class _Run(msgspec.Struct, frozen=True):
    """What places a run in time."""

    run: _Started


class _Event(msgspec.Struct, frozen=True):
    """What places an event in time."""

    time: str


def time_of(data: bytes, kind: Single, origin: str) -> str:
    """Return the time that a file of a run or an event says; raises StateError naming the file when it says none."""
    try:
        if kind == "events":
            return msgspec.json.decode(data, type=_Event).time
        if is_document(data):
            return decode_document(data, origin, _Run).run.started
        return msgspec.json.decode(data, type=_Run).run.started
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: {error}"
        raise StateError(msg) from error


def read_present(path: Path) -> bytes:
    """Return the content of a file; raises FileNotFoundError when there is none, StateError when it is unreadable."""
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        return read_bounded(path, str(path))
    except StateError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise FileNotFoundError(path) from error
        raise


def read_part(path: Path) -> bytes:
    """Return the content of a part; raises StateError when it is not what its name says."""
    data = read_present(path)
    if month.part_checksum(data) != path.name.partition(".")[0]:
        msg = f"{path}: damaged: its content is not what its name says; restore it from another copy of the history"
        raise StateError(msg)
    return data


def _header(path: Path) -> month.PartHeader:
    """Return the header of a part."""
    return month.header_of(read_part(path), str(path))


def _content(path: Path) -> Node:
    """Return the documents in a part."""
    return month.content_of(read_part(path), str(path))


def _in_part(part: Part) -> Iterator[Entry]:
    """Yield what a part holds."""
    header = part.header
    pruned = frozenset(header.positions)
    rows = zip(header.keys, header.times, header.checksums, strict=True)
    for at, (key, time, checksum) in enumerate(rows):
        yield Entry(key=key, time=time, path=part.path, place=at, checksum=checksum, pruned=at in pruned)


def _outdated(entry: Entry, known: Entry | None) -> bool:
    """Tell whether an entry has rows that another place of the same run has no more."""
    return known is not None and known.pruned and not entry.pruned


def _refuse(_path: Path, error: StateError) -> None:
    """Raise the error of a file that cannot be read."""
    raise error
