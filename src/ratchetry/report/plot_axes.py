"""Scales of drawings: where a value or a moment stands, and which round ones are worth a mark."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.moment import date_of, time_of

_HOUR: Final = 1 / 24
_SPANS: Final = (_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 1, 2, 7, 14, 28, 91, 182, 364, 1820, 3640, 36_400, 364_000)
"""Days between two marks of an axis of time."""
_ROOM: Final = 0.06
_MARKS: Final = 6
_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A stretch of numbers and the stretch of the drawing that they stand on."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value stands, at the nearer end when it is outside; to a tenth."""
        # halves: the difference of two floats may be none
        share = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return round(self.start + (self.end - self.start) * min(1.0, max(0.0, share)), 1)


def value_scale(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a scale on which all values stand, with some room; those that are alike stand in its middle."""
    low, high = min(values), max(values)
    if high - low <= _FLAT * max(abs(low), abs(high)):
        room = max(abs(low), abs(high)) * 0.1 or 1.0
    else:
        room = (high / 2 - low / 2) * 2 * _ROOM
    return Scale(low=_bounded(low - room), high=_bounded(high + room), start=start, end=end)


def round_numbers(scale: Scale) -> tuple[float, ...]:
    """Return some round numbers on a scale, lowest first: multiples of 1, 2 or 5 times a power of ten."""
    rough = (scale.high / _MARKS - scale.low / _MARKS) * 1.2
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((size * power for size in (1, 2, 5) if size * power >= rough), 10 * power)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return tuple(number * step for number in range(first, last + 1)) if last - first <= 2 * _MARKS else ()


def round_moments(scale: Scale) -> tuple[tuple[float, str], ...]:
    """Return some round moments on a scale of days since 1970, each with its text."""
    span = scale.high - scale.low
    step = next((step for step in _SPANS if span / step <= _MARKS), _SPANS[-1])
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    text = date_of if step >= 1 else _hour
    return tuple((number * step, text(number * step)) for number in range(first, min(last, first + 2 * _MARKS) + 1))


def _hour(days: float) -> str:
    """Return a moment to the hour."""
    return time_of(days + 1e-9)[5:16].replace("T", " ")


def _bounded(value: float) -> float:
    """Return a number that is finite."""
    return max(-sys.float_info.max, min(sys.float_info.max, value))
