"""Reads coverage.py's JSON reports, formats 2 and 3 (coverage.py 7): totals, and the lines of single files."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from ratchetry.errors import ReportError

_MAX_BYTES: Final = 256_000_000
_MAX_FILES: Final = 200_000
_FORMATS: Final = (2, 3)

_Number = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_Line = Annotated[int, Meta(ge=0, le=100_000_000)]


class Totals(Struct, frozen=True, kw_only=True):
    """How much of all files was executed; `num_branches` is None when branches were not measured."""

    covered_lines: _Number
    num_statements: _Number
    num_branches: _Number | None = None
    covered_branches: _Number | None = None


class FileLines(Struct, frozen=True, kw_only=True):
    """The numbers of a file's executable lines, by whether they were executed."""

    executed_lines: tuple[_Line, ...]
    missing_lines: tuple[_Line, ...]


class _Meta(Struct, frozen=True, kw_only=True):
    """What the report says of itself."""

    format: int
    version: Annotated[str, Meta(max_length=100)] = ""


class _Document(Struct, frozen=True, kw_only=True):
    """The report; files stay undecoded until they are asked for."""

    meta: _Meta
    totals: Totals
    files: dict[str, msgspec.Raw]


class CoverageReport:
    """One report of coverage.py: its totals, and on demand the lines of each file."""

    def __init__(self, *, version: str, totals: Totals, files: dict[str, msgspec.Raw]) -> None:
        self.version = version
        self.totals = totals
        self._files = files

    def lines(self, path: str) -> FileLines | None:
        """Return the executable lines of a file, None when it was not measured.

        Raises ReportError when what the report says of the file is malformed.
        """
        raw = self._files.get(path)
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=FileLines)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            why = f"{path[:200]}: {error}"
            raise _unreadable(why) from error


def read_coverage(report: bytes) -> CoverageReport:
    """Return a report's totals and its files.

    Raises ReportError when it is no such report, is damaged, contradicts itself or has a format not known here.
    """
    if len(report) > _MAX_BYTES:
        why = f"it has {len(report):,} bytes, more than the {_MAX_BYTES:,} that are read"
        raise _unreadable(why)
    try:
        document = msgspec.json.decode(report, type=_Document)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _unreadable(str(error)) from error
    if document.meta.format not in _FORMATS:
        why = f"its format is {document.meta.format}; known are 2 and 3: update ratchetry"
        raise _unreadable(why)
    totals = document.totals
    if totals.covered_lines > totals.num_statements or (totals.covered_branches or 0) > (totals.num_branches or 0):
        why = "it says that more was covered than there is"
        raise _unreadable(why)
    if len(document.files) > _MAX_FILES:
        why = f"it lists more than the {_MAX_FILES:,} files that are read"
        raise _unreadable(why)
    return CoverageReport(version=document.meta.version, totals=totals, files=document.files)


def _unreadable(why: str) -> ReportError:
    """Return the error that says why the report cannot be used."""
    return ReportError(f"coverage.py's JSON report cannot be read: {why}")
