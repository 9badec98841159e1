"""Globs over repository paths: relative to the root, with /, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path, or a directory that it is in, matches one of the patterns.

    A pattern starts at the root of the repository.  `*`, `?` and `[…]` stay within one name, `**` spans directories.
    """
    names = path.split("/")
    return any(_fits(names, pattern) for pattern in patterns)


def _fits(names: list[str], pattern: str) -> bool:
    """Tell whether the first names, or all of them, match a pattern; the time is that of names times parts."""
    parts = [part for part in pattern.strip().removeprefix("./").split("/") if part]
    reached = {0} if parts else set[int]()
    for part in parts:
        if not reached:
            return False
        if part == "**":
            reached = set(range(min(reached), len(names) + 1))
        else:
            reached = {index + 1 for index in reached if index < len(names) and fnmatchcase(names[index], part)}
    return bool(reached)
