"""A comparison: how a number at the head differs from that at the base, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ComparisonVerdict = Literal["regressed", "improved", "unchanged", "inconclusive"]
"""Unchanged: the interval lies within the equivalence margin.  Inconclusive: the evidence allows no other verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference of one metric or benchmark between head and base, with its 95 percent interval.

    Difference, interval and margin are shares of the base where `relative`, else in `unit`.  The verdict rests on
    `q_value`, the p-value adjusted for all comparisons made at once.
    """

    name: str
    unit: str = ""
    verdict: ComparisonVerdict
    base: float
    """The median of the base."""
    head: float
    """The median of the head."""
    difference: float
    interval: tuple[float, float]
    relative: bool
    margin: float
    """Differences up to this matter to nobody."""
    p_value: float | None = None
    q_value: float | None = None
    n_base: int = 1
    n_head: int = 1
    reason: str = ""
    """Why there is no other verdict, where it is inconclusive; what the comparison rests on otherwise."""
