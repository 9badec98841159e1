"""Names in chunks that runs share: a run that has one test more than the last needs one new chunk, not a new list.

The names are sorted and cut after every name whose own hash says so (content-defined chunking; Muthitacharoen, Chen
and Mazieres, "A low-bandwidth network file system", 2001, https://doi.org/10.1145/502034.502052), so what is added or
removed moves no cut elsewhere.  A chunk is called by the first 16 hexadecimal digits of the SHA-256 of its file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from ratchetry.domain.record import ShortText
from ratchetry.errors import StateError
from ratchetry.state.codec import LIMIT

Name = tuple[str, ...]
"""What tells a row from others: one text for a test or benchmark, several for a metric or finding."""

_USUAL: Final = 256
"""One name in so many ends a chunk."""
_MOST: Final = 1024
"""Names that a chunk holds at most, whatever their hashes."""


def cut(names: Sequence[Name]) -> Iterator[slice]:
    """Yield the slices of sorted names that are chunks."""
    start = 0
    for end, name in enumerate(names, start=1):
        if end == len(names) or end - start == _MOST or _ends_chunk(name):
            yield slice(start, end)
            start = end


def chunk_bytes(names: Sequence[Name]) -> bytes:
    """Return a chunk as the content of its file: a JSON array with a line for each name."""
    lines = [msgspec.json.encode(name[0] if len(name) == 1 else name) for name in names]
    return b"[" + b",\n".join(lines) + b"]\n"


def chunk_id(data: bytes) -> str:
    """Return what a chunk is called."""
    return hashlib.sha256(data).hexdigest()[:16]


def chunk_names(data: bytes, origin: str) -> tuple[Name, ...]:
    """Return the names in a chunk's file; raises StateError naming the file when it holds something else."""
    if len(data) > LIMIT:
        msg = f"{origin}: {len(data)} bytes are more than the {LIMIT} that a chunk of names may have"
        raise StateError(msg)
    try:
        rows = msgspec.json.decode(data, type=list[ShortText | tuple[ShortText, ...]])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: no chunk of names: {error}"
        raise StateError(msg) from error
    return tuple((row,) if isinstance(row, str) else row for row in rows)


def _ends_chunk(name: Name) -> bool:
    """Tell whether a chunk ends after a name."""
    digest = hashlib.sha256("\0".join(name).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") % _USUAL == 0
