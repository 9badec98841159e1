"""Files that are derived from others piece by piece: only pieces whose sources have changed are written anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.errors import StateError, UsageError
from ratchetry.fleet.tables import VIEWS_VERSION
from ratchetry.state.codec import decode, encode

SOURCES: Final = "_sources"
"""Directory, hidden from engines by its underscore, that says what each source has written."""
_LOCK_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was written of one piece: the key of the files that it rests on, and the files it became."""

    key: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one source has written into a directory."""

    version: int = VIEWS_VERSION
    pieces: Mapping[str, Piece] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What bringing files up to date did: pieces and rows that were written, pieces that were left as they are."""

    written: int
    unchanged: int
    rows: int


def update_pieces(
    keys: Mapping[str, str], write: Callable[[str], Mapping[str, int]], target: Path, source: str
) -> Updated:
    """Write the pieces whose key is not the noted one, remove those that are gone, and note each as it is done.

    `write` writes one piece below `target` and returns its files with the rows of each; `source` is what the pieces
    are told from those of others by.  Raises UsageError when the directory cannot be written, or another process has
    been writing pieces of the same source for too long.
    """
    from filelock import FileLock, Timeout

    _make(target / SOURCES)
    try:
        with FileLock(target / SOURCES / f"{source}.lock", timeout=_LOCK_SECONDS):
            return _update(keys, write, target, target / SOURCES / f"{source}.json")
    except Timeout as error:
        msg = f"{target}: another process has been writing there for {_LOCK_SECONDS} s; try again when it has ended"
        raise UsageError(msg) from error


def _update(keys: Mapping[str, str], write: Callable[[str], Mapping[str, int]], target: Path, note: Path) -> Updated:
    """Do what `update_pieces` says, alone."""
    pieces = dict(_noted(note).pieces)
    rows = written = unchanged = 0
    for name in sorted({*keys, *pieces}):
        before = pieces.get(name)
        if before is not None and before.key == keys.get(name) and _all_there(target, before):
            unchanged += 1
            continue
        files = write(name) if name in keys else {}
        for gone in {*(() if before is None else before.files)} - {*files}:
            (target / gone).unlink(missing_ok=True)
        if name in keys:
            pieces[name] = Piece(key=keys[name], files=tuple(sorted(files)))
        else:
            del pieces[name]
        write_atomic(note, encode(Source(pieces=pieces)))
        rows += sum(files.values())
        written += 1
    return Updated(written=written, unchanged=unchanged, rows=rows)


def _noted(note: Path) -> Source:
    """Return what was noted of a source, nothing when that is unreadable or about other views."""
    if note.is_file():
        try:
            source = decode(read_bounded(note, str(note)), Source, str(note), newest=VIEWS_VERSION)
        except StateError:
            return Source()
        if source.version == VIEWS_VERSION:
            return source
    return Source()


def _all_there(target: Path, piece: Piece) -> bool:
    """Tell whether all files of a piece are where they were written."""
    return all((target / name).is_file() for name in piece.files)


def _make(directory: Path) -> None:
    """Make a directory; raises UsageError when that is not possible."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"cannot write {directory}: {error.strerror}; name another directory"
        raise UsageError(msg) from error
