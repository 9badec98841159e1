"""How likely each arm is chosen: exact probabilities, a floor under them, and a draw that anybody can repeat.

The arm is drawn from the vector that is logged, as it is logged, so that its propensities are exact whatever the
policy computed them by.  The floor is additive, which keeps the order of the arms.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Final

from ratchetry.analyze.beta import log_beta

PARTS: Final = 1_000_000
"""Propensities are whole numbers of these parts: they add up to 1 exactly."""
_STEP: Final = 0.25
"""Distance of the nodes, in standard deviations of the narrowest distribution."""
_REACH: Final = 7.0
"""How many standard deviations of a distribution are covered; its exponential tails as far as the next constant says,
where they are longer.  Errors stay below a millionth, which is what is logged."""
_TAIL: Final = 15.0
_MOST_NODES: Final = 20_000
_LARGEST: Final = 20_000.0
"""Counts beyond this are taken for this: the mean is known to a third of a percent by then."""


def best_probabilities(shapes: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return the probability that each of some independent Beta variables is the largest.

    By the trapezoidal rule over the log-odds, where the densities are analytic and decay exponentially, so that it
    converges geometrically (Trefethen and Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56,
    2014); what lies above a node comes from the same sum with the first Euler-Maclaurin correction.
    """
    if len(shapes) == 1:
        return (1.0,)
    bounded = [_bounded(alpha, beta) for alpha, beta in shapes]
    nodes, step = _nodes(bounded)
    softplus = [math.log1p(math.exp(-abs(node))) + max(node, 0.0) for node in nodes]
    columns = [_column(alpha, beta, nodes, softplus, step) for alpha, beta in bounded]
    totals = _totals(columns)
    whole = sum(totals)
    return tuple(total / whole for total in totals)


def floored(probabilities: Sequence[float], floor: float) -> tuple[float, ...]:
    """Return probabilities of which a share is spread evenly over all."""
    least = floor / len(probabilities)
    return tuple(least + (1.0 - floor) * probability for probability in probabilities)


def logged(arms: Sequence[str], probabilities: Sequence[float]) -> dict[str, float]:
    """Return the propensity of each arm in whole millionths, at least one, that add up to 1 exactly.

    By the method of the largest remainder; ties go to the name that sorts first.
    """
    spare = PARTS - len(arms)
    shares = {arm: spare * probability for arm, probability in zip(arms, probabilities, strict=True)}
    parts = {arm: 1 + math.floor(share) for arm, share in shares.items()}
    owed = sorted(arms, key=lambda arm: (math.floor(shares[arm]) - shares[arm], arm))
    for arm in owed[: max(0, PARTS - sum(parts.values()))]:
        parts[arm] += 1
    return {arm: parts[arm] / PARTS for arm in arms}


def drawn(decision: str, propensities: Mapping[str, float]) -> str:
    """Return the arm that a decision draws from its propensities: the same for everybody who knows both."""
    digest = hashlib.sha256(b"ratchetry draw " + decision.encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest, "big") % PARTS
    for arm in sorted(propensities):
        place -= round(propensities[arm] * PARTS)
        if place < 0:
            return arm
    return max(propensities)


def _bounded(alpha: float, beta: float) -> tuple[float, float]:
    """Return counts of which the sum is bounded, their ratio kept."""
    scale = min(1.0, _LARGEST / (alpha + beta))
    return alpha * scale, beta * scale


def _nodes(shapes: Sequence[tuple[float, float]]) -> tuple[list[float], float]:
    """Return the log-odds at which the densities are taken, from the highest down, and their distance.

    They reach from where the highest distribution ends to where some distribution has hardly anything below it:
    there the largest variable is not.
    """
    widths = [math.sqrt(1.0 / alpha + 1.0 / beta) for alpha, beta in shapes]
    centers = [math.log(alpha / beta) for alpha, beta in shapes]
    rows = list(zip(shapes, widths, centers, strict=True))
    top = max(center + max(_REACH * width, _TAIL / shape[1]) for shape, width, center in rows)
    bottom = max(center - max(_REACH * width, _TAIL / shape[0]) for shape, width, center in rows)
    count = min(_MOST_NODES, math.ceil((top - bottom) / (_STEP * min(widths))) + 1)
    step = (top - bottom) / count
    return [top - step * number for number in range(count + 1)], step


def _column(
    alpha: float, beta: float, nodes: Sequence[float], softplus: Sequence[float], step: float
) -> list[tuple[float, float]]:
    """Return the density of a variable at each node, and how likely it is below."""
    whole, start = alpha + beta, -log_beta(alpha, beta)
    above, rows = 0.0, []
    for node, plus in zip(nodes, softplus, strict=True):
        density = step * math.exp(start + alpha * node - whole * plus)
        slope = density * (alpha - whole * math.exp(node - plus))
        share = above + density / 2.0 + step * slope / 12.0
        rows.append((density, min(1.0, max(0.0, 1.0 - share))))
        above += density
    return rows


def _totals(columns: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """Return how much of each variable lies where all others are below it."""
    totals = [0.0] * len(columns)
    for row in zip(*columns, strict=True):
        before = [1.0]
        for _, below in row:
            before.append(before[-1] * below)
        after = 1.0
        for place in range(len(row) - 1, -1, -1):
            density, below = row[place]
            totals[place] += density * before[place] * after
            after *= below
    return totals
