"""UCB1: always the arm whose mean reward could be the highest.

Auer, Cesa-Bianchi and Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine Learning 47, 2002.
It is deterministic: only the floor keeps other arms possible, and a batch goes to one arm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import Parameters


def ucb1(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return 1 for the arm with the highest bound, or equal shares for those that tie; untried arms come first."""
    del parameters
    total = sum(belief.evidence.n for belief in beliefs)
    return shares_of_best([_bound(belief, total) for belief in beliefs])


def shares_of_best(values: Sequence[float]) -> tuple[float, ...]:
    """Return equal shares for the largest values, nothing for the others."""
    best = max(values)
    count = sum(value == best for value in values)
    return tuple(1.0 / count if value == best else 0.0 for value in values)


def _bound(belief: Belief, total: int) -> float:
    """Return the upper confidence bound of an arm's mean reward."""
    evidence = belief.evidence
    if evidence.n == 0:
        return math.inf
    return evidence.reward / evidence.n + math.sqrt(2.0 * math.log(total) / evidence.n)
