"""Numbers as short text that reads back as the same number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, Literal

_EXACT: Final = 2**53
"""Integers below it are floats of their own: dividing one by a power of ten gives the nearest float again."""
MOST_PLACES: Final = 22
"""Powers of ten up to this one are floats without error (Clinger, "How to read floating point numbers", 1990)."""
_LONG: Final = 1e9
Places = Literal[-1, 3, 6]
"""Decimal places of durations."""
_UNITS: Final[tuple[Places, ...]] = (3, 6)
AS_THEY_ARE: Final = -1
"""Instead of a number of decimal places: the numbers stand there unscaled."""


def significant(value: float, digits: int) -> float:
    """Return a number with so many significant digits; whole numbers, and what is not finite, as they are."""
    if not math.isfinite(value) or (abs(value) < _EXACT and value == int(value)):
        return value
    shorter = float(f"{value:.{digits - 1}e}")
    return shorter if math.isfinite(shorter) else value


def to_the_microsecond(seconds: float) -> float:
    """Return a duration rounded to the microsecond; one of more than thirty years as it is."""
    return round(seconds * 1e6) / 1e6 if abs(seconds) < _LONG else seconds


def scaled(values: Iterable[float]) -> tuple[Places, list[float]]:
    """Return decimal places and the numbers as integers of that unit, thousandths if they can be, else millionths.

    Numbers that are neither stand there as they are, with `AS_THEY_ARE` for the places.
    """
    numbers = list(values)
    for digits in _UNITS:
        unit = 10**digits
        whole = [round(value * unit) for value in numbers if abs(value) < _LONG]
        if len(whole) == len(numbers) and all(
            number / unit == value for number, value in zip(whole, numbers, strict=True)
        ):
            return digits, [*whole]
    return AS_THEY_ARE, numbers


def unscaled(digits: Places, values: Iterable[float]) -> list[float]:
    """Return the numbers that `scaled` was given."""
    if digits == AS_THEY_ARE:
        return [float(value) for value in values]
    unit = 10**digits
    return [value / unit for value in values]


def with_base(values: Sequence[float], digits: int) -> list[float]:
    """Return numbers that are multiples of a decimal unit as its places, the first in units, and all others less it.

    Numbers that are no multiples stand there as they are, after `AS_THEY_ARE`.
    """
    unit = 10**digits
    whole = [round(value * unit) if abs(value) * unit < _EXACT else 0 for value in values]
    if not whole or any(number / unit != value for number, value in zip(whole, values, strict=True)):
        return [AS_THEY_ARE, *values]
    return [digits, whole[0], *(number - whole[0] for number in whole[1:])]


def without_base(row: Sequence[float]) -> tuple[float, ...]:
    """Return the numbers that `with_base` was given; raises ValueError for a row that it did not make."""
    if row and row[0] == AS_THEY_ARE:
        return tuple(row[1:])
    unit = _unit(row)
    return tuple(number / unit for number in (row[1], *(row[1] + less for less in row[2:])))


def to_units(value: float, row: Sequence[float], *, less_first: bool) -> float | None:
    """Return a number in the unit of a row of `with_base`, None if it is no multiple of that."""
    if row[0] == AS_THEY_ARE:
        return None
    unit = 10 ** int(row[0])
    whole = round(value * unit) if abs(value) * unit < _EXACT else 0
    if whole / unit != value:
        return None
    return whole - row[1] if less_first else whole


def from_units(number: float, row: Sequence[float], *, less_first: bool) -> float:
    """Return the number that `to_units` was given; raises ValueError for a row that `with_base` did not make."""
    unit = _unit(row)
    return (number + row[1] if less_first else number) / unit


def _unit(row: Sequence[float]) -> int:
    """Return how many units of a row make one; raises ValueError when it does not say so."""
    if len(row) < 2 or not 0 <= row[0] <= MOST_PLACES:
        msg = "a row of rounds begins with its decimal places"
        raise ValueError(msg)
    places: int = 10 ** int(row[0])
    return places
