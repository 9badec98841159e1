"""Mypy's report: JSON lines from 1.11 on, lines of text before, and text for some failures of any version.

https://mypy.readthedocs.io/en/stable/command_line.html#cmdoption-mypy-O
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ratchetry.errors import ReportError

JSON_SINCE: Final = (1, 11)
_VERSION: Final = re.compile(r"(\d{1,6})\.(\d{1,6})")
_LINE: Final = re.compile(
    r"(?P<path>[^\n]+?):(?:(?P<line>\d{1,9}):(?:\d{1,9}:){0,3})? "
    r"(?P<severity>error|note): (?P<message>.*?)(?:  \[(?P<code>[a-z][a-z0-9-]*)\])?"
)
_NO_CODE: Final = "misc"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMessage:
    """One error or note of mypy, with the path as mypy prints it; line 0 is the whole file."""

    path: str
    line: int
    severity: Literal["error", "note"]
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of mypy's JSON; a message about a whole file has the line -1."""

    file: str
    line: Annotated[int, Meta(ge=-1, le=2**31)]
    message: str
    severity: Literal["error", "note"]
    code: str | None = None


def writes_json(version: str) -> bool:
    """Tell whether a version of mypy knows `--output json`."""
    match = _VERSION.match(version)
    return match is not None and (int(match[1]), int(match[2])) >= JSON_SINCE


def parse_messages(report: bytes) -> tuple[TypeMessage, ...]:
    """Return the errors and notes of a report in mypy's order.

    Lines that are neither are what plugins and imported settings print, and are passed over.
    Raises ReportError for a line that looks like a message of mypy but cannot be read.
    """
    try:
        lines = report.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        msg = f"mypy's report is not UTF-8: {error}"
        raise ReportError(msg) from error
    return tuple(message for message in map(_message, lines) if message is not None)


def parse_errors(report: bytes, exit_code: int) -> tuple[TypeMessage, ...]:
    """Return the errors of a report of a run that ended with 0 or 1.

    With JSON, mypy ends with 1 for notes alone, too.
    Raises ReportError when the report and the exit code contradict each other.
    """
    messages = parse_messages(report)
    errors = tuple(message for message in messages if message.severity == "error")
    if (exit_code == 0 and errors) or (exit_code != 0 and not messages):
        msg = f"mypy ended with exit code {exit_code}, but its report holds {len(errors)} errors"
        raise ReportError(msg)
    return errors


def _message(line: str) -> TypeMessage | None:
    """Return the message that a line holds, or None.

    Raises ReportError for a broken one.
    """
    if '{"file":' in line:
        return _json_message(line)
    match = _LINE.fullmatch(line)
    if match is None:
        if ": error: " in line:
            msg = f"mypy's report holds a line that cannot be read: {line[:200]!r}"
            raise ReportError(msg)
        return None
    return TypeMessage(
        path=match["path"],
        line=int(match["line"] or 0),
        severity="error" if match["severity"] == "error" else "note",
        code=match["code"] or _NO_CODE,
        message=match["message"],
    )


def _json_message(line: str) -> TypeMessage:
    """Return the message of a JSON line.

    Raises ReportError when it is cut or malformed.
    """
    try:
        entry = msgspec.json.decode(line, type=_Entry)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        msg = f"mypy's report holds a line that cannot be read ({error}): {line[:200]!r}"
        raise ReportError(msg) from error
    return TypeMessage(
        path=entry.file,
        line=max(entry.line, 0),
        severity=entry.severity,
        code=entry.code or _NO_CODE,
        message=entry.message,
    )
