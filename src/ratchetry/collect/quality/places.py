"""Places: the paths that tools print, as paths relative to the repository."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

REPOSITORY: Final = "."
"""The path of a finding that lies outside the repository: it belongs to the repository as a whole."""
_SAMPLE: Final = 200


def printed_root(root: str, files: frozenset[str], printed: Iterable[str]) -> str:
    """Return the repository's root the way a tool prints it.

    Tools that ask the system where they are print the real path, though the repository was opened through a
    symbolic link.  So unless a path lies under `root`, the root is what most paths have before a known file's path;
    the deeper that file, the more it says.
    """
    absolute = [path for path in printed if path.startswith("/")]
    if not absolute or any(_below(root, path) is not None for path in absolute):
        return root
    votes: Counter[str] = Counter()
    for path in absolute[:_SAMPLE]:
        for head, tail in _splits(path):
            if tail in files:
                votes[head] += tail.count("/") + 1
    return min(votes, key=lambda head: (-votes[head], len(head), head)) if votes else root


def relative_path(root: str, path: str) -> str | None:
    """Return a printed path relative to the root with /, or None for one that lies outside."""
    if path.startswith("/"):
        return _below(root, path)
    normal = posixpath.normpath(path)
    return None if normal in {".", ".."} or normal.startswith("../") else normal


def place(root: str, path: str, message: str) -> tuple[str, str]:
    """Return the path and message of a finding; outside the repository, the message names the file."""
    inside = relative_path(root, path)
    if inside is not None:
        return inside, message
    _, separator, installed = path.rpartition("/site-packages/")
    outside = installed if separator else posixpath.basename(path)
    return REPOSITORY, f"{outside}: {message}" if outside else message


def _below(root: str, path: str) -> str | None:
    """Return an absolute path relative to the root, or None when it is not below it."""
    normal = posixpath.normpath(path)
    start = f"{root.rstrip('/')}/"
    return normal.removeprefix(start) if normal.startswith(start) else None


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield every way to split an absolute path into a directory and what lies below it."""
    parts = posixpath.normpath(path).lstrip("/").split("/")
    for length in range(len(parts)):
        yield "/" + "/".join(parts[:length]), "/".join(parts[length:])
