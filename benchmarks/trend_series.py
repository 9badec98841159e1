"""Series of which it is known whether they have a trend: for benchmarks/trends.py and the drawings of the docs."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import numpy as np

from ratchetry.domain.moment import time_of
from ratchetry.domain.record import Better
from ratchetry.domain.series import Point, Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

START: Final = 20_500.0
KINDS: Final = (
    "independent",
    "alike 0.3",
    "alike 0.6",
    "alike 0.8",
    "walk",
    "step of 1",
    "step of 2",
    "step of 4",
    "line of 1",
    "line of 2",
    "line of 4",
    "line of 4, alike 0.5",
)
"""Steps and lines are so many standard deviations of the noise high; neighbors are correlated by so much."""


def made(kind: str, n: int, seed: int) -> Floats:
    """Return a series of some kind; raises ValueError for an unknown one."""
    chance = random.Random(f"{kind} {n} {seed}")  # noqa: S311 - made-up data, no secret
    match kind.replace(",", "").split():
        case ["independent"]:
            return noise(chance, n)
        case ["alike", alike]:
            return noise(chance, n, float(alike))
        case ["walk"]:
            return np.asarray(np.cumsum(noise(chance, n)), dtype=float)
        case ["step", "of", height]:
            place = chance.randrange(n // 6, n - n // 6)
            return np.asarray(noise(chance, n) + float(height) * (np.arange(n) >= place), dtype=float)
        case ["line", "of", height, *alike]:
            spread = noise(chance, n, float(alike[-1]) if alike else 0.0)
            return np.asarray(spread + float(height) * np.arange(n) / n, dtype=float)
        case _:
            raise ValueError(kind)


def noise(chance: random.Random, n: int, alike: float = 0.0) -> Floats:
    """Return values of a first order process; the new part of each has the standard deviation 1."""
    values = np.zeros(n)
    last = chance.gauss(0, 1) / (1 - alike**2) ** 0.5
    for at in range(n):
        last = alike * last + chance.gauss(0, 1)
        values[at] = last
    return values


def series_of(
    values: Floats,
    *,
    name: str = "coverage.line",
    unit: str = "percent",
    better: Better = "higher",
    level: float = 80.0,
) -> Series:
    """Return a series of values around a level, two of them a day."""
    points = tuple(
        Point(value=level + float(value), time=time_of(START + at / 2), commit=f"{at:040x}", run=f"{at}-1")
        for at, value in enumerate(values)
    )
    return Series(name=name, unit=unit, better=better, points=points)
