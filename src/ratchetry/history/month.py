"""Closed months in compacted form: the documents of many runs, or many events, transposed and compressed.

A part of a month is a file of two xz streams, each of which unpacks to a line of JSON: the header, which says what is
in it, and the documents as one node (history.transpose).  It is called by the first 16 hexadecimal digits of its
SHA-256, so parts, like all else in a history, are written once, and the union of two histories is one.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ratchetry.errors import StateError
from ratchetry.history.document import ChunkId, checksum_of, is_document, opened, seal
from ratchetry.history.transpose import Node, descend, pick, transposed
from ratchetry.state.codec import LIMIT, encode, refuse_newer

FORMAT: Final = 1
MOST_DOCUMENTS: Final = 1000
"""Documents in one part."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""Their size together, unpacked and not transposed, unless it is one document that has more."""
UNPACKED: Final = 4 * LIMIT
"""The largest content that a part may unpack to, in bytes."""
_MEMORY: Final = 256 * 1024 * 1024

Kind = Literal["runs", "events", "tests"]
Checksum = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class PartHeader(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in a part: the documents in the order of their time, each with its name, time and checksum."""

    format: Annotated[int, Meta(ge=1)] = FORMAT
    kind: Kind
    month: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
    keys: tuple[str, ...]
    times: tuple[str, ...]
    checksums: tuple[Checksum, ...]
    pruned: tuple[int, ...] | UnsetType = UNSET
    """The positions of the runs whose tests and findings were dropped; left out when there is none."""

    def __post_init__(self) -> None:
        """Refuse lists of different lengths, and positions of nothing."""
        if not len(self.keys) == len(self.times) == len(self.checksums):
            msg = "keys, times and checksums differ in number"
            raise ValueError(msg)
        if any(left >= right for left, right in pairwise((-1, *self.positions, len(self.keys)))):
            msg = "pruned does not hold ascending positions"
            raise ValueError(msg)

    @property
    def positions(self) -> tuple[int, ...]:
        """Return the positions of the runs whose tests and findings were dropped."""
        return () if self.pruned is UNSET else self.pruned


class ChunkTests(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept for ever of the tests under the names of one chunk, when their rows are dropped."""

    runs: int
    """Runs that had these tests."""
    outcomes: dict[Literal["P", "F", "E", "S", "R"], list[int]]
    """How often each test had an outcome, by its letter; left out where none had."""
    seconds: list[float]
    """Of each test, all durations together."""
    longest: list[float]
    disputed: list[int]
    """Commits on which a test both passed and failed."""


class MonthTests(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tests of the runs that a part names, summed up; without the runs that had several tests under one name."""

    chunks: dict[ChunkId, ChunkTests]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document on its way into a part: the name and time it is found by, and its file."""

    key: str
    time: str
    data: bytes


def packed(kind: Literal["runs", "events"], month: str, documents: Sequence[Document]) -> bytes:
    """Return a part that holds some documents, in their order.

    Raises ValueError when one of them is no JSON in the form in which ratchetry writes it: it would not come back.
    """
    node = transposed([body_of(document.data) for document in documents])
    header = PartHeader(
        kind=kind,
        month=month,
        keys=tuple(document.key for document in documents),
        times=tuple(document.time for document in documents),
        checksums=tuple(checksum_of(document.data) for document in documents),
        pruned=pruned_in(node, len(documents)) or UNSET if kind == "runs" else UNSET,
    )
    return _compressed(header, msgspec.json.encode(node, order="sorted"))


def pruned_in(node: Node, size: int) -> tuple[int, ...]:
    """Return the positions of the documents of a node, given their number, that say when their rows were dropped."""
    return tuple(at for at in range(size) if descend(node, at, "pruned") is not None)


def packed_tests(month: str, keys: Sequence[str], times: Sequence[str], tests: MonthTests) -> bytes:
    """Return a part that holds the sums over the tests of some runs."""
    none = ("0" * 16,) * len(keys)
    header = PartHeader(kind="tests", month=month, keys=tuple(keys), times=tuple(times), checksums=none)
    return _compressed(header, msgspec.json.encode(tests, order="sorted"))


def part_checksum(data: bytes) -> str:
    """Return what a part is called."""
    return hashlib.sha256(data).hexdigest()[:16]


def header_of(data: bytes, origin: str) -> PartHeader:
    """Return the header of a part; raises StateError naming the file when it is damaged or of a newer format."""
    line, _ = _unpacked(data, origin, LIMIT)
    document: object = _decoded(line, origin)
    refuse_newer(document, origin, FORMAT, "format")
    try:
        return msgspec.convert(document, PartHeader)
    except msgspec.ValidationError as error:
        msg = f"{origin}: {error}"
        raise StateError(msg) from error


def content_of(data: bytes, origin: str) -> Node:
    """Return the documents of a part as one node; raises StateError naming the file when it is damaged."""
    try:
        return msgspec.json.decode(_content(data, origin), type=Node)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: not the documents of a month: {error}"
        raise StateError(msg) from error


def tests_of(data: bytes, origin: str) -> MonthTests:
    """Return the sums over tests that a part holds; raises StateError naming the file when it is damaged."""
    try:
        return msgspec.json.decode(_content(data, origin), type=MonthTests)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: {error}"
        raise StateError(msg) from error


def file_of(node: Node, at: int, checksum: str, origin: str) -> bytes:
    """Return the file of one document, byte for byte; raises StateError when that cannot be told any more."""
    try:
        body = pick(node, at)
        data = written(body)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        msg = f"{origin}: document {at}: {error}"
        raise StateError(msg) from error
    if checksum_of(data) != checksum:
        msg = f"{origin}: document {at}: damaged: its content does not have its checksum"
        raise StateError(msg)
    return data


def body_of(data: bytes) -> object:
    """Return a document, as JSON, without its first line; raises ValueError when it would not be written the same."""
    body: object = msgspec.json.decode(opened(data, "document") if is_document(data) else data)
    if written(body) != data:
        msg = "not in the form in which documents are written"
        raise ValueError(msg)
    return body


def written(body: object) -> bytes:
    """Return the file of a document: that of a run is sealed, events and whole records are plain JSON."""
    return seal(body) if isinstance(body, dict) and "schema_version" not in body else encode(body)


def _compressed(header: PartHeader, content: bytes) -> bytes:
    """Return a part."""
    return lzma.compress(msgspec.json.encode(header) + b"\n") + lzma.compress(content + b"\n")


def _content(data: bytes, origin: str) -> bytes:
    """Return what the second stream of a part unpacks to."""
    _, rest = _unpacked(data, origin, LIMIT)
    content, _ = _unpacked(rest, origin, UNPACKED)
    return content


def _unpacked(data: bytes, origin: str, limit: int) -> tuple[bytes, bytes]:
    """Return what the first stream of some bytes unpacks to, and the bytes after it.

    Raises StateError naming the file when it is damaged or unpacks to more than the limit.
    """
    unpacker = lzma.LZMADecompressor(memlimit=_MEMORY)
    try:
        content = unpacker.decompress(data, max_length=limit)
    except lzma.LZMAError as error:
        msg = f"{origin}: damaged: {error}"
        raise StateError(msg) from error
    if not unpacker.eof:
        msg = f"{origin}: damaged: it ends too early, or unpacks to more than {limit} bytes"
        raise StateError(msg)
    return content, unpacker.unused_data


def _decoded(line: bytes, origin: str) -> object:
    """Return a line of JSON; raises StateError naming the file when it is none."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: damaged: {error}"
        raise StateError(msg) from error
