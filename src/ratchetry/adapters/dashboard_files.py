"""A dashboard in a directory: whoever opens it sees the old one or the new one, whenever that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import write_atomic
from ratchetry.errors import UsageError
from ratchetry.report.dashboard.shell import MARK

PAGE: Final = "index.html"
_DATA: Final = "data"
_SCRIPT: Final = re.compile(r"[a-z]+(-[0-9a-f]+)?\.[0-9a-f]{8}\.js")
BELOW: Final = "repositories"
"""The directory of the dashboards of single repositories, beside the page of a fleet."""
_OWN: Final = frozenset({_DATA, BELOW, "badges"})
_HEAD: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the page stands, and how many files and bytes there are in all."""

    index: Path
    files: int
    bytes: int


class DashboardFiles:
    """Writes the files of a dashboard: documents under names that their content gives, then the page that names them.

    A page that somebody has open finds its documents until the page is replaced; then those of no page are removed.
    Raises UsageError when the directory holds what is no dashboard, or cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names: set[str] = set()
        self._others = 0
        self._bytes = 0
        try:
            if root.is_dir() and _holds_other(root) and not is_dashboard(root):
                msg = f"{root}: holds something else than a dashboard; name an empty directory or a new one"
                raise UsageError(msg)
            root.mkdir(parents=True, exist_ok=True)
            for name in sorted(_OWN):
                if (root / name).is_symlink():
                    msg = f"{root / name}: is a link, through which a dashboard does not write; remove it"
                    raise UsageError(msg)
        except OSError as error:
            raise _unwritable(root, error) from error

    def add_script(self, name: str, tag: str, script: bytes) -> None:
        """Write a document's file, unless one of this content is there."""
        file = f"{name}.{tag}.js"
        path = self.root / _DATA / file
        self._names.add(file)
        self._bytes += len(script)
        if not path.is_file() or path.stat().st_size != len(script):
            self._write(path, script)

    def add(self, name: str, data: bytes) -> None:
        """Write another file, in a directory below the dashboard's or none."""
        self._others += 1
        self._bytes += len(data)
        self._write(self.root / name, data)

    def finish(self, page: bytes) -> Written:
        """Write the page, remove the documents of no page, and return what there is now."""
        write_atomic(self.root / PAGE, page)
        data = self.root / _DATA
        for path in data.iterdir() if data.is_dir() else ():
            if path.name not in self._names and _SCRIPT.fullmatch(path.name):
                path.unlink(missing_ok=True)
        return Written(index=self.root / PAGE, files=len(self._names) + self._others + 1, bytes=self._bytes + len(page))

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file, in a directory that may have to be made."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path.parent, error) from error
        write_atomic(path, data)


def is_dashboard(root: Path) -> bool:
    """Tell whether a directory holds a dashboard."""
    try:
        with (root / PAGE).open("rb") as file:
            return MARK.encode() in file.read(_HEAD)
    except OSError:
        return False


def _holds_other(root: Path) -> bool:
    """Tell whether a directory holds more than what a dashboard that was not finished leaves."""
    return any(entry.name not in _OWN for entry in root.iterdir())


def _unwritable(path: Path, error: OSError) -> UsageError:
    """Return the error about a directory that cannot be written."""
    return UsageError(f"{path}: cannot be written: {error.strerror or error}; name another directory with --output")
