"""Thompson sampling that forgets: each arm as often as it is likely to be the best, by what is still remembered.

An arm is chosen with the probability that it is the best one (Thompson, "On the likelihood that one unknown
probability exceeds another in view of the evidence of two samples", Biometrika 25, 1933).  The prior is hierarchical
over contexts (learn.bandit.prior); evidence is bounded and fades while an arm is idle (learn.bandit.memory), so that
an arm that changes is noticed; and the distributions are sharpened, which spends less on exploring than the bounded
memory would (Chapelle and Li, "An empirical evaluation of Thompson sampling", 2011, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.domain.belief import Belief
from ratchetry.domain.weights import Parameters
from ratchetry.learn.bandit.propensity import best_probabilities


def thompson(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return how likely each arm is the best, by beliefs that are sharpened.

    >>> from ratchetry.domain.belief import Belief
    >>> known = Belief(arm="a", alpha=8.0, beta=2.0, prior_mean=0.5, prior_strength=2.0)
    >>> new = Belief(arm="b", alpha=1.0, beta=1.0, prior_mean=0.5, prior_strength=2.0)
    >>> [round(share, 3) for share in thompson([known, new], Parameters(sharpening=1.0))]
    [0.8, 0.2]
    """
    times = parameters.sharpening
    return best_probabilities([(belief.alpha * times, belief.beta * times) for belief in beliefs])
