"""The newest week of a series against the weeks before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from ratchetry.analyze.comparison.samples import compare_rounds
from ratchetry.analyze.comparison.verdict import adjusted
from ratchetry.analyze.trend.judge import RATE
from ratchetry.analyze.trend.preparation import Dated
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.series import Series

RECENT: Final = 7.0
"""Days of the newer window."""
WHOLE: Final = 30.0
"""Days of both windows together."""
_ALIKE: Final = 1.5
"""The inflation of the variance from which on neighbors are put together."""


def compared_windows(series: Series, data: Dated, as_of: float, inflation: float) -> Comparison | None:
    """Return the newest 7 days, up to a day, against the 23 before; None where either has no value.

    The rank test wants independent values: where neighbors are alike, the medians of as many of them as the variance
    is inflated stand for them.
    """
    size = math.ceil(inflation) if inflation > _ALIKE else 1
    recent = _blocks(_between(data, as_of - RECENT, as_of), size)
    before = _blocks(_between(data, as_of - WHOLE, as_of - RECENT), size)
    if not recent or not before:
        return None
    found = compare_rounds(before, recent, name=series.name, unit=series.unit, better=series.better, rate=RATE)
    if size == 1:
        return found
    put = f"medians of {size} values each, for neighbors are alike"
    return replace(found, reason=f"{found.reason}; {put}" if found.reason else put)


def settled_windows(comparisons: Sequence[Comparison | None]) -> tuple[Comparison | None, ...]:
    """Return comparisons of windows with their p-values adjusted for all series."""
    held = iter(adjusted([each for each in comparisons if each is not None], RATE))
    return tuple(None if each is None else next(held) for each in comparisons)


def _between(data: Dated, after: float, until: float) -> list[float]:
    """Return the values of some days, the first of which does not count."""
    return [value for days, value in zip(data.days, data.values, strict=True) if after < days <= until]


def _blocks(values: Sequence[float], size: int) -> list[float]:
    """Return the median of each so many values that follow each other; a smaller rest is left out unless it is all."""
    whole = max(1, len(values) // size)
    return [median(values[at * size : (at + 1) * size]) for at in range(whole)] if values else []
