"""detect-secrets' JSON: reports of scans, which have the form of its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode

_Text = Annotated[str, Meta(max_length=4096)]
_WHAT: Final = "detect-secrets' report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where something like a secret stands; `digest` identifies its text within this run and is never recorded."""

    kind: str
    path: str
    digest: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsReport:
    """The secrets, how many files were scanned (None: not told) and which could not be read, with the reason."""

    secrets: tuple[Secret, ...]
    scanned: int | None
    unreadable: tuple[tuple[str, str], ...]


class _Entry(msgspec.Struct, kw_only=True):
    """One secret, in detect-secrets' JSON."""

    type: _Text
    hashed_secret: _Text
    line_number: Annotated[int, Meta(ge=0, le=2**31)] = 0


class _Unreadable(msgspec.Struct, kw_only=True):
    """One file that could not be read, in the JSON of ratchetry's scanner."""

    path: _Text
    reason: _Text


class _Document(msgspec.Struct, kw_only=True):
    """The report, in detect-secrets' JSON."""

    results: Mapping[_Text, tuple[_Entry, ...]]
    scanned: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    unreadable: tuple[_Unreadable, ...] = ()


def parse(report: bytes) -> SecretsReport:
    """Return what a scan found, sorted by place.

    Raises ReportError when the report is cut, malformed or of another shape.
    """
    document = decode(report, _Document, _WHAT)
    secrets = [
        Secret(kind=row.type, path=path, digest=row.hashed_secret, line=row.line_number)
        for path, rows in document.results.items()
        for row in rows
    ]
    return SecretsReport(
        secrets=tuple(sorted(secrets, key=lambda row: (row.path, row.line, row.kind, row.digest))),
        scanned=document.scanned,
        unreadable=tuple((row.path, row.reason) for row in document.unreadable),
    )
