"""Trees of a remote, which anybody may have written: only what a history consists of is taken from them, by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.history.layout import LAYOUT_FILE, place_of

CURSOR_FILE: Final = "cursor.json"
MOST_FILES: Final = 300_000
"""Files of one tree: over a hundred runs a day for years, compacted now and then."""
LARGEST_FILE: Final = 64 * 1024 * 1024
_LINE: Final = 200
MOST_LISTED: Final = MOST_FILES * _LINE
_PLAIN: Final = re.compile(r"[A-Za-z0-9_~./-]{1,250}")
_ENTRY: Final = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64})(?: +(\d+|-))?\t(.+)", re.DOTALL)
_REGULAR: Final = frozenset({b"100644", b"100755"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a tree."""

    path: bytes
    mode: bytes
    object: str
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files of a history in a tree, each with the name of its content, and how many others were left out, why."""

    files: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    first: str = ""
    """The first path that was left out, as it may be shown."""


def parse_tree(output: bytes) -> Iterator[Entry]:
    """Yield the entries that `git ls-tree -r -z` printed, with or without sizes."""
    for row in output.split(b"\0"):
        found = _ENTRY.fullmatch(row)
        if found is not None:
            size = int(found[4]) if found[4] and found[4] != b"-" else None
            yield Entry(path=found[5], mode=found[1], object=found[3].decode(), size=size)


def listing(entries: Iterable[Entry]) -> Listing:
    """Return the files of a history among the entries of a tree."""
    files: dict[str, str] = {}
    folded: set[str] = set()
    left_out: Counter[str] = Counter()
    first = ""
    for entry in entries:
        path = entry.path.decode("utf-8", "replace")
        reason = _objection(entry, path, folded)
        if reason:
            left_out[reason] += 1
            first = first or ascii(path[:100])
        else:
            files[path] = entry.object
            folded.add(path.casefold())
    return Listing(files=files, left_out=dict(left_out), first=first)


def is_history_path(path: str) -> bool:
    """Tell whether a path is one of a history: none with a link's, parent's or device's name can be."""
    if not _PLAIN.fullmatch(path):
        return False
    return path in {LAYOUT_FILE, CURSOR_FILE} or place_of(path) is not None


def _objection(entry: Entry, path: str, folded: set[str]) -> str:
    """Return why an entry is left out, empty when it is taken."""
    if entry.mode == b"120000":
        return "a link"
    if entry.mode == b"160000":
        return "a submodule"
    if entry.mode not in _REGULAR or not is_history_path(path):
        return "not a file of a history"
    if entry.size is not None and entry.size > LARGEST_FILE:
        return f"larger than {LARGEST_FILE} bytes"
    if path.casefold() in folded:
        return "the same name as another but for upper and lower case"
    return ""
