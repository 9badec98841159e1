"""Thompson sampling as in the textbooks: uniform priors, every outcome remembered, each context for itself.

Russo and others, "A tutorial on Thompson sampling", Foundations and Trends in Machine Learning 11, 2018, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import Parameters
from ratchetry.learn.bandit.propensity import best_probabilities


def plain_thompson(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return how likely each arm is the best, by all outcomes that it ever had in this context."""
    del parameters
    return best_probabilities(
        [
            (1.0 + belief.evidence.reward, 1.0 + max(0.0, belief.evidence.n - belief.evidence.reward))
            for belief in beliefs
        ]
    )
