"""Thompson sampling with discounts: every outcome fades at the same rate, whether its arm is used or not.

Raj and Kalyani, "Taming non-stationary bandits: a Bayesian approach", 2017, https://arxiv.org/abs/1707.09727.
"""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import Parameters
from ratchetry.learn.bandit.propensity import best_probabilities


def discounted_thompson(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return how likely each arm is the best, by uniform priors and what is remembered of this context."""
    del parameters
    return best_probabilities([(1.0 + belief.evidence.alpha, 1.0 + belief.evidence.beta) for belief in beliefs])
