"""Moments as numbers: days since 1970, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

DAY: Final = 86_400.0
"""Seconds of a day."""
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def days_of(time: str) -> float | None:
    """Return the days from 1970 to a moment in ISO 8601, in UTC unless it says otherwise; None where it is none."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _START).total_seconds() / DAY


def date_of(days: float) -> str:
    """Return the day so many days after 1970, empty for one that no calendar has."""
    try:
        return f"{_START + timedelta(days=days):%Y-%m-%d}"
    except (OverflowError, ValueError):
        return ""


def time_of(days: float) -> str:
    """Return the moment so many days after 1970, in ISO 8601, empty for one that no calendar has."""
    try:
        return f"{_START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError):
        return ""
