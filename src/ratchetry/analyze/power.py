"""How many results the e-process wants, and which difference it can find, planned before any result is there.

While the treatment is as much better as is bet on, the logarithm of the capital is a random walk whose drift is half of
its variance; its chance to reach a bound in time is that of a Brownian motion (D. Siegmund, "Sequential Analysis"
(1985), equation 3.15).  The variance that n results in each of two groups bring is n d^2 / (2 m (1 - m)) for shares m
on average and d apart, by the normal approximation.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from ratchetry.analyze.e_process import BETS

POWER: Final = 0.8
"""How sure a plan wants to be to find the difference it is made for."""
_MOST_UNITS: Final = 10_000_000
_LARGEST_LIFT: Final = 10.0
_HALVINGS: Final = 50
_NORMAL: Final = NormalDist()


def power(units: float, base: float, other: float, alpha: float) -> float:
    """Return how likely a difference between two shares is found with so many units in each group.

    The bound to be reached is 1/alpha, and 1 over the share of the capital that is bet on the smallest effect more.
    """
    middle = (base + other) / 2
    noise = 2 * middle * (1 - middle)
    if noise <= 0 or units <= 0:
        return 0.0
    variance = units * (other - base) ** 2 / noise
    return crossing(variance, -math.log(alpha * BETS[0][1]))


def crossing(variance: float, bound: float) -> float:
    """Return how likely a Brownian motion with a drift of half its variance reaches a bound until it has a variance."""
    if variance <= 0:
        return 0.0
    deviation = math.sqrt(variance)
    direct = _NORMAL.cdf((variance / 2 - bound) / deviation)
    returned = _NORMAL.cdf(-(variance / 2 + bound) / deviation)
    return direct + (math.exp(bound) * returned if returned > 0 else 0.0)


def planned_units(base: float, lift: float, alpha: float) -> int | None:
    """Return the units that each group needs to find a lift of the base share; None where no number would do."""
    other = base * (1 + lift)
    if not 0 < base < 1 or not 0 < other < 1 or lift == 0 or power(_MOST_UNITS, base, other, alpha) < POWER:
        return None
    low, high = 0, _MOST_UNITS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle, base, other, alpha) >= POWER else (middle, high)
    return high


def detectable_lift(base: float, units: float, alpha: float, *, falling: bool = False) -> float | None:
    """Return the smallest lift of the base share that so many units in each group find, as a positive number.

    None where not even the largest possible one is found.
    """
    if not 0 < base < 1:
        return None
    most = 1.0 if falling else min(_LARGEST_LIFT, 1 / base - 1)
    sign = -1 if falling else 1
    low, high = 0.0, most * (1 - 1e-6)
    if power(units, base, base * (1 + sign * high), alpha) < POWER:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = power(units, base, base * (1 + sign * middle), alpha) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high
