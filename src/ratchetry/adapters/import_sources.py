"""Files that somebody imports runs from: what directories and globs hold, and their contents, in bounds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading
from ratchetry.errors import ReportError, UsageError
from ratchetry.history.imports.entries import File
from ratchetry.state.codec import LIMIT

MAX_FILES: Final = 1_000_000
"""Files of one import: more than this are a mistake."""
_GLOB: Final = frozenset("*?[")


def files_of(source: str, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Return the file that a source is, those with one of the suffixes below a directory, or those of a glob.

    Links inside of directories are not followed.  Raises UsageError when there is no such file or directory.
    """
    path = Path(source)
    if path.is_file():
        return (path,)
    if path.is_dir():
        return tuple(_below(path, suffixes))
    found = sorted(_glob(source)) if _GLOB & set(source) else []
    if not found:
        msg = f"{source}: there is no such file or directory; name what is to be imported"
        raise UsageError(msg)
    return tuple(name for path in found for name in (_below(path, suffixes) if path.is_dir() else (path,)))


def read_file(path: Path) -> File:
    """Return a file; raises ReportError naming it when it cannot be read, or is larger than any that is imported."""
    try:
        with os.fdopen(open_for_reading(str(path)), "rb") as file:
            data = file.read(LIMIT + 1)
            changed = os.fstat(file.fileno()).st_mtime
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise ReportError(msg) from error
    if len(data) > LIMIT:
        msg = f"{path}: it has more than the {LIMIT:,} bytes that are read"
        raise ReportError(msg)
    return File(name=str(path), data=data, modified=f"{datetime.fromtimestamp(changed, UTC):%Y-%m-%dT%H:%M:%SZ}")


def _glob(pattern: str) -> Iterator[Path]:
    """Yield what a glob that no shell has expanded matches."""
    path = Path(pattern)
    root = Path(path.anchor or ".")
    try:
        yield from root.glob(str(path.relative_to(path.anchor) if path.anchor else path))
    except (ValueError, OSError) as error:
        msg = f"{pattern}: is no glob that can be looked for: {error}"
        raise UsageError(msg) from error


def _below(directory: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """Yield the files with a suffix below a directory, in the order of their names; raises UsageError for too many."""
    found = 0
    for place, directories, names in os.walk(directory):
        directories.sort()
        for name in sorted(names):
            path = Path(place, name)
            if not name.endswith(tuple(suffixes)) or path.is_symlink() or not path.is_file():
                continue
            found += 1
            if found > MAX_FILES:
                msg = f"{directory}: holds more than {MAX_FILES:,} files; name a smaller directory"
                raise UsageError(msg)
            yield path
