"""Epsilon-greedy: the arm with the best mean so far, but for a fixed share of choices at random.

Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, section 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import Parameters
from ratchetry.learn.bandit.ucb1 import shares_of_best


def epsilon_greedy(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return the probabilities of a choice at random now and then, else of the best mean; untried arms come first."""
    even = parameters.exploration / len(beliefs)
    greedy = shares_of_best([_mean(belief) for belief in beliefs])
    return tuple(even + (1.0 - parameters.exploration) * share for share in greedy)


def _mean(belief: Belief) -> float:
    """Return the mean of all rewards of an arm, 1 before there is any."""
    return belief.evidence.reward / belief.evidence.n if belief.evidence.n else 1.0
