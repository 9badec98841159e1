"""Bounds of a ratio that hold at all times at once: every ratio that the evidence has not spoken against.

A test of each ratio, at a level alpha however often it is looked at, leaves a confidence sequence when turned around:
the bound is on the wrong side of the truth at any time ever with probability at most alpha (S. R. Howard, A. Ramdas,
J. McAuliffe and J. Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49
(2021), https://doi.org/10.1214/20-AOS1991).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

_FARTHEST: Final = 4.0
"""Ratios from e^-4 to e^4 are tried."""
_STRIDE: Final = 0.2
_HALVINGS: Final = 12


def lower_bound(rejected: Callable[[float], bool]) -> float:
    """Return the bound below which every ratio that was tried is rejected, 0 when none is.

    `rejected(ratio)` tells whether the evidence speaks against a ratio of at most this.
    """
    below = -math.inf
    steps = round(2 * _FARTHEST / _STRIDE)
    for number in range(steps + 1):
        tried = -_FARTHEST + number * _STRIDE
        if not rejected(math.exp(tried)):
            break
        below = tried
    if below == -math.inf:
        return 0.0
    above = below + _STRIDE
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        below, above = (middle, above) if rejected(math.exp(middle)) else (below, middle)
    return math.exp(below)


def upper_bound(rejected: Callable[[float], bool]) -> float:
    """Return the bound above which every ratio that was tried is rejected, infinity when none is.

    `rejected(ratio)` tells whether the evidence speaks against a ratio of at least this.
    """
    inverse = lower_bound(lambda ratio: rejected(1.0 / ratio))
    return 1.0 / inverse if inverse else math.inf
