"""Moments as learners need them: read strictly, and never so far away that adding days to them fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_YEARS: Final = range(2000, 9000)


def moment_of(time: str) -> datetime | None:
    """Return a moment from ISO 8601, in UTC unless it says otherwise; None when it is none of these millennia."""
    try:
        moment = datetime.fromisoformat(time)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def end_of_day(moment: datetime) -> datetime:
    """Return the end of a moment's day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
