"""What may be said of a difference: a verdict needs a significant difference that is large enough to matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.analyze.multiplicity import false_discovery_rate
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Better

RATE: Final = 0.05
"""The expected share of false ones among all differences that are declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Differences up to this matter to nobody: a share of the base where `relative`, else in the metric's unit."""

    size: float
    relative: bool


_NONE: Final = Margin(size=0.0, relative=False)
_SHARE: Final = Margin(size=0.03, relative=True)
_MARGINS: Final = {
    "percent": Margin(size=0.1, relative=False),
    "ratio": Margin(size=0.001, relative=False),
    "count": _NONE,
    "lines": _NONE,
    "paths": _NONE,
}


def default_margin(unit: str) -> Margin:
    """Return the margin of a unit: 0.1 points of percentages, 0.001 of ratios, 0 of counts, else 3 percent."""
    return _MARGINS.get(unit, _SHARE)


def settled(comparison: Comparison, better: Better | None, rate: float) -> Comparison:
    """Return a comparison with the verdict that its interval, margin and p-value allow.

    Unchanged: the interval lies within the margin.  Regressed or improved: significant at the rate, and more than the
    margin.  Anything else is inconclusive, and says why.
    """
    low, high = comparison.interval
    if -comparison.margin <= low and high <= comparison.margin:
        return replace(comparison, verdict="unchanged")
    p_value = _evidence(comparison)
    if p_value is not None and p_value > rate:
        return doubtful(comparison, f"a difference from {spoken(comparison, low)} to {spoken(comparison, high)} fits")
    if abs(comparison.difference) <= comparison.margin:
        return doubtful(comparison, f"there is a difference, but not clearly more than {_margin(comparison)}")
    if better is None:
        return doubtful(comparison, "there is a difference, and neither direction is known to be the better one")
    worse = (comparison.difference > 0) == (better == "lower")
    return replace(comparison, verdict="regressed" if worse else "improved")


def adjusted(comparisons: Sequence[Comparison], rate: float = RATE) -> tuple[Comparison, ...]:
    """Return comparisons with their p-values adjusted for being made at once (Benjamini and Hochberg).

    What is not significant any more becomes inconclusive.  Comparisons without a p-value are left as they are.
    """
    tested = [each.p_value for each in comparisons if each.p_value is not None]
    q_values = iter(false_discovery_rate(tested))
    return tuple(
        each if each.p_value is None else _held(replace(each, q_value=next(q_values)), rate) for each in comparisons
    )


def spoken(comparison: Comparison, difference: float) -> str:
    """Return a difference as people say it: "+3.1%", or "-2" with the unit."""
    if comparison.relative:
        return f"{100 * difference:+.3g}%"
    return f"{difference:+.4g} {comparison.unit}".rstrip()


def _held(comparison: Comparison, rate: float) -> Comparison:
    """Return a comparison whose verdict holds at a rate, now that its q-value is known."""
    q_value = comparison.q_value
    if comparison.verdict in {"regressed", "improved"} and q_value is not None and q_value > rate:
        return doubtful(comparison, f"not significant among all that were compared (q {q_value:.2g})")
    return comparison


def _evidence(comparison: Comparison) -> float | None:
    """Return the p-value that counts: the adjusted one where there is one."""
    return comparison.p_value if comparison.q_value is None else comparison.q_value


def doubtful(comparison: Comparison, reason: str) -> Comparison:
    """Return a comparison without a verdict, its reason added to those that it has."""
    reasons = f"{comparison.reason}; {reason}" if comparison.reason else reason
    return replace(comparison, verdict="inconclusive", reason=reasons)


def _margin(comparison: Comparison) -> str:
    """Return the margin as people say it."""
    return spoken(comparison, comparison.margin).removeprefix("+")
