"""JSON reports of tools, read as typed values."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from ratchetry.errors import ReportError

T = TypeVar("T")

_LIMIT: Final = 256 * 1024 * 1024


def decode(report: bytes, kind: type[T], what: str) -> T:
    """Return the value of type `kind` that a JSON report holds.

    Raises ReportError naming `what` the report is when it is too large, cut, no JSON or of another shape.
    """
    if len(report) > _LIMIT:
        msg = f"{what} has {len(report)} bytes, more than the {_LIMIT} that are read"
        raise ReportError(msg)
    try:
        return msgspec.json.decode(report, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{what} cannot be read: {error}"
        raise ReportError(msg) from error
