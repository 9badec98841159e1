"""Units as benchmark tools write them: which are times, which are rates, and which of two numbers is the better one."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.domain.record import Better

_SECONDS: Final = {
    **dict.fromkeys(("ns", "nsec", "nanosecond", "nanoseconds"), 1e9),
    **dict.fromkeys(("us", "µs", "μs", "usec", "microsecond", "microseconds"), 1e6),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
}
"""How many of a unit make a second: dividing by these is exact where multiplying by a fraction is not."""
_MINUTES: Final = {"min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0}
_TURNS: Final = frozenset({"iter", "iteration", "op", "ops", "operation", "run", "call", "round", "loop"})
_RATE: Final = re.compile(r"(?P<turn>[a-z]+)s?\s*/\s*(?P<time>[a-zµμ]+)")
_PER_TIME: Final = re.compile(r"[^/]*\S\s*/\s*(?P<time>[a-zµμ]+)")
_SIZE: Final = re.compile(r"(?:[kmgt]i?)?b(?:yte)?s?(?:/op)?|allocs?(?:/op)?")


def seconds(value: float, unit: str) -> float | None:
    """Return a time in seconds, also one per turn, as in ns/iter or ms/op; None when the unit is none of time."""
    name, slash, turn = (part.strip() for part in _lower(unit).partition("/"))
    if slash and turn not in _TURNS:
        return None
    if name in _SECONDS:
        return value / _SECONDS[name]
    return value * _MINUTES[name] if name in _MINUTES else None


def seconds_of_rate(value: float, unit: str) -> float | None:
    """Return the seconds that one turn takes at a rate such as 12 iter/sec or 3 ops/ms, None when it is no rate."""
    found = _RATE.fullmatch(_lower(unit))
    if not found or not {found["turn"], found["turn"].removesuffix("s")} & _TURNS or value <= 0:
        return None
    if found["time"] not in _SECONDS:
        return None
    return 1 / (value * _SECONDS[found["time"]])


def direction(unit: str) -> Better | None:
    """Return which numbers of a unit are better where that can be told: less time, fewer bytes, more a second."""
    name = _lower(unit)
    if seconds(1.0, unit) is not None or _SIZE.fullmatch(name):
        return "lower"
    found = _PER_TIME.fullmatch(name)
    return "higher" if found and found["time"] in _SECONDS else None


def _lower(unit: str) -> str:
    """Return a unit without blanks at its ends, in lower case."""
    return unit.strip().lower()
