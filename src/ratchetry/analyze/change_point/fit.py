"""Descriptions of a series: levels with changes between them, on a straight line or on two machines where that pays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.change_point.machine_classes import (
    consistent_classes,
    recorded_offsets,
    refined_classes,
    refined_offsets,
    told_classes,
)
from ratchetry.analyze.change_point.pruning import STEP_EVIDENCE, changes_of
from ratchetry.analyze.change_point.segmentation import running_medians
from ratchetry.analyze.change_point.sums import median_of

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats

LEAST_FOR_MORE: Final = 20
"""Points from which on a series may be described by a line, or by two machines that are not recorded."""
DISTINCT: Final = 3.0
"""Standard deviations of the noise that two machines must be apart at least to be told from the series."""
_ROUNDS: Final = 2
_FAR: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A series without its line and machines, its changes, and the line's rise from one point to the next."""

    values: Floats
    changes: list[int]
    description: float
    """Twice the negative log-likelihood and the price of what it takes to describe the series, but for a constant."""
    slope: float = 0.0
    gap: float = 0.0
    """How far apart two machines are that were told from the series, 0 where none were."""
    stay: int = 0
    """How many points the series has stayed on one of these machines at most, but for the last stay."""


def fitted(values: Floats, machines: Sequence[int] = ()) -> Fit:
    """Return the best description of a series, whose machines may be recorded."""
    if machines:
        offsets = recorded_offsets(values, machines)
        left = _levelled(values - offsets)
        values = values - refined_offsets(offsets, left, machines)
        return _on_line(values, _most(values))
    most = _most(values)
    plain = _on_line(values, most)
    if len(values) < LEAST_FOR_MORE:
        return plain
    return _on_two_machines(values, plain, most) or plain


def fitted_alone(values: Floats) -> Fit:
    """Return the best description of a series that no machine changes: by levels, or by a line where none changed."""
    changes, most = changes_of(values), _most(values)
    if not changes:
        return _on_line(values, most)
    return Fit(values=values, changes=changes, description=_description(values, changes, most))


def _on_two_machines(values: Floats, plain: Fit, most: float) -> Fit | None:
    """Return the description with two machines, None where it is not the shorter one."""
    classes = told_classes(values, plain.changes)
    for _ in range(_ROUNDS):
        if classes is None:
            return None
        without = values - classes.offsets
        left = _levelled(without)
        if _description(left, [], most) + classes.description >= plain.description:
            return None
        classes = refined_classes(values, without - left, classes)
    if classes is None:
        return None
    fit = _on_line(values - classes.offsets, most)
    consistent = consistent_classes(fit.values, fit.changes, classes)
    if consistent is not classes:
        classes, fit = consistent, _on_line(values - consistent.offsets, most)
    description = fit.description + classes.description
    if description >= plain.description or classes.gap**2 < DISTINCT**2 * _variance(fit.values, fit.changes, most):
        return None
    return Fit(
        values=fit.values,
        changes=fit.changes,
        description=description,
        slope=fit.slope,
        gap=classes.gap,
        stay=classes.longest_stay,
    )


def _on_line(values: Floats, most: float) -> Fit:
    """Return the description of a series by levels, on a straight line where that is the shorter one."""
    import numpy as np

    n = len(values)
    changes = changes_of(values)
    level = Fit(values=values, changes=changes, description=_description(values, changes, most))
    if n < LEAST_FOR_MORE:
        return level
    places = np.arange(n, dtype=float) - (n - 1) / 2
    slope = float(places @ values) / float(places @ places)
    without = values - slope * places
    if not changes and level.description - _description(without, [], most) < 2 * math.log(n) + STEP_EVIDENCE:
        return level
    if changes and not _may_rise(level, slope, places, most):
        return level
    best = level
    for _ in range(_ROUNDS):
        without = values - slope * places
        others = changes_of(without, values)
        line = Fit(
            values=without, changes=others, description=_description(without, others, most) + math.log(n), slope=slope
        )
        best = min(best, line, key=lambda fit: fit.description)
        if not others:
            break
        slope = _slope_between(values, others)
    return best


def _may_rise(level: Fit, slope: float, places: Floats, most: float) -> bool:
    """Tell whether a line could describe a series better: with its changes, or with some of them."""
    n = len(level.values)
    free = 2 * math.log(n) * len(level.changes)
    between = _slope_between(level.values, level.changes)
    return level.description > math.log(n) + min(
        _description(level.values - slope * places, level.changes, most) - free,
        _description(level.values - between * places, level.changes, most),
    )


def _slope_between(values: Floats, changes: Sequence[int]) -> float:
    """Return the slope that the stretches between changes have in common."""
    import numpy as np

    product = spread = 0.0
    for start, end in pairwise([0, *changes, len(values)]):
        places = np.arange(end - start) - (end - start - 1) / 2
        product += float(places @ values[start:end])
        spread += float(places @ places)
    return product / spread


def _levelled(values: Floats) -> Floats:
    """Return what is left of a series around the medians between its changes."""
    import numpy as np

    left = values.copy()
    bounds = [0, *changes_of(values), len(values)]
    for start, end in pairwise(bounds):
        left[start:end] -= float(np.median(values[start:end]))
    return left


def _description(values: Floats, changes: Sequence[int], most: float) -> float:
    """Return Schwarz's criterion of levels with changes, each of which takes a place and a level.

    No point counts for more than a most: spikes have nothing to say about which description is the better one.
    """
    n = len(values)
    return n * math.log(max(_variance(values, changes, most), 1e-300)) + 2 * math.log(n) * len(changes)


def _variance(values: Floats, changes: Sequence[int], most: float) -> float:
    """Return the mean square of values around the medians between changes, none of them beyond a most."""
    import numpy as np

    bounds = [0, *changes, len(values)]
    levels = [median_of(values[start:end]) for start, end in pairwise(bounds)]
    left = values - np.repeat(levels, [end - start for start, end in pairwise(bounds)])
    return float(np.minimum(left * left, most * most).mean())


def _most(values: Floats) -> float:
    """Return how far from its level a point of a series counts: beyond that it is a spike."""
    import numpy as np

    distances = np.abs(values - running_medians(values))
    return _FAR * 1.4826 * median_of(distances) or float(np.abs(values).max())
