"""What does not vary by itself: any difference from the newest value of the base is one that the head makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.analyze.comparison.verdict import doubtful
from ratchetry.analyze.regression.level import jitter
from ratchetry.analyze.regression.subject import TIMES, Subject, margin_of
from ratchetry.domain.catalog import DETERMINISTIC
from ratchetry.domain.comparison import Comparison

ALIKE: Final = 3
"""Values of the base, all equal, from which on any other metric counts as one that does not vary."""
QUIET: Final = 5
"""The same for values that go to and fro by no more than the margin."""
WINDOW: Final = 30
"""Newest values of the base that show whether a metric varies."""


def compared_exactly(subject: Subject) -> Comparison | None:
    """Return the comparison of what does not vary by itself, None for what does or might."""
    name, unit = subject.base.name, subject.base.unit
    values = [point.value for point in prepared(subject.base).points[-WINDOW:]]
    margin = margin_of(name, unit)
    base, head = values[-1], median(subject.observed)
    bound = margin.size * abs(base) if margin.relative else margin.size
    varies = 0.0 if name.startswith(DETERMINISTIC) else _variation(values, bound)
    if varies is None or unit == TIMES:
        return None
    relative = margin.relative and base > 0
    per = base if relative else 1.0
    difference = head - base
    comparison = Comparison(
        name=name,
        unit=unit,
        verdict="unchanged",
        base=base,
        head=head,
        difference=difference / per,
        interval=((difference - varies) / per, (difference + varies) / per),
        relative=relative,
        margin=bound / per,
        n_base=len(values),
        n_head=len(subject.observed),
        reason=f"varies by up to {varies:.4g} by itself" if varies else "exact: it does not vary by itself",
    )
    if abs(difference) + varies <= bound:
        return comparison
    if abs(difference) - varies <= bound:
        return doubtful(comparison, "the difference may be that")
    if subject.base.better is None:
        return doubtful(comparison, "neither direction is known to be the better one")
    worse = (difference > 0) == (subject.base.better == "lower")
    return replace(comparison, verdict="regressed" if worse else "improved")


def _variation(values: Sequence[float], bound: float) -> float | None:
    """Return how much a metric varies by itself where that is at most the margin, None where it is not known to be."""
    if len(values) >= ALIKE and min(values) == max(values):
        return 0.0
    varies = jitter(values)
    return varies if len(values) >= QUIET and varies <= bound else None
