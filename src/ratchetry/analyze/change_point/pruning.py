"""Which of the places where a series could be split are changes: the weakest is given up until all of them hold.

A change holds when Welch's test tells the levels on its two sides apart, when their medians differ by more than the
noise, when a step explains the two stretches better than a straight line does, and when it stands out of the variation
of the whole series by more, the less the series looks like steps and white noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, NamedTuple

from ratchetry.analyze.change_point.segmentation import partition, residual, without_outliers
from ratchetry.analyze.change_point.sums import Stretch, Sums, median_of, sums_of

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats

P_VALUE: Final = 5e-6
"""What Welch's test must come to, in a series of SHORT points or more."""
SHORT: Final = 50
"""In a shorter series the bound goes down with the third power of its length: there is little to know the noise by."""
EFFECT: Final = 1.0
"""Standard deviations of the noise that the medians must differ by."""
STEP_EVIDENCE: Final = 9.0
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
SPIKY: Final = 3.0
"""By how much outliers raise the variance of the noise at least where changes are judged without them."""
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


class _Change(NamedTuple):
    """What a test sees of a change: the stretches on its sides, their squares, the step, the noise and its weight."""

    before: Stretch
    after: Stretch
    left: float
    right: float
    step: float
    noise: float
    freedom: float
    prior: float = PRIOR
    line: float | None = None
    """The squares around the straight line through both stretches, where they are seen without outliers."""
    strays: bool = False


class Evidence(NamedTuple):
    """The step of a change, its standard error and the degrees of freedom of that."""

    step: float
    error: float
    freedom: float


def changes_of(values: Floats, whole: Floats | None = None) -> list[int]:
    """Return where a series changes; `whole` is the series before a line was taken off."""
    cut = without_outliers(values)
    found = partition(cut)
    if not found:
        return []
    bounds = _bounds(values if whole is None else whole)
    values = _judged(values, cut, found)
    sums = sums_of(values)
    places = [0, *found, len(values)]
    while len(places) > 2:
        lacks = [_shortfall(change, sums, bounds) for change in _changes(sums, places, bounds.least_variance)]
        if max(lacks) <= 0:
            break
        for at in reversed(_weakest(lacks)):
            del places[1 + at]
    return places[1:-1]


def evidence_of(values: Floats, changes: Sequence[int]) -> list[Evidence]:
    """Return what speaks for the changes of a series."""
    sums = sums_of(_judged(values, without_outliers(values), changes))
    return [_evidence(each) for each in _changes(sums, [0, *changes, len(values)], 1e-14 * float(values.var()))]


def _judged(values: Floats, cut: Floats, found: Sequence[int]) -> Floats:
    """Return the values that changes are judged by: those without outliers where few outliers are most of the noise."""
    return cut if cut is not values and residual(values, found) > SPIKY * residual(cut, found) else values


def alternation(values: Floats) -> float:
    """Return the autocorrelation of a series' differences, the largest of them cut: -0.5 for white noise and steps."""
    import numpy as np

    steps = values[1:] - values[:-1]
    if len(steps) < 4:
        return -0.5
    ordered = np.sort(steps)
    steps = steps.clip(_quantile(ordered, 0.05), _quantile(ordered, 0.95))
    steps -= steps.sum() / len(steps)
    square = float(steps @ steps)
    return float(steps[1:] @ steps[:-1]) / square if square > 0 else -0.5


def _quantile(ordered: Floats, share: float) -> float:
    """Return a quantile of values in order, between the two next to it."""
    at = share * (len(ordered) - 1)
    low = int(at)
    return float(ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]))


def _bounds(values: Floats) -> _Bounds:
    """Return what changes of a series are held to."""
    n, total = len(values), float(values.var())
    wandering = min(1.0, max(0.0, (alternation(values) - WHITE) / -WHITE))
    gain = (GAIN[0] + (GAIN[1] - GAIN[0]) * wandering) * math.log(n)
    return _Bounds(
        z=-NormalDist().inv_cdf(P_VALUE * min(1.0, (n / SHORT) ** 3) / 2),
        gain=gain * total,
        new_gain=gain * min(total, _cut_variance(values)),
        least_variance=1e-14 * total,
    )


def _cut_variance(values: Floats) -> float:
    """Return the variance of a series with its outliers cut."""
    left = values - median_of(values)
    most = OUTLIER * 1.4826 * median_of(abs(left))
    return float(left.clip(-most, most).var()) if most > 0 else math.inf


def _line_squares(values: Floats) -> float:
    """Return the sum of squares around the straight line through some values."""
    import numpy as np

    left = values - values.sum() / len(values)
    places = np.arange(len(values)) - (len(values) - 1) / 2
    product = float(places @ left)
    return max(float(left @ left) - product * product / float(places @ places), 0.0)


def _weakest(lacks: Sequence[float]) -> list[int]:
    """Return which changes to give up: the weakest, or of many those that are weaker than both of their neighbors."""
    if len(lacks) <= _FEW:
        return [lacks.index(max(lacks))]
    around = [-1.0, *lacks, -1.0]
    return [at for at, lack in enumerate(lacks) if lack > 0 and around[at] < lack >= around[at + 2]]


def _changes(sums: Sums, places: Sequence[int], least: float) -> list[_Change]:
    """Return the changes between stretches, the last without the weight of outliers while it is new."""
    stretches = [sums.stretch(start, end) for start, end in pairwise(places)]
    freedom = max(1.0, len(sums.values) - len(stretches))
    noise = max(sum(stretch.squares for stretch in stretches) / freedom, least)
    found = [
        _Change(before, after, before.squares, after.squares, after.mean - before.mean, noise, freedom)
        for before, after in pairwise(stretches)
    ]
    if found and stretches[-1].length <= YOUNG:
        found[-1] = _new_change(sums.values, stretches, noise, least)
    return found


def _new_change(values: Floats, stretches: Sequence[Stretch], noise: float, least: float) -> _Change:
    """Return the last change of a series, outliers cut."""
    import numpy as np

    before, after = stretches[-2:]
    freedom = max(1.0, len(values) - len(stretches))
    levels = np.repeat([stretch.median for stretch in stretches], [stretch.length for stretch in stretches])
    left = values - levels
    scale = max(1.4826 * median_of(abs(left)), 0.3 * math.sqrt(noise))
    left = left.clip(-OUTLIER * scale, OUTLIER * scale)
    old, new = left[before.start : before.end], left[after.start :]
    middle, upward = (before.median + after.median) / 2, after.median > before.median
    strays = sum((value < middle) is upward for value in values[after.start :].tolist())
    return _Change(
        before=before,
        after=after,
        left=float(old @ old),
        right=float(new @ new),
        step=after.median + float(new.sum()) / len(new) - before.median - float(old.sum()) / len(old),
        noise=max(float(left @ left) / freedom, least),
        freedom=freedom,
        prior=NEW_PRIOR,
        line=_line_squares(levels[before.start :] + left[before.start :]),
        strays=strays > STRAY * after.length,
    )


def _shortfall(change: _Change, sums: Sums, bounds: _Bounds) -> float:
    """Return by how much a change fails to hold, 0 where it holds."""
    z = _score(_evidence(change))
    effect = abs(change.after.median - change.before.median) / math.sqrt(change.noise)
    lack = (bounds.z * bounds.z - z * z) / 2 + 1 if z < bounds.z else 0.0
    if effect < EFFECT:
        lack = max(lack, 50 * (EFFECT - effect) + 1)
    return max(lack or _excess(change, sums, bounds), _HOPELESS if change.strays else 0.0)


def _excess(change: _Change, sums: Sums, bounds: _Bounds) -> float:
    """Return what a change that is sure and large lacks to stand out of a straight line and of how the series goes."""
    before, after = change.before, change.after
    if change.line is None:
        line, gain, needed = sums.line_squares(before.start, after.end), after.mean - before.mean, bounds.gain
    else:
        line, gain, needed = change.line, change.step, bounds.new_gain
    evidence = (after.end - before.start) * math.log((line + _TINY) / (change.left + change.right + _TINY))
    if evidence < STEP_EVIDENCE:
        return 1 + STEP_EVIDENCE - evidence
    gain *= gain * before.length * after.length / (after.end - before.start)
    return 1 + needed / max(gain, _TINY) if gain < needed else 0.0


def _evidence(change: _Change) -> Evidence:
    """Return Welch's standard error, the variance of each side drawn to the noise of the whole series.

    Nothing is known better than by all points of the series.
    """
    before, after, prior = change.before.length, change.after.length, change.prior
    left, right = before - 1 + prior, after - 1 + prior
    one = (change.left + prior * change.noise) / left / before
    other = (change.right + prior * change.noise) / right / after
    both = one + other
    freedom = min(both * both / (one * one / left + other * other / right), change.freedom)
    return Evidence(change.step, math.sqrt(both), freedom)


def _score(evidence: Evidence) -> float:
    """Return the t of a change as the normal deviate that is as unlikely.

    D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square distributions", Annals of
    Mathematical Statistics 30 (1959), https://doi.org/10.1214/aoms/1177706095.
    """
    t, freedom = evidence.step / evidence.error, evidence.freedom
    return (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
