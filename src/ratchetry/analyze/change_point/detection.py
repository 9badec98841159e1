"""Change points of a series: where its level changed, how far, how surely, and between which commits."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.change_point.episodes import doubtful
from ratchetry.analyze.change_point.fit import Fit, fitted, fitted_alone
from ratchetry.analyze.change_point.preparation import Prepared, observed
from ratchetry.analyze.change_point.pruning import evidence_of
from ratchetry.analyze.change_point.segmentation import LEAST
from ratchetry.analyze.distributions import student_t_bound, student_t_two_sided
from ratchetry.domain.change_point import NEW, ChangePoint, Detection, Drift
from ratchetry.domain.series import Series

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats

SMALLEST: Final = 0.001
"""The least change of a series of positive values that is one, as a share: less is a matter of rounding."""
_CONFIDENCE: Final = 0.95
_TINY: Final = 1e-9


def detect(series: Series) -> Detection:
    """Return the change points and the trend of a series; indexes are places in it as it was given."""
    ready = observed(series)
    plain = Detection(name=series.name, n=len(ready.points), notes=ready.notes)
    if len(ready.points) < 2 * LEAST:
        few = f"{len(ready.points)} points are too few: a change takes {2 * LEAST} or more"
        return replace(plain, notes=(*ready.notes, few))
    scaled = _scaled(ready)
    if scaled is None:
        return plain
    values, relative, center, scale = scaled
    fit = fitted_alone(values) if series.deterministic else fitted(values, ready.machines)
    told = ("two machines that are not recorded were told from the series",) if fit.gap else ()
    return replace(
        plain,
        change_points=_change_points(
            fit, ready, relative=relative, center=center, scale=scale, sure=series.deterministic
        ),
        trend=_drift(fit, relative=relative, scale=scale),
        notes=(*ready.notes, *told),
    )


def change_at_end(detection: Detection) -> ChangePoint | None:
    """Return the change that the newest points of a series have shown, None when its end has not changed."""
    last = detection.change_points[-1] if detection.change_points else None
    return last if last is not None and last.newest <= NEW else None


def _scaled(ready: Prepared) -> tuple[Floats, bool, float, float] | None:
    """Return the values to look at, whether they are logarithms, and what was taken off and divided by.

    None for a series in which nothing changes by as much as counts.
    """
    import numpy as np

    raw = np.array([point.value for point in ready.points], dtype=float)
    relative = bool(raw.min() > 0)
    values = np.log(raw) if relative else raw
    largest = float(np.abs(values).max())
    scale = 1.0 if relative else largest or 1.0
    values = values / scale
    if float(values.max() - values.min()) < (math.log1p(SMALLEST) if relative else _TINY):
        return None
    center = float(np.median(values))
    return values - center, relative, center, scale


def _change_points(
    fit: Fit, ready: Prepared, *, relative: bool, center: float, scale: float, sure: bool
) -> tuple[ChangePoint, ...]:
    """Return the change points of a fit, with what there is to say of each; `sure` where no machine can make one."""
    import numpy as np

    if not fit.changes:
        return ()
    bounds = [0, *fit.changes, len(fit.values)]
    levels = [float(np.median(fit.values[start:end])) for start, end in pairwise(bounds)]
    evidence = evidence_of(fit.values, fit.changes)
    found = []
    left_out = frozenset[int]() if sure else doubtful(levels, bounds, fit.gap, fit.stay)
    for at, place in enumerate(fit.changes):
        step, error, freedom = evidence[at]
        margin = error * student_t_bound(1 - _CONFIDENCE, freedom)
        effect, low, high = (
            _effect(size, relative=relative, scale=scale) for size in (step, step - margin, step + margin)
        )
        if at in left_out or _is_small(effect, relative=relative):
            continue
        before, after = (_level(each + center, relative=relative, scale=scale) for each in levels[at : at + 2])
        found.append(
            ChangePoint(
                index=ready.places[place],
                newest=len(fit.values) - place,
                direction="up" if step > 0 else "down",
                effect=effect,
                interval=(low, high),
                relative=relative,
                p_value=min(1.0, len(fit.values) * student_t_two_sided(step / error, freedom)),
                before=before,
                after=after,
                last_good=ready.points[place - 1].commit,
                first_bad=ready.points[place].commit,
                time=ready.points[place].time,
            )
        )
    return tuple(found)


def _effect(step: float, *, relative: bool, scale: float) -> float:
    """Return a step as a share of the level before, or in the unit of the series."""
    return math.expm1(min(step, 700.0)) if relative else step * scale


def _level(value: float, *, relative: bool, scale: float) -> float:
    """Return a level in the unit of the series."""
    return math.exp(value) if relative else value * scale


def _is_small(effect: float, *, relative: bool) -> bool:
    """Tell whether a change is too small to be one."""
    return relative and abs(effect) < SMALLEST


def _drift(fit: Fit, *, relative: bool, scale: float) -> Drift | None:
    """Return the trend of a fit, None without one."""
    if not fit.slope:
        return None
    change = fit.slope * (len(fit.values) - 1)
    return Drift(change=_effect(change, relative=relative, scale=scale), relative=relative)
