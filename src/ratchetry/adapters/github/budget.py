"""How many requests are left: GitHub grants the token of a job 1,000 an hour for the whole repository.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from ratchetry.errors import RateLimitError
from ratchetry.ports import Clock

HOURLY: Final = 1000
"""What GITHUB_TOKEN may ask in an hour; assumed until GitHub has said what this token may."""

RESERVE: Final = 50
"""What planned work leaves for the other jobs of the repository."""

MOST_WRITES: Final = 400
"""GitHub allows 500 writes that make content an hour."""


class Budget:
    """Counts requests, and hears from every answer what is left of the hour's."""

    def __init__(self, clock: Clock, *, reserve: int = RESERVE) -> None:
        self._clock = clock
        self._reset = 0.0
        self._left: int | None = None
        self._writes = 0
        self.reserve = reserve
        self.limit = HOURLY
        self.used = 0
        self.unchanged = 0
        """Answers that nothing had changed; they are not charged."""

    @property
    def remaining(self) -> int:
        """Return how many requests may still be made in this hour."""
        if self._left is None or self._clock.now().timestamp() >= self._reset:
            return self.limit - (self.charged if self._left is None else 0)
        return self._left

    @property
    def room(self) -> int:
        """Return how many requests planned work may still make: what is left without what is kept for others."""
        return max(0, self.remaining - self.reserve)

    @property
    def charged(self) -> int:
        """Return how many of the requests made so far count."""
        return self.used - self.unchanged

    def require(self, count: int, what: str) -> None:
        """Raise RateLimitError, before anything is asked, when this many requests do not fit into what is left."""
        if count > self.room:
            msg = (
                f"{what} takes about {count:,} requests to GitHub, and {self.room:,} of this hour's {self.limit:,} "
                f"may be used for it ({self.reserve} are kept for other jobs); run it again {self._when()}"
            )
            raise RateLimitError(msg)

    def spend(self, *, writes: bool) -> None:
        """Count a request that is about to be made; raises RateLimitError when none is left."""
        if self.remaining <= 0:
            msg = f"GitHub's rate limit of {self.limit:,} requests an hour is used up; run it again {self._when()}"
            raise RateLimitError(msg)
        if writes and self._writes >= MOST_WRITES:
            msg = f"{MOST_WRITES} writes to GitHub are the most that one command makes; run it again in an hour"
            raise RateLimitError(msg)
        self.used += 1
        self._writes += writes

    def hear(self, status: int, headers: Mapping[str, str]) -> None:
        """Take from an answer what is left."""
        self.unchanged += status == 304
        if headers.get("x-ratelimit-resource", "core") != "core":
            return
        left, limit, reset = (number(headers, f"x-ratelimit-{name}") for name in ("remaining", "limit", "reset"))
        if left is not None and reset is not None:
            self._left, self._reset = left, float(reset)
            self.limit = limit or self.limit

    def _when(self) -> str:
        """Return when there will be requests again."""
        if self._reset <= self._clock.now().timestamp():
            return "in an hour"
        return f"after {datetime.fromtimestamp(self._reset, UTC):%H:%M} UTC"


def number(headers: Mapping[str, str], name: str) -> int | None:
    """Return the whole number of a header, None when there is none or it is none."""
    text = headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
