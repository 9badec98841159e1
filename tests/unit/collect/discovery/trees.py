"""A source tree in memory."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from ratchetry.collect.discovery import discover
from ratchetry.domain.project import Project
from ratchetry.errors import ReportError
from ratchetry.settings import Settings


class MemoryTree:
    """A `ports.SourceTree` whose files are a mapping."""

    def __init__(self, content: Mapping[str, bytes | str]) -> None:
        self._content = {
            path: dedent(data).encode() if isinstance(data, str) else data for path, data in content.items()
        }

    @property
    def root(self) -> str:
        """Return a place that does not exist."""
        return "/repo"

    def files(self) -> tuple[str, ...]:
        """Return the paths, sorted."""
        return tuple(sorted(self._content))

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return a file's content; raises ReportError when there is none or it is too large."""
        data = self._content.get(path)
        if data is None or len(data) > limit:
            raise ReportError(path)
        return data

    def exists(self, path: str) -> bool:
        """Tell whether a file or directory is there."""
        return path in self._content or any(name.startswith(f"{path}/") for name in self._content)


def project(content: Mapping[str, bytes | str] | None = None, *paths: str, settings: Settings | None = None) -> Project:
    """Return what is discovered in a tree of files with content and of empty files."""
    tree = MemoryTree({**dict.fromkeys(paths, b""), **(content or {})})
    return discover(tree, settings or Settings())
