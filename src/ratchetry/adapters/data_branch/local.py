"""The files of a history in a local directory, which anything may have written into."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.data_branch.trees import CURSOR_FILE, LARGEST_FILE, is_history_path
from ratchetry.adapters.files import open_for_reading
from ratchetry.errors import StateError
from ratchetry.history.layout import LAYOUT_FILE

_DIRECTORIES: Final = ("runs", "events", "months", "catalog")
"""What refers to something else comes first: so everything that a listed run needs is listed, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFiles:
    """The files of a history by path, each with its size, and the paths that were left out."""

    sizes: dict[str, int]
    left_out: tuple[str, ...] = ()


def local_files(root: Path) -> LocalFiles:
    """Return the files of the history in a directory; an empty file is one that a crash has left, and is not there."""
    sizes: dict[str, int] = {}
    left_out: list[str] = []
    for path, entry in _entries(root):
        status = entry.lstat()
        fits = stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_FILE
        if not (fits and is_history_path(path)):
            if not path.endswith(".tmp"):
                left_out.append(path)
        elif status.st_size:
            sizes[path] = status.st_size
    return LocalFiles(sizes=sizes, left_out=tuple(left_out))


def read_file(root: Path, path: str) -> bytes:
    """Return a file of the history; raises StateError when it cannot be read, is no regular file, or is too large."""
    place = root / path
    try:
        with os.fdopen(open_for_reading(str(place)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                msg = f"{place}: not a regular file"
                raise StateError(msg)
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        msg = f"{place}: cannot be read: {error.strerror}"
        raise StateError(msg) from error
    if len(data) > LARGEST_FILE:
        msg = f"{place}: larger than the {LARGEST_FILE} bytes that a file of a history may have"
        raise StateError(msg)
    return data


def _entries(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield path and place of everything that may be a file of the history, links not followed."""
    for name in _DIRECTORIES:
        top = root / name
        if not top.is_dir() or top.is_symlink():
            continue
        for directory, subdirectories, names in os.walk(top):
            subdirectories.sort()
            place = Path(directory)
            prefix = place.relative_to(root).as_posix()
            yield from ((f"{prefix}/{each}", place / each) for each in sorted(names))
    for name in (LAYOUT_FILE, CURSOR_FILE):
        if os.path.lexists(root / name):
            yield name, root / name
