"""Which of the places where a series could be split are changes: the weakest is given up until all of them hold.

A change holds when Welch's test tells the levels on its two sides apart, when their medians differ by more than the
noise, when a step explains the two stretches better than a straight line does, and when it stands out of the variation
of the whole series by more, the less the series looks like steps and white noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.change_point.sums import Stretches, Sums, line_squares, stretches_of, sums_of

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats, Places

P_VALUE: Final = 2e-5
"""What Welch's test must come to, in a series of SHORT points or more."""
SHORT: Final = 50
"""In a shorter series the bound goes down with the third power of its length: there is little to know the noise by."""
EFFECT: Final = 1.0
"""Standard deviations of the noise that the medians must differ by."""
STEP_EVIDENCE: Final = 6.0
"""Twice the log-likelihood by which a step must explain the two stretches better than a straight line."""
GAIN: Final = (0.5, 4.0)
"""Times log n and the variance of the series: what a change must save, where noise is white and where it wanders."""
WHITE: Final = -0.4
"""The autocorrelation of differences up to which noise counts as white; that of white noise alone is -0.5."""
PRIOR: Final = 3.0
"""Observations that the noise of the whole series counts for in the variance of a stretch."""
NEW_PRIOR: Final = 12.0
"""The same for the newest stretch while it is young, which is judged with less weight on its outliers."""
YOUNG: Final = 40
"""Points up to which the newest stretch is young."""
OUTLIER: Final = 3.0
"""Deviations from the median, in robust standard deviations, beyond which a point of the newest stretches is cut."""
STRAY: Final = 0.25
"""The share of points in a new stretch that may lie nearer to the old level."""
_FEW: Final = 8
_TINY: Final = 1e-300
_HOPELESS: Final = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """What changes of one series are held to."""

    z: float
    gain: float
    new_gain: float
    """The gain that a change at the end of the series is held to: outliers have no weight in it."""
    least_variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """What a test sees of the two sides of each change: squares around the levels, steps, noise and its weight."""

    left: Floats
    right: Floats
    steps: Floats
    noise: Floats
    prior: Floats
    line: float | None = None
    """The squares around the straight line through the last two stretches, where these are seen without outliers."""
    strays: bool = False


def pruned(values: Floats, found: list[int], whole: Floats | None = None) -> list[int]:
    """Return those of the places in a series that are changes; `whole` is the series before a line was taken off."""
    import numpy as np

    if not found:
        return []
    whole = values if whole is None else whole
    n, total = len(values), float(whole.var())
    wandering = min(1.0, max(0.0, (alternation(values) - WHITE) / -WHITE))
    bounds = _Bounds(
        z=-NormalDist().inv_cdf(P_VALUE * min(1.0, (n / SHORT) ** 3) / 2),
        gain=(GAIN[0] + (GAIN[1] - GAIN[0]) * wandering) * math.log(n) * total,
        new_gain=(GAIN[0] + (GAIN[1] - GAIN[0]) * wandering) * math.log(n) * min(total, _cut_variance(whole)),
        least_variance=1e-14 * total,
    )
    sums = sums_of(values)
    places = np.array([0, *found, n])
    while len(places) > 2:
        lacks = _shortfalls(sums, stretches_of(sums, places), bounds)
        if not (lacks > 0).any():
            break
        places = np.delete(places, 1 + _weakest(lacks))
    return [int(place) for place in places[1:-1]]


def alternation(values: Floats) -> float:
    """Return the autocorrelation of a series' differences, the largest of them cut: -0.5 for white noise and steps."""
    import numpy as np

    steps = np.diff(values)
    if len(steps) < 4:
        return -0.5
    low, high = np.quantile(steps, [0.05, 0.95])
    steps = np.clip(steps, low, high)
    steps -= steps.mean()
    square = float(steps @ steps)
    return float(steps[1:] @ steps[:-1]) / square if square > 0 else -0.5


def _cut_variance(values: Floats) -> float:
    """Return the variance of a series with its outliers cut."""
    import numpy as np

    left = values - np.median(values)
    most = OUTLIER * 1.4826 * float(np.median(np.abs(left)))
    return float(np.clip(left, -most, most).var()) if most > 0 else math.inf


def _line_squares(values: Floats) -> float:
    """Return the sum of squares around the straight line through some values."""
    import numpy as np

    left = values - values.mean()
    places = np.arange(len(values)) - (len(values) - 1) / 2
    product = float(places @ left)
    return max(float(left @ left) - product * product / float(places @ places), 0.0)


def _weakest(lacks: Floats) -> Places:
    """Return which changes to give up: the weakest, or of many those that are weaker than both of their neighbors."""
    import numpy as np

    if len(lacks) <= _FEW:
        return np.array([int(lacks.argmax())])
    around = np.concatenate([[-1.0], lacks, [-1.0]])
    return np.flatnonzero((lacks > 0) & (lacks > around[:-2]) & (lacks >= around[2:]))


def _shortfalls(sums: Sums, stretches: Stretches, bounds: _Bounds) -> Floats:
    """Return by how much each change fails to hold, 0 where it holds."""
    import numpy as np

    sides = _sides(sums, stretches, bounds.least_variance)
    lengths = stretches.lengths
    z = _scores(_evidence(sides, lengths))
    effects = np.abs(np.diff(stretches.medians)) / np.sqrt(sides.noise)
    lacks = np.where(z < bounds.z, (bounds.z**2 - z**2) / 2 + 1, 0.0)
    lacks = np.maximum(lacks, np.where(effects < EFFECT, 50 * (EFFECT - effects) + 1, 0.0))
    lines = line_squares(sums, stretches.bounds[:-2], stretches.bounds[2:])
    steps = stretches.squares[:-1] + stretches.squares[1:]
    if sides.line is not None:
        lines[-1], steps[-1] = sides.line, sides.left[-1] + sides.right[-1]
    evidence = (lengths[:-1] + lengths[1:]) * np.log((lines + _TINY) / (steps + _TINY))
    lacks = np.where((lacks == 0) & (evidence < STEP_EVIDENCE), 1 + STEP_EVIDENCE - evidence, lacks)
    gains = lengths[:-1] * lengths[1:] / (lengths[:-1] + lengths[1:]) * np.diff(stretches.means) ** 2
    needed = np.full(len(gains), bounds.gain)
    if lengths[-1] <= YOUNG:
        gains[-1] = lengths[-2] * lengths[-1] / (lengths[-2] + lengths[-1]) * sides.steps[-1] ** 2
        needed[-1] = bounds.new_gain
    lacks = np.where((lacks == 0) & (gains < needed), 1 + needed / np.maximum(gains, _TINY), lacks)
    if sides.strays:
        lacks[-1] = max(float(lacks[-1]), _HOPELESS)
    return lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The step of each change, its standard error and the degrees of freedom of that."""

    steps: Floats
    errors: Floats
    freedom: Floats


def evidence_of(values: Floats, changes: list[int]) -> Evidence:
    """Return what speaks for the changes of a series."""
    import numpy as np

    sums = sums_of(values)
    stretches = stretches_of(sums, np.array([0, *changes, len(values)]))
    return _evidence(_sides(sums, stretches, 1e-14 * float(values.var())), stretches.lengths)


def _evidence(sides: _Sides, lengths: Floats) -> Evidence:
    """Return Welch's standard errors, the variance of each side drawn to the noise of the whole series.

    Nothing is known better than by all points of the series.
    """
    import numpy as np

    left, right = lengths[:-1] - 1 + sides.prior, lengths[1:] - 1 + sides.prior
    before = (sides.left + sides.prior * sides.noise) / left / lengths[:-1]
    after = (sides.right + sides.prior * sides.noise) / right / lengths[1:]
    both = before + after
    freedom = np.minimum(both * both / (before * before / left + after * after / right), freedom_of(lengths))
    return Evidence(steps=sides.steps, errors=np.sqrt(both), freedom=freedom)


def _scores(evidence: Evidence) -> Floats:
    """Return the t of each change as the normal deviate that is as unlikely.

    D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square distributions", Annals of
    Mathematical Statistics 30 (1959), https://doi.org/10.1214/aoms/1177706095.
    """
    import numpy as np

    t = evidence.steps / evidence.errors
    freedom = evidence.freedom
    return np.asarray((8 * freedom + 1) / (8 * freedom + 3) * np.sqrt(freedom * np.log1p(t * t / freedom)))


def freedom_of(lengths: Floats) -> float:
    """Return how many degrees of freedom stretches of some lengths leave for the noise."""
    return max(1.0, float(lengths.sum()) - len(lengths))


def _sides(sums: Sums, stretches: Stretches, least: float) -> _Sides:
    """Return the two sides of each change, those of the last without the weight of outliers while it is new."""
    import numpy as np

    freedom = freedom_of(stretches.lengths)
    noise = max(float(stretches.squares.sum()) / freedom, least)
    count = len(stretches.lengths) - 1
    sides = _Sides(
        left=stretches.squares[:-1].copy(),
        right=stretches.squares[1:].copy(),
        steps=np.diff(stretches.means),
        noise=np.full(count, noise),
        prior=np.full(count, PRIOR),
    )
    if stretches.lengths[-1] > YOUNG:
        return sides
    start, cut = (int(place) for place in stretches.bounds[-3:-1])
    residuals = sums.values - np.repeat(stretches.medians, stretches.lengths.astype(int))
    scale = max(1.4826 * float(np.median(np.abs(residuals))), 0.3 * math.sqrt(noise))
    residuals = np.clip(residuals, -OUTLIER * scale, OUTLIER * scale)
    squares = residuals * residuals
    old, new = float(stretches.medians[-2]), float(stretches.medians[-1])
    sides.left[-1], sides.right[-1] = squares[start:cut].sum(), squares[cut:].sum()
    sides.steps[-1] = new + residuals[cut:].mean() - old - residuals[start:cut].mean()
    sides.noise[-1] = max(float(squares.sum()) / freedom, least)
    sides.prior[-1] = NEW_PRIOR
    levels = np.repeat([old, new], [cut - start, len(residuals) - cut])
    strays = int(((sums.values[cut:] - (old + new) / 2) * (new - old) < 0).sum())
    return _Sides(
        left=sides.left,
        right=sides.right,
        steps=sides.steps,
        noise=sides.noise,
        prior=sides.prior,
        line=_line_squares(levels + residuals[start:]),
        strays=strays > STRAY * (len(sums.values) - cut),
    )
