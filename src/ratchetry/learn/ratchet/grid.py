"""Bounds move in steps of their increment, in decimal numbers: three steps of 0.1 from 0.5 are 0.8."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal


def climbed(start: float, limit: float, increment: float, most: int) -> float:
    """Return the highest of start, start + increment, … that is at most `limit`, after at most so many steps.

    0 steps mean any number.
    """
    step = _exact(increment)
    count = int(((_exact(limit) - _exact(start)) / step).to_integral_value(ROUND_FLOOR))
    return float(_exact(start) + step * (min(count, most) if most else count)) if count > 0 else start


def floored(value: float, increment: float) -> float:
    """Return the highest multiple of an increment that is at most a value."""
    step = _exact(increment)
    return float((_exact(value) / step).to_integral_value(ROUND_FLOOR) * step)


def _exact(value: float) -> Decimal:
    """Return a number as it is written, computed numbers without the noise of their last digits."""
    return Decimal(f"{value:.12g}")
