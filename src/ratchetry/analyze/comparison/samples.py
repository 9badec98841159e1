"""Two samples compared: any rounds of a base with any of a head, or one with the other pair by pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.comparison.ranks import mann_whitney, signed_rank
from ratchetry.analyze.comparison.shift import Shift, shift_of_pairs, shift_of_rounds
from ratchetry.analyze.comparison.verdict import RATE, Margin, default_margin, settled
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Better

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LARGEST: Final = 1e300
"""Values beyond this, either way, are no measurements: their differences are no numbers."""
_STEEPEST: Final = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """Samples as they are compared, in logarithms where differences are shares, and what there is to say of that."""

    base: Floats
    head: Floats
    bases: float
    heads: float
    margin: Margin
    left_out: int


def compare_rounds(
    base: Sequence[float],
    head: Sequence[float],
    *,
    name: str,
    unit: str = "",
    better: Better | None,
    margin: Margin | None = None,
    rate: float = RATE,
) -> Comparison:
    """Return how a head differs from its base by their rounds, which are taken to be independent of each other.

    The shift is Hodges and Lehmann's, the p-value Mann and Whitney's; of logarithms where the margin (by default that
    of the unit) is a share and all values are positive.  The verdict is that of this comparison alone, at the rate:
    put all that are made at once through `adjusted`.
    Raises ValueError when either side has no finite value.
    """
    ready = _ready(_finite(base), _finite(head), margin or default_margin(unit), len(base) + len(head))
    shift = shift_of_rounds(ready.base, ready.head)
    plain = replace(_plain(ready, shift, name=name, unit=unit), p_value=mann_whitney(ready.base, ready.head))
    return settled(plain, better, rate) if shift.bounded else plain


def compare_pairs(
    base: Sequence[float],
    head: Sequence[float],
    *,
    name: str,
    unit: str = "",
    better: Better | None,
    margin: Margin | None = None,
    rate: float = RATE,
) -> Comparison:
    """Return how a head differs from its base by pairs: those at one place were measured side by side.

    The shift is Hodges and Lehmann's of the differences in the pairs, the p-value Wilcoxon's; else as `compare_rounds`.
    Raises ValueError when there is no pair of finite values, or one side is longer than the other.
    """
    if len(base) != len(head):
        msg = f"{name}: pairs need as many values of the head as of the base, not {len(head)} and {len(base)}"
        raise ValueError(msg)
    pairs = [pair for pair in zip(base, head, strict=True) if all(map(_usable, pair))]
    ready = _ready(
        [one for one, _ in pairs], [other for _, other in pairs], margin or default_margin(unit), 2 * len(base)
    )
    differences = ready.head - ready.base
    shift = shift_of_pairs(differences)
    plain = replace(_plain(ready, shift, name=name, unit=unit), p_value=signed_rank(differences))
    return settled(plain, better, rate) if shift.bounded else plain


def _usable(value: float) -> bool:
    """Tell whether a value is a measurement."""
    return math.isfinite(value) and abs(value) <= LARGEST


def _finite(values: Sequence[float]) -> list[float]:
    """Return the values that are measurements."""
    return [value for value in values if _usable(value)]


def _ready(base: Sequence[float], head: Sequence[float], margin: Margin, given: int) -> _Ready:
    """Return samples as they are compared: a share of something that is not positive is one of the base's median."""
    import numpy as np

    if not base or not head:
        msg = f"nothing to compare: there are {len(base)} finite values of the base and {len(head)} of the head"
        raise ValueError(msg)
    one, other = np.array(base, dtype=float), np.array(head, dtype=float)
    bases, heads = float(np.median(one)), float(np.median(other))
    if margin.relative and min(one.min(), other.min()) > 0:
        one, other = np.log(one), np.log(other)
    elif margin.relative:
        margin = Margin(size=margin.size * abs(bases), relative=False)
    left_out = given - len(base) - len(head)
    return _Ready(base=one, head=other, bases=bases, heads=heads, margin=margin, left_out=left_out)


def _plain(ready: _Ready, shift: Shift, *, name: str, unit: str) -> Comparison:
    """Return what is known before the verdict."""
    relative = ready.margin.relative
    reasons = []
    if ready.left_out:
        reasons.append(f"{ready.left_out} values that are no finite numbers are left out")
    if not shift.bounded:
        reasons.append("too few values for a verdict: the interval is from the least to the greatest difference")
    low, high = _size(shift.low, relative=relative), _size(shift.high, relative=relative)
    return Comparison(
        name=name,
        unit=unit,
        verdict="inconclusive",
        base=ready.bases,
        head=ready.heads,
        difference=_size(shift.estimate, relative=relative),
        interval=(low, high),
        relative=relative,
        margin=ready.margin.size,
        n_base=len(ready.base),
        n_head=len(ready.head),
        reason="; ".join(reasons),
    )


def _size(shift: float, *, relative: bool) -> float:
    """Return a shift as a share of the base where it is one of logarithms."""
    return math.expm1(min(shift, _STEEPEST)) if relative else shift
