"""The trend report as JSON."""

from __future__ import annotations

import math
import sys
from typing import Final

import msgspec

from ratchetry.domain.trend_report import TREND_REPORT_VERSION, TrendReport
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

LIMIT: Final = 32_000_000
"""The largest report that is read, in bytes."""


def loads(data: bytes, origin: str) -> TrendReport:
    """Return the trend report of a JSON document; raises StateError naming file and field."""
    if len(data) > LIMIT:
        msg = f"{origin}: more than the {LIMIT} bytes that a trend report may have"
        raise StateError(msg)
    return decode(data, TrendReport, origin, newest=TREND_REPORT_VERSION, version_field="schema_version")


def dumps(report: TrendReport) -> bytes:
    """Return a trend report as JSON, the same bytes for the same report.

    JSON has no infinity: an open end of an interval is the largest number there is.  Raises ValueError, naming the
    field, for what is no number.
    """
    return encode(_finite(msgspec.to_builtins(report), "report"), indent=2)


def _finite(value: object, where: str) -> object:
    """Return a value with its infinities made the largest numbers; raises ValueError where there is a NaN."""
    match value:
        case float():
            if math.isnan(value):
                msg = f"{where}: is no number"
                raise ValueError(msg)
            return max(-sys.float_info.max, min(sys.float_info.max, value))
        case dict():
            return {key: _finite(item, f"{where}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [_finite(item, f"{where}[{at}]") for at, item in enumerate(value)]
        case _:
            return value
