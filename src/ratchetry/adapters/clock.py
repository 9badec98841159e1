"""The time, as this machine tells it."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The system's clock (`ports.Clock`)."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()
