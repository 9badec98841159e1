"""The lower confidence bound that a floor may not pass: below it at most one honest run in a hundred will be.

It is a tolerance bound, not a bound on the mean: a floor is held against single runs.  All values are taken so that
higher is better; those of a maximum are negated before.

Two stretches of the history are looked at.  The newest k runs tell the level.  Up to 300 runs tell the jitter: how far
single runs fall below the level around them, which a running median of eleven runs gives (J. W. Tukey, "Exploratory
Data Analysis", 1977), so that steps and trends of the level count as none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, median
from typing import Final

from ratchetry.learn.ratchet.policy import CONTENT, Policy

_AROUND: Final = 5
"""Runs before and after one that tell the level around it."""
_MEDIAN_EFFICIENCY: Final = 2 / math.pi
_FROM_MEDIAN: Final = 1.4826
"""Standard deviation of a normal variable whose distance from its mean has the median 1."""
_SHRINKAGE: Final = 0.977
"""Standard deviation of normal noise after a running median of eleven was taken off, of one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the newest runs say of a metric: the bound that they support, and what it follows from."""

    bound: float
    reach: float
    """The bound that the newer half alone would support: far beyond `bound` where the runs are of two levels."""
    level: float
    worst: float
    """The worst of the newest runs."""
    jitter: float
    """The standard deviation of single runs around the level."""
    deepest: float
    """How far the deepest dip fell below the level around it, but for those that are rarer than one in a hundred."""
    runs: int
    """Runs that the jitter was learned from."""
    regular: bool = True
    """Whether the deepest dip is one that a normal distribution has: else only many runs tell how deep others are."""

    @property
    def margin(self) -> float:
        """Return how far below the level the bound stays."""
        return self.level - self.bound


def lower_bound(values: Sequence[float], policy: Policy, tolerance: float) -> Evidence:
    """Return the bound that some runs support, oldest first: the newest ones tell the level, all of them the jitter.

    It is the least of three: the normal tolerance bound of the newest runs, the worst of them, and their level less
    the deepest dip in memory; less the tolerance.  Where nothing ever jittered, it is the worst of the newest runs.
    """
    remembered = values[-policy.memory :]
    newest = remembered[-policy.runs :]
    level, worst = median(newest), min(newest)
    dips = sorted(residuals(remembered))
    kept = dips[allowed_outliers(len(dips)) :]
    jitter = _deviation(kept)
    deepest = max(0.0, -kept[0])
    factor = tolerance_factor(len(newest), len(kept), policy.confidence) if jitter else 0.0
    room = max(factor * jitter, deepest)
    return Evidence(
        bound=min(level - room, worst) - tolerance,
        reach=median(newest[len(newest) // 2 :]) - room - tolerance,
        level=level,
        worst=worst,
        jitter=jitter,
        deepest=deepest,
        runs=len(remembered),
        regular=deepest <= factor * _robust_deviation(dips) or deepest == 0,
    )


def residuals(values: Sequence[float]) -> list[float]:
    """Return how far each value is from the median of those around it, as many before as after it."""
    last = len(values) - 1
    found = []
    for at, value in enumerate(values):
        reach = min(_AROUND, at, last - at)
        found.append(value - median(values[at - reach : at + reach + 1]))
    return found


def allowed_outliers(n: int) -> int:
    """Return how many of the deepest dips may be left out.

    The next run falls below the (r + 1)-th lowest of n exchangeable ones with the chance (r + 1) / (n + 1).
    """
    return max(0, math.floor((1 - CONTENT) * (n + 1) + 1e-9) - 1)


def tolerance_factor(newest: int, runs: int, confidence: float) -> float:
    """Return how many standard deviations below the median of the newest runs 99 percent of all runs stay.

    The normal one-sided tolerance factor (M. G. Natrella, "Experimental Statistics", NBS Handbook 91, 1963, section
    2-5.3), with the level from the newest runs and the deviation from all of them; a median says as much as the mean
    of 64 percent of its runs.  Infinite where the runs are too few for the confidence.
    """
    z_content, z_confidence = NormalDist().inv_cdf(CONTENT), NormalDist().inv_cdf(confidence)
    freedom = max(1, runs - 1)
    a = 1 - z_confidence**2 / (2 * freedom)
    b = z_content**2 - z_confidence**2 / (newest * _MEDIAN_EFFICIENCY)
    if a <= 0:
        return math.inf
    return (z_content + math.sqrt(max(0.0, z_content**2 - a * b))) / a


def _deviation(around: Sequence[float]) -> float:
    """Return the standard deviation of runs around their level, from how far each is from the median around it."""
    squares = math.fsum(value * value for value in around)
    return math.sqrt(squares / max(1, len(around) - 1)) / _SHRINKAGE


def _robust_deviation(around: Sequence[float]) -> float:
    """Return the standard deviation that normal runs with this median distance from their level would have."""
    return median(map(abs, around)) * _FROM_MEDIAN / _SHRINKAGE
