"""Ruff's reports: diagnostics as JSON, the files it looks at, and the files its formatter would change.

`ruff format --check` reports as JSON from 0.16 on (RUFF_OUTPUT_FORMAT, which earlier versions ignore) and
before that as lines of text with a summary: https://docs.astral.sh/ruff/formatter/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.errors import ReportError

SYNTAX: Final = "invalid-syntax"
"""The rule of a file that is no Python; ruff before 0.12 writes null instead."""
UNFORMATTED: Final = "unformatted"
"""The rule of a file that the formatter would change."""
_COLOR: Final = re.compile(r"\x1b\[[0-9;]{0,20}m")
_WOULD: Final = "Would reformat: "
_SUMMARY: Final = re.compile(r"^(?P<count>\d{1,9}) files? would be reformatted\b", re.MULTILINE)
_CLEAN: Final = re.compile(r"^\d{1,9} files? already formatted$", re.MULTILINE)

Row = Annotated[int, Meta(ge=0, le=2**31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing that ruff found, with the path as ruff prints it."""

    path: str
    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Location:
    """Where a diagnostic stands, in ruff's JSON."""

    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One diagnostic, in ruff's JSON."""

    filename: str | None
    code: str | None
    message: str
    location: _Location | None = None


def parse_diagnostics(report: bytes) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of `ruff check --output-format json`, in ruff's order.

    Raises ReportError when the report is cut, malformed or no such list.
    """
    try:
        entries = msgspec.json.decode(report, type=list[_Entry])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"ruff's JSON report cannot be read: {error}"
        raise ReportError(msg) from error
    return tuple(
        Diagnostic(
            path=entry.filename or "",
            line=entry.location.row if entry.location else 0,
            rule=entry.code or SYNTAX,
            message=entry.message,
        )
        for entry in entries
    )


def parse_files(report: bytes) -> tuple[str, ...]:
    """Return the paths that `ruff check --show-files` prints.

    Raises ReportError when they are not UTF-8.
    """
    return tuple(line for line in _text(report, "list of files").split("\n") if line)


def parse_format(report: bytes) -> tuple[Diagnostic, ...]:
    """Return what `ruff format --check` says of files: UNFORMATTED, or another rule for one it could not check.

    Raises ReportError when the report is malformed or contradicts itself.
    """
    if is_json(report):
        return parse_diagnostics(report)
    text = _COLOR.sub("", _text(report, "report of the formatter"))
    paths = tuple(line.removeprefix(_WOULD) for line in text.split("\n") if line.startswith(_WOULD))
    summary = _SUMMARY.search(text)
    announced = int(summary["count"]) if summary else 0
    if announced != len(paths) or not (summary or _CLEAN.search(text)):
        msg = f"ruff's formatter names {len(paths)} files, but its summary does not agree"
        raise ReportError(msg)
    return tuple(Diagnostic(path=path, line=0, rule=UNFORMATTED, message="") for path in paths)


def is_json(report: bytes) -> bool:
    """Tell whether a report is a list in JSON."""
    return report.lstrip().startswith(b"[")


def _text(report: bytes, what: str) -> str:
    """Return the text of a report.

    Raises ReportError when it is not UTF-8.
    """
    try:
        return report.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"ruff's {what} is not UTF-8: {error}"
        raise ReportError(msg) from error
