"""The document of one run in the history: columns of a table instead of rows, names in chunks that runs share.

The file is JSON in UTF-8.  Its first line holds the checksum and the format, the others the fields in the order of
their names; the checksum is the first 16 hexadecimal digits of the SHA-256 of everything after its comma.  So a file
that was cut or changed is told from one of a newer format, whatever that looks like.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from ratchetry.domain.record import Change, Count, Failure, RunInfo, Seconds, ShortText, StageResult, Verdict
from ratchetry.errors import StateError
from ratchetry.history.numbers import Places
from ratchetry.state.codec import LIMIT

FORMAT: Final = 1
_HEADER: Final = re.compile(rb'\{"checksum":"([0-9a-f]{16})",("format":(\d{1,9}),\n)')
_CHECKED: Final = len('{"checksum":"0123456789abcdef",')

T = TypeVar("T")

ChunkId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Whole = Annotated[int, Meta(ge=0)]
"""Integers stay integers when they are read: small ones exist already, where each float has to be made."""
Index = Annotated[str, Meta(pattern="^(0|[1-9][0-9]{0,9})$", description="position in the columns, from 0")]


class Columns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Columns of a table, or of the part of it whose names are in one chunk."""


class Part(Columns, frozen=True, kw_only=True):
    """The rows whose names are in one chunk; positions in the columns are those of rows, not of names."""

    repeats: dict[Index, Annotated[int, Meta(ge=2)]] = {}
    """How many rows there are under a name, by its position in the chunk, where there is more than one."""


class TestColumns(Part, frozen=True, kw_only=True):
    """Tests: outcomes as one letter each (P passed, F failed, E error, S skipped, R passed only when run again)."""

    __test__ = False

    outcomes: Annotated[str, Meta(pattern="^[PFESR]*$")]
    durations: list[Whole | Seconds]
    """Integers in units of 10^-digits seconds; seconds where digits is -1."""
    digits: Places = 3
    attempts: dict[Index, Annotated[int, Meta(ge=1)]] = {}
    """Only of tests that took more than one."""
    signatures: dict[ShortText, list[int]] = {}
    """The positions of the tests that failed in one way, by its signature."""


class FindingColumns(Part, frozen=True, kw_only=True):
    """Findings, named by path, tool, rule, severity and message."""

    lines: list[Count]
    fingerprints: dict[Index, ShortText] = {}
    """Only those that do not follow from the findings."""


class BenchmarkColumns(Part, frozen=True, kw_only=True):
    """Benchmarks: of each the decimal places, the first round in units of the last place, the others less that."""

    rounds: list[list[float]]
    times: dict[ShortText, list[float | None]] = {}
    """Statistics in seconds: integers in units of the last place of the rounds, null where there is none.

    Like the rounds, all but `stddev` are less the first round.
    """
    statistics: dict[ShortText, list[float | None]] = {}
    """All other statistics."""


class MetricColumns(Part, frozen=True, kw_only=True):
    """Metrics, named by name, unit, direction and stage."""

    values: list[float]
    n: list[Count] = []
    """Left out when each rests on one observation."""
    spread: list[float | None] = []
    """Left out when there is none."""


C = TypeVar("C", bound=Part)


class Table(Struct, Generic[C], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in parts: the chunks with its names in their order, and the columns that belong to each."""

    order: list[ChunkId]
    chunks: dict[ChunkId, C]


class GateColumns(Columns, frozen=True, kw_only=True):
    """Gates in their order: kinds N minimum, X maximum, M measured; verdicts P pass, W warn, F fail, N not measured."""

    metrics: list[ShortText]
    kinds: Annotated[str, Meta(pattern="^[NXM]*$")]
    verdicts: Annotated[str, Meta(pattern="^[PWFN]*$")]
    bounds: list[float | None]
    reasons: dict[Index, ShortText] = {}
    values: dict[Index, float | None] = {}
    """Only those that differ from the value of the metric."""
    margins: dict[Index, float | None] = {}
    """Only those that do not follow from bound and value."""


class RunDocument(Columns, frozen=True, kw_only=True):
    """Everything that is kept of one run attempt."""

    run: RunInfo
    verdict: Verdict
    ratchetry: ShortText = ""
    record: Annotated[int, Meta(ge=1, description="schema_version of the run record")] = 1
    change: Change = Change()
    stages: dict[str, StageResult] = {}
    metrics: Table[MetricColumns] | None = None
    tests: Table[TestColumns] | None = None
    findings: Table[FindingColumns] | None = None
    benchmarks: Table[BenchmarkColumns] | None = None
    failures: tuple[Failure, ...] = ()
    gates: GateColumns | None = None
    pruned: Annotated[str, Meta(max_length=40, description="when tests and findings were dropped")] = ""


def seal(body: Mapping[str, object]) -> bytes:
    """Return the file of a document: after a line with the checksum, its fields in the order of their names."""
    lines = [
        msgspec.json.encode(name) + b":" + msgspec.json.encode(body[name], order="sorted") for name in sorted(body)
    ]
    checked = b'"format":%d,\n' % FORMAT + b",\n".join(lines) + b"}\n"
    return b'{"checksum":"%s",' % _digest(checked) + checked


def encode_document(document: RunDocument) -> bytes:
    """Return the file of a run's document, the same bytes for the same document."""
    body: dict[str, object] = msgspec.to_builtins(document, order="sorted")
    return seal(body)


def decode_document(data: bytes, origin: str, kind: type[T]) -> T:
    """Return what the file of a document holds, or a part of it if `kind` asks for fewer fields.

    Raises StateError naming the file when it is damaged, of a newer format or not of the shape of a document.
    """
    body = opened(data, origin)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        msg = f"{origin}: {error}"
        raise StateError(msg) from error


def is_document(data: bytes) -> bool:
    """Tell whether a file begins like a document of the history: otherwise it is a whole run record."""
    return data.startswith(b'{"checksum":')


def checksum_of(data: bytes) -> str:
    """Return the checksum that a document names, or the one that it would if it named any."""
    header = _HEADER.match(data)
    return (header[1] if header else _digest(data)).decode()


def opened(data: bytes, origin: str) -> bytes:
    """Return a document without its first line, as JSON; raises StateError when it is damaged or of a newer format."""
    if len(data) > LIMIT:
        msg = f"{origin}: {len(data)} bytes are more than the {LIMIT} that a document may have"
        raise StateError(msg)
    header = _HEADER.match(data)
    if header is None or _digest(data[_CHECKED:]) != header[1]:
        msg = f"{origin}: damaged: its content does not have its checksum; restore it from another copy, or remove it"
        raise StateError(msg)
    if int(header[3]) > FORMAT:
        msg = f"{origin}: format {int(header[3])} is newer than the {FORMAT} that is read here: upgrade ratchetry"
        raise StateError(msg)
    return b"{" + data[header.end() :]


def _digest(data: bytes) -> bytes:
    """Return the checksum of some bytes."""
    return hashlib.sha256(data).hexdigest()[:16].encode()
