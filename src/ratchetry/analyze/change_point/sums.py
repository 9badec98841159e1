"""Sums over a series, from which those over any stretch of it follow at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A series (centered, for precision), its running sums, and the medians that have been asked for."""

    values: Floats
    first: Floats
    second: Floats
    moment: Floats
    medians: dict[tuple[int, int], float] = field(default_factory=dict)

    def median(self, start: int, end: int) -> float:
        """Return the median of a stretch."""
        import numpy as np

        known = self.medians.get((start, end))
        if known is None:
            known = self.medians[start, end] = float(np.median(self.values[start:end]))
        return known


def sums_of(values: Floats) -> Sums:
    """Return the running sums of a series: of its values, their squares and their products with their positions."""
    import numpy as np

    zero = np.zeros(1)
    places = np.arange(len(values), dtype=float)
    return Sums(
        values=values,
        first=np.concatenate([zero, np.cumsum(values)]),
        second=np.concatenate([zero, np.cumsum(values * values)]),
        moment=np.concatenate([zero, np.cumsum(values * places)]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """Stretches of a series: where they begin and end, their lengths, means, medians and sums of squares around it."""

    bounds: Places
    lengths: Floats
    means: Floats
    medians: Floats
    squares: Floats


def stretches_of(sums: Sums, bounds: Places) -> Stretches:
    """Return the stretches between bounds."""
    import numpy as np

    lengths = np.diff(bounds).astype(float)
    means = np.diff(sums.first[bounds]) / lengths
    squares = np.maximum(np.diff(sums.second[bounds]) - lengths * means * means, 0.0)
    ends = bounds.tolist()
    medians = np.array([sums.median(start, end) for start, end in pairwise(ends)])
    return Stretches(bounds=bounds, lengths=lengths, means=means, medians=medians, squares=squares)


def line_squares(sums: Sums, starts: Places, ends: Places) -> Floats:
    """Return the sum of squares around the straight line through each of some stretches."""
    import numpy as np

    n = (ends - starts).astype(float)
    first = sums.first[ends] - sums.first[starts]
    second = sums.second[ends] - sums.second[starts]
    middle = starts + (n - 1) / 2
    product = sums.moment[ends] - sums.moment[starts] - middle * first
    spread = n * (n * n - 1) / 12
    return np.asarray(np.maximum(second - first * first / n - product * product / spread, 0.0))
