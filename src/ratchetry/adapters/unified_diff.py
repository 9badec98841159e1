"""Reading unified diffs: which lines of the new file were added or changed."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.errors import ReportError

_MAX_BYTES: Final = 50_000_000
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS: Final = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


def added_lines(diff: bytes) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the added lines by path for a diff with the prefixes a/ and b/.

    Deleted and binary files are not in it.  Raises ReportError when it is no diff or larger than 50 MB.
    """
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    if len(diff) > _MAX_BYTES:
        msg = f"the diff has {len(diff) / 1e6:.0f} MB, more than the {_MAX_BYTES / 1e6:.0f} MB that are read"
        raise ReportError(msg)
    try:
        patches = PatchSet(diff.decode("utf-8", "replace"), metadata_only=False)
        return {
            path: lines
            for patch in patches
            if (path := _path(patch.target_file))
            and (lines := tuple(line.target_line_no or 0 for hunk in patch for line in hunk if line.is_added))
        }
    except (UnidiffParseError, ValueError, TypeError, AttributeError, IndexError) as error:
        msg = f"the diff cannot be read: {str(error)[:300]}"
        raise ReportError(msg) from error


def unquoted(name: str) -> str:
    """Return a file name without the quotes and escapes of C that git gives unusual ones (core.quotePath)."""
    if not (len(name) > 1 and name.startswith('"') and name.endswith('"')):
        return name
    raw = name[1:-1].encode("utf-8", "replace")
    return _ESCAPE.sub(lambda match: _unescaped(match[1]), raw).decode("utf-8", "replace")


def _unescaped(code: bytes) -> bytes:
    """Return the byte that an escape stands for."""
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _LETTERS.get(code, code)


def _path(target: str | None) -> str:
    """Return the path of a target file without its prefix, empty for a deleted file."""
    name = unquoted((target or "").rstrip("\r"))
    return name[2:] if name.startswith("b/") else ""
