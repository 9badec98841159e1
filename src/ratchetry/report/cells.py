"""Values of tables in JSON and CSV; times are in UTC and say so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

MOST_DIGITS: Final = 39
"""Digits before the point that a decimal of SQL may have."""


def for_json(value: object) -> object:
    """Return a value as JSON can say it: times as ISO 8601, what is not finite as null, anything else as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return _number(value)
        case Mapping():
            return {str(key): for_json(item) for key, item in value.items()}
        case bytes():
            return value.hex()
        case Sequence():
            return [for_json(item) for item in value]
        case _:
            return _text(value)


def for_csv(value: object) -> object:
    """Return a value as a field of CSV: NULL as nothing, what has parts as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float() | str() | Decimal():
            return value
        case Mapping() | list() | tuple():
            import json

            return json.dumps(for_json(value), ensure_ascii=False)
        case _:
            return _text(value)


def _number(value: float | Decimal) -> int | float | None:
    """Return a number, a decimal as a whole one if it is and SQL has such, None when it is not finite or no float."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not value.is_finite():
        return None
    if abs(value.adjusted()) < MOST_DIGITS and value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    """Return a value as text."""
    match value:
        case datetime():
            return value.isoformat() + ("Z" if value.tzinfo is None else "")
        case date():
            return value.isoformat()
        case _:
            return str(value)
