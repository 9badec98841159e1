"""The measured repository on disk: its files, read within bounds and never written."""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading
from ratchetry.adapters.listing import VERSION_CONTROL, Listing, list_files, locate, walk
from ratchetry.adapters.scratch import CopySummary, copy_workspace
from ratchetry.errors import ReportError, UsageError

GIB: Final = 1024**3


class WorkingTree:
    """The repository at a root (`ports.SourceTree`), seen once; `output_dir` inside it never counts.

    Raises UsageError when the root is no directory or the output directory is the root itself.
    """

    def __init__(self, root: str | Path, output_dir: str | Path) -> None:
        self._root = os.path.realpath(root)
        if not os.path.isdir(self._root):
            msg = f"{root}: no such directory; give the path of a repository"
            raise UsageError(msg)
        self._output = self._inside(os.path.join(self._root, output_dir))
        if self._output == "":
            msg = "output-dir is the repository itself: give it a directory of its own, such as .ratchetry"
            raise UsageError(msg)
        self._copies: dict[str, CopySummary] = {}

    @property
    def root(self) -> str:
        """Return the absolute path of the repository, links resolved."""
        return self._root

    def files(self) -> tuple[str, ...]:
        """Return every file that counts, relative to the root with /, sorted."""
        return self.listing.files

    @property
    def unreadable_names(self) -> tuple[str, ...]:
        """Return what had to be left out: names that are no UTF-8, those bytes escaped, and closed directories."""
        return self.listing.unreadable_names

    @cached_property
    def listing(self) -> Listing:
        """Return the files that count and who listed them: git, or a walk."""
        return list_files(self._root, self._output)

    @cached_property
    def workspace_files(self) -> tuple[str, ...]:
        """Return every file and link that executed code can see in a copy: tracked, untracked and ignored ones."""
        return tuple(
            sorted(
                folder.path_of(entry)
                for folder in walk(self._root, (self._output,))
                for entry in folder.entries
                if not entry.is_dir(follow_symlinks=False)
            )
        )

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return the content of a file of at most `limit` bytes.

        Raises ReportError naming the file when it cannot be read, is no regular file, is larger, or lies outside of
        the repository or in its version control.
        """
        real = locate(self._root, path)
        if real is None or not VERSION_CONTROL.isdisjoint(real.split("/")):
            msg = f"{path}: no such file in the repository"
            raise ReportError(msg)
        try:
            descriptor = open_for_reading(f"{self._root}/{real}")
            try:
                return _bounded(descriptor, path, limit)
            finally:
                os.close(descriptor)
        except OSError as error:
            msg = f"{path}: cannot be read: {error.strerror}"
            raise ReportError(msg) from error

    def exists(self, path: str) -> bool:
        """Tell whether a file or directory stands at a relative path inside the repository."""
        return locate(self._root, path) is not None

    def copy_to(self, destination: str | Path, limit: int = 4 * GIB) -> Path:
        """Make a directory a copy of all that executed code may need, once in the life of this object; return it.

        A copy of an earlier run is brought up to date: what has not changed is not copied again, what does not
        belong there is removed.  Raises ReportError when the repository is larger than `limit` bytes, the
        destination holds something else, or the copy cannot be written.
        """
        inside = self._inside(destination)
        target = os.path.abspath(destination) if inside is None else f"{self._root}/{inside}"
        if target not in self._copies:
            self._copies[target] = copy_workspace(self._root, target, output=self._output, limit=limit)
        return Path(target)

    def summary_of(self, destination: str | Path) -> CopySummary:
        """Return what a copy holds and how much of it had to be done; raises KeyError before `copy_to`."""
        return self._copies[str(destination)]

    def _inside(self, path: str | Path) -> str | None:
        """Return a path relative to the root, None when it lies outside; the directory it lies in may be a link."""
        lexical = os.path.relpath(os.path.abspath(path), self._root)
        folder, name = os.path.split(os.path.abspath(path))
        for relative in (lexical, os.path.relpath(os.path.join(os.path.realpath(folder), name), self._root)):
            if relative == os.curdir:
                return ""
            if relative.split(os.sep)[0] != os.pardir:
                return relative.replace(os.sep, "/")
        return None


def _bounded(descriptor: int, path: str, limit: int) -> bytes:
    """Return the content of an open file; raises ReportError when it is no regular file or too large."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        msg = f"{path}: no regular file"
        raise ReportError(msg)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(limit + 1) if status.st_size <= limit else b""
    if status.st_size > limit or len(data) > limit:
        msg = f"{path}: larger than the {limit} bytes that are read"
        raise ReportError(msg)
    return data
