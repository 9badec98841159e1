"""Merge-conflict markers that were committed."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from ratchetry.collect.validate.findings import error, warning
from ratchetry.collect.validate.scope import is_binary, is_test_data, suffix
from ratchetry.domain.record import Finding

_MARKER: Final = re.compile(
    rb"^(?:(?P<ours><<<<<<< )|(?P<split>=======\r?$)|(?P<theirs>>>>>>>> ))",
    re.MULTILINE,
)
_FENCE: Final = re.compile(rb" {0,3}(?:`{3,}|~{3,})")


def check_conflicts(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return a finding where the first merge conflict of a text file begins, nothing when there is none.

    A conflict is git's three markers in their order (https://git-scm.com/docs/git-merge#_how_conflicts_are_presented):
    a line of equal signs alone underlines a heading in Markdown and reStructuredText.  Within one code block of a
    Markdown page, or in a string of a Python file, it may be an example: a warning, and in tests nothing at all.
    """
    if b"<<<<<<< " not in data or b">>>>>>> " not in data or is_binary(data):
        return ()
    newlines = [match.start() for match in re.finditer(rb"\n", data)]
    conflicts = [tuple(bisect_left(newlines, offset) + 1 for offset in pair) for pair in _conflicts(data)]
    if not conflicts:
        return ()
    quoting = _quoting(path, data)
    real = [lines[0] for lines in conflicts if not quoting.issuperset(lines)]
    if real:
        message = f"an unresolved merge conflict begins here, of {len(real)} in this file"
        return (error("merge-conflict", path, message, line=real[0]),)
    if is_test_data(path):
        return ()
    message = "merge-conflict markers are quoted here: an example, or a conflict to resolve"
    return (warning("merge-conflict", path, message, line=conflicts[0][0]),)


def _conflicts(data: bytes) -> list[tuple[int, int]]:
    """Return where each conflict begins and ends; one within another is not counted."""
    found = []
    start: int | None = None
    split = False
    for match in _MARKER.finditer(data):
        match match.lastgroup:
            case "ours" if start is None:
                start, split = match.start(), False
            case "split":
                split = start is not None
            case "theirs" if start is not None and split:
                found.append((start, match.start()))
                start = None
            case _:
                pass
    return found


def _quoting(path: str, data: bytes) -> frozenset[int]:
    """Return the lines that lie within code blocks or strings, of formats that have them."""
    match suffix(path):
        case ".md" | ".markdown":
            return frozenset(_fenced_lines(data))
        case ".py" | ".pyi":
            return frozenset(_string_lines(data))
        case _:
            return frozenset()


def _fenced_lines(data: bytes) -> Iterator[int]:
    """Yield the lines between the fences of code blocks."""
    fences = [number for number, line in enumerate(data.split(b"\n"), start=1) if _FENCE.match(line)]
    for opening, closing in zip(fences[::2], fences[1::2], strict=False):
        yield from range(opening + 1, closing)


def _string_lines(data: bytes) -> Iterator[int]:
    """Yield the lines that begin within a string; none when the text cannot be split into tokens."""
    before = 1
    lines: list[int] = []
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            if token.type not in _LAYOUT:
                lines += range(max(before, token.start[0]) + 1, token.end[0] + 1)
                before = token.end[0]
    except (SyntaxError, ValueError, tokenize.TokenError):
        return
    yield from lines


_LAYOUT: Final = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
