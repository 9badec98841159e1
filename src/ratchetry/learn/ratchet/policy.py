"""What the ratchet is set to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEMORY: Final = 300
"""Runs that jitter is learned from: of 299, the lowest is below the first percentile with a confidence of 95 percent.

S. S. Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12 (1941).
"""
JITTER_RUNS: Final = 50
"""Runs that have to be seen before a bound on a metric that may jitter moves for the first time.

Jitter of a rate p stays unseen in n runs with the chance (1 - p)^n, and then blocks a share p of the honest ones: at
most 1 / (e (n + 1)) on average, whatever p is, which is 0.72 percent for 50.
"""
IRREGULAR_RUNS: Final = 99
"""Runs that have to be seen where single runs dip deeper than normal jitter would.

The next run falls below the lowest of n with the chance 1 / (n + 1), whatever the distribution.
"""
CONTENT: Final = 0.99
"""The share of honest runs that a bound lets pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When a bound moves, and how far."""

    runs: int = 10
    """The newest runs that all have to clear the new bound."""
    confidence: float = 0.999
    """How surely the bound lets 99 percent of the honest runs pass; it is high because every run is a new look."""
    cool_down_days: float = 1.0
    """Days between two moves of one bound."""
    steps: int = 0
    """The most increments of one move, 0 for as many as the evidence supports."""
    jitter_runs: int = JITTER_RUNS
    irregular_runs: int = IRREGULAR_RUNS
    memory: int = MEMORY


DEFAULT: Final = Policy()
