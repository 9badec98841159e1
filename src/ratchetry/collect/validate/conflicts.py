"""Merge-conflict markers that were committed."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.collect.validate.findings import error, warning
from ratchetry.collect.validate.scope import is_binary, suffix
from ratchetry.domain.record import Finding

_MARKER: Final = re.compile(
    rb"^(?:(?P<ours><<<<<<< )|(?P<split>=======\r?$)|(?P<theirs>>>>>>>> )|(?P<fence> {0,3}(?:`{3,}|~{3,})))",
    re.MULTILINE,
)


def check_conflicts(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return a finding for each merge conflict of a text file, at the line where it begins.

    A conflict is git's three markers in their order (https://git-scm.com/docs/git-merge#_how_conflicts_are_presented):
    a line of equal signs alone underlines a heading in Markdown and reStructuredText.  Within one code block of a
    Markdown page it may be an example, and is a warning.
    """
    if b"<<<<<<< " not in data or b">>>>>>> " not in data or is_binary(data):
        return ()
    markdown = suffix(path) in {".md", ".markdown"}
    rows = []
    for offset, inside_fence in _conflicts(data):
        line = data.count(b"\n", 0, offset) + 1
        if markdown and inside_fence:
            message = "merge-conflict markers within a code block: an example, or a conflict to resolve"
            rows.append(warning("merge-conflict", path, message, line=line))
        else:
            rows.append(error("merge-conflict", path, "an unresolved merge conflict begins here", line=line))
    return tuple(rows)


def _conflicts(data: bytes) -> list[tuple[int, bool]]:
    """Return where each conflict begins, and whether it lies within one fenced block; inner ones are not counted."""
    found = []
    start: int | None = None
    split = fence = fenced_at_start = False
    for match in _MARKER.finditer(data):
        match match.lastgroup:
            case "fence":
                fence = not fence
                fenced_at_start = fenced_at_start and start is None
            case "ours" if start is None:
                start, split, fenced_at_start = match.start(), False, fence
            case "split":
                split = start is not None
            case "theirs" if start is not None and split:
                found.append((start, fenced_at_start))
                start = None
            case _:
                pass
    return found
