"""The level that a series has held since its last change, and where the next value of it may lie.

The interval is that for one more value of a sample, with Student's t of few degrees of freedom, for tails that are
heavier than the normal distribution's (G. J. Hahn, "Factors for calculating two-sided prediction intervals for samples
from a normal distribution", Journal of the American Statistical Association 64 (1969),
https://doi.org/10.1080/01621459.1969.10501002); the scale is that of values winsorized at three robust standard
deviations (P. J. Huber, "Robust Statistics" (1981), chapter 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, stdev
from typing import Final

from ratchetry.analyze.change_point.detection import detect
from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.analyze.distributions import student_t_bound, student_t_two_sided
from ratchetry.domain.series import Point, Series

LEAST: Final = 8
"""Values of a level at least: fewer do not tell how much it varies."""
NEWEST: Final = 50
"""Values of a level at most: the newest."""
FREEDOM: Final = 8.0
"""Degrees of freedom at most: single values of CI runs lie farther out than a normal distribution's."""
WINSORIZED: Final = 15
"""Values from which on those far out are moved to three robust standard deviations: fewer do not tell these well."""
_WINSOR: Final = 3.0
_MAD: Final = 1.4826
_ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What a series has been like since its last change; values are logarithms where `logs`."""

    center: float
    scale: float
    values: tuple[float, ...]
    logs: bool

    @property
    def n(self) -> int:
        """Return how many values the level rests on."""
        return len(self.values)

    @property
    def residuals(self) -> tuple[float, ...]:
        """Return how far each value lies from the level, in standard deviations; none where nothing varies."""
        return tuple(abs(value - self.center) / self.scale for value in self.values) if self.scale else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """How far a value lies from a level, from where to where the difference may be, and how likely chance does that."""

    difference: float
    interval: tuple[float, float]
    p_value: float
    outside: bool
    """Whether it lies beyond every value of the level."""
    nearest: float
    """How far the nearest of the new values lies, in standard deviations; 0 where they lie on both sides."""


def stable_points(series: Series) -> tuple[Point, ...]:
    """Return the points of a series since its last change of level, one for each commit, in the order of time."""
    ready = prepared(series)
    changes = detect(series).change_points
    start = ready.places.index(changes[-1].index) if changes else 0
    return ready.points[start:]


def level_of(values: Sequence[float], *, relative: bool) -> Level | None:
    """Return the level that values have, of logarithms where differences are shares; None for too few of them."""
    newest = values[-NEWEST:]
    if len(newest) < LEAST:
        return None
    logs = relative and min(newest) > 0
    used = [math.log(value) for value in newest] if logs else newest
    return Level(center=median(used), scale=_scale(used), values=tuple(used), logs=logs)


def predicted(level: Level, observed: Sequence[float], moved: float = 0.0) -> Prediction | None:
    """Return how the median of some new values lies to a level that is moved; None where it has no logarithm."""
    if level.logs and min(observed) <= 0:
        return None
    values = [math.log(value) for value in observed] if level.logs else observed
    head = median(values)
    difference = head - level.center - moved
    error = level.scale * math.sqrt(_of_median(level.n) + _of_median(len(values)))
    single = level.scale * math.sqrt(_of_median(level.n) + 1)
    freedom = min(level.n - 1.0, FREEDOM)
    outside = not min(level.values) <= head - moved <= max(level.values)
    reach = student_t_bound(_ALPHA, freedom) * error
    return Prediction(
        difference=difference,
        interval=(difference - reach, difference + reach),
        p_value=student_t_two_sided(difference / error, freedom) if error else float(difference == 0),
        outside=outside,
        nearest=_nearest([value - level.center - moved for value in values]) / single if single else 0.0,
    )


def jitter(values: Sequence[float]) -> float:
    """Return how far a value lies, at most, above or below both of its neighbors: steps are no such thing."""
    triples = zip(values, values[1:], values[2:], strict=False)
    peaks = (max(min(here - one, here - other), min(one - here, other - here)) for one, here, other in triples)
    return max(0.0, *peaks, 0.0)


def _nearest(differences: Sequence[float]) -> float:
    """Return the least distance of differences that all have one sign, 0 where they do not."""
    return max(0.0, min(differences), -max(differences))


def _scale(values: Sequence[float]) -> float:
    """Return the standard deviation of values, those far out of many moved nearer."""
    center = median(values)
    reach = _WINSOR * _MAD * median(abs(value - center) for value in values)
    if len(values) < WINSORIZED or reach <= 0:
        return stdev(values)
    return stdev(min(max(value, center - reach), center + reach) for value in values)


def _of_median(n: int) -> float:
    """Return the variance of the median of n values, in variances of one."""
    return 1 / n if n < 3 else math.pi / (2 * n)
