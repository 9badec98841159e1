"""Series that are made up for the tests of trends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from ratchetry.domain.moment import time_of
from ratchetry.domain.record import Better
from ratchetry.domain.series import Point, Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

START: Final = 20_500.0
"""The day of the first value, since 1970."""


def series(
    values: Sequence[float] | Floats,
    *,
    every: float = 0.5,
    name: str = "coverage.line",
    unit: str = "percent",
    better: Better | None = "higher",
    machines: Sequence[str] = (),
) -> Series:
    """Return a series of values that are so many days apart."""
    points = tuple(
        Point(
            value=float(value),
            time=time_of(START + at * every),
            commit=f"{at:08x}",
            run=f"{at}-1",
            machine=machines[at] if machines else "",
        )
        for at, value in enumerate(values)
    )
    return Series(name=name, unit=unit, better=better, points=points)


def first_order(chance: np.random.Generator, n: int, alike: float) -> Floats:
    """Return values of a first order process, whose neighbors are so much alike."""
    noise = chance.normal(size=n + 50)
    values = np.zeros(n + 50)
    for at in range(1, n + 50):
        values[at] = alike * values[at - 1] + noise[at]
    return values[50:]


def line(seed: int, n: int, rise: float, noise: float = 1.0) -> Floats:
    """Return values that rise by so much over all of them, with noise."""
    return np.asarray(80 + rise * np.arange(n) / n + noise * np.random.default_rng(seed).normal(size=n), dtype=float)
