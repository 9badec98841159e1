"""bandit's JSON report (https://bandit.readthedocs.io/en/latest/formatters/json.html)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode
from ratchetry.errors import ReportError

_Text = Annotated[str, Meta(max_length=4096)]
_Level = Literal["UNDEFINED", "LOW", "MEDIUM", "HIGH"]
_TOTALS: Final = "_totals"
_WHAT: Final = "bandit's report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One piece of risky code; `severity` and `confidence` are bandit's own words in lower case."""

    rule: str
    severity: str
    confidence: str
    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditReport:
    """The issues, the files that were looked at, and the files that could not be, with the reason."""

    issues: tuple[Issue, ...]
    files: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]


class _Result(msgspec.Struct, kw_only=True):
    """One issue, in bandit's JSON."""

    test_id: _Text
    issue_severity: _Level
    issue_confidence: _Level
    filename: _Text
    line_number: Annotated[int, Meta(ge=0, le=2**31)]
    issue_text: str


class _Error(msgspec.Struct, kw_only=True):
    """One file that could not be looked at, in bandit's JSON."""

    filename: _Text
    reason: str


class _Document(msgspec.Struct, kw_only=True):
    """The report, in bandit's JSON."""

    results: tuple[_Result, ...]
    errors: tuple[_Error, ...]
    metrics: Mapping[str, Mapping[str, float]]


def parse(report: bytes) -> BanditReport:
    """Return what `bandit --format json` reports, paths normalized.

    Raises ReportError when the report is cut, malformed or of another shape.
    """
    document = decode(report, _Document, _WHAT)
    totals = document.metrics.get(_TOTALS)
    if totals is None:
        msg = f"{_WHAT} holds no totals: it is cut or of a version that is not understood"
        raise ReportError(msg)
    return BanditReport(
        issues=tuple(map(_issue, document.results)),
        files=tuple(sorted({posixpath.normpath(name) for name in document.metrics if name != _TOTALS})),
        errors=tuple((posixpath.normpath(row.filename), row.reason[:300]) for row in document.errors),
    )


def _issue(row: _Result) -> Issue:
    """Return one result of the report."""
    return Issue(
        rule=row.test_id,
        severity=row.issue_severity.lower(),
        confidence=row.issue_confidence.lower(),
        path=posixpath.normpath(row.filename),
        line=row.line_number,
        text=row.issue_text,
    )
