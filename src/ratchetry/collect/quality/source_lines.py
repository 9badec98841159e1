"""Source lines: lines of Python that are neither blank nor only a comment."""

from __future__ import annotations

import re
from typing import Final

_BOM: Final = b"\xef\xbb\xbf"
# Strings come first, so that a # inside one starts no comment; a comment counts only at the start of its line.
# Every alternative can match in one way only, so the search is linear.  (Possessive quantifiers would say so, but
# match wrongly before Python 3.11.5: https://github.com/python/cpython/issues/106052.)
TOKEN: Final = re.compile(
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"""|\\?\Z)'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\\?\Z)"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?"
    rb"|(?P<comment>^[ \t\f]*\#[^\n]*)"
    rb"|\#[^\n]*",
    re.DOTALL | re.MULTILINE,
)


def count_source_lines(source: bytes) -> int:
    """Return the number of lines that are neither blank nor only a comment; lines of docstrings count."""
    text = normalized(source)
    written = sum(1 for line in text.split(b"\n") if line.strip())
    if b"#" not in text:
        return written
    return written - sum(1 for token in TOKEN.finditer(text) if token["comment"] is not None)


def normalized(source: bytes) -> bytes:
    """Return source code without a byte order mark, its lines ended by line feeds."""
    return source.removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
