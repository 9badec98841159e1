"""All metrics of a run compared with its base, with the many comparisons taken into account."""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.analyze.comparison.verdict import RATE, adjusted
from ratchetry.analyze.regression.exact import compared_exactly
from ratchetry.analyze.regression.noisy import compared_with_level, looked_at, times_of
from ratchetry.analyze.regression.subject import Subject
from ratchetry.domain.comparison import Comparison


def regressions(subjects: Sequence[Subject], rate: float = RATE) -> tuple[Comparison, ...]:
    """Return how each metric of a run differs from its base, in the order given, at a false discovery rate.

    Metrics without a finite value on either side are left out.
    """
    known = [each for each in subjects if each.observed and prepared(each.base).points]
    exact = {at: sure for at, each in enumerate(known) if (sure := compared_exactly(each))}
    looked = {at: looked_at(each) for at, each in enumerate(known) if at not in exact}
    times = times_of(list(looked.values()))
    found = {**exact, **{at: compared_with_level(each, times, rate) for at, each in looked.items()}}
    return adjusted([found[at] for at in range(len(known))], rate)
