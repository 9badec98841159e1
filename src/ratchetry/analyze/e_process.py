"""Whether one group does better than another, judged after every block of results, as often as one likes.

The result is an e-process: a bet against "the second group does no better" whose capital is 1 at the start and, whoever
looks whenever and stops for whatever reason, reaches 1/alpha with probability at most alpha if that is true
(R. J. Turner, A. Ly and P. D. Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for
optional stopping", Journal of Statistical Planning and Inference 230 (2024), https://arxiv.org/abs/2106.02693; for
"does no better than so many times the first", R. J. Turner and P. D. Grünwald, "Exact anytime-valid confidence
intervals for contingency tables and beyond", Statistics & Probability Letters 198 (2023),
https://arxiv.org/abs/2203.09785).

Why it holds for any shares and sizes.  Let (a, b) be what is bet on and (a0, b0) the nearest point of the claim that is
bet against, which is a convex set of pairs of shares.  A result y of the first group multiplies the capital by
(a/a0)^y ((1-a)/(1-a0))^(1-y), on average by 1 + (p - a0) c_a with c_a = (a - a0) / (a0 (1 - a0)), and one of the second
group likewise.  The logarithm of the product of the averages is at most n_a (p_a - a0) c_a + n_b (p_b - b0) c_b, and
that is at most 0 in all of the claim: it is the condition for (a0, b0) being nearest.  For results between 0 and 1 the
averages are smaller still, since y is an exponent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

BETS: Final = ((1.0, 0.8), (2.0, 0.1), (4.0, 0.1))
"""Multiples of the smallest effect of interest, as logarithms of odds ratios, and the share of the capital on each."""
_EDGE: Final = 1e-9
_LARGEST_SHARE: Final = 0.99
_STEP_RANGE: Final = (0.05, 2.0)

Step = Callable[[float], float]
"""Gives the smallest effect of interest, as the logarithm of an odds ratio, where the second group's share is this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The results of one block, such as a day: how many in each group, and their sums; each lies from 0 to 1."""

    control: float = 0.0
    control_n: int = 0
    treatment: float = 0.0
    treatment_n: int = 0

    def swapped(self) -> Block:
        """Return the block with the groups' places exchanged."""
        return Block(
            control=self.treatment,
            control_n=self.treatment_n,
            treatment=self.control,
            treatment_n=self.control_n,
        )


def lift_step(lift: float) -> Step:
    """Return the step for a smallest effect that is a share of the group's share, such as 0.1 for ten percent."""

    def step(share: float) -> float:
        least, most = _STEP_RANGE
        return min(most, max(least, logit(min(share * (1.0 + lift), _LARGEST_SHARE)) - logit(share)))

    return step


def fixed_step(log_odds_ratio: float) -> Step:
    """Return the step for a smallest effect that is the same everywhere."""
    return lambda _share: log_odds_ratio


def log_e_process(blocks: Sequence[Block], step: Step, ratio: float = 1.0) -> tuple[float, ...]:
    """Return, after each block, the logarithm of the capital of a bet that treatment > ratio times control.

    Each block is bet on knowing only those before it.  A block in which one group is missing changes nothing.
    """
    capital = [math.log(share) for _, share in BETS]
    past = Block(control=1.0, control_n=2, treatment=1.0, treatment_n=2)
    path: list[float] = []
    for block in blocks:
        if block.control_n and block.treatment_n:
            gains = _gains(block, past, step, ratio)
            capital = [before + gain for before, gain in zip(capital, gains, strict=True)]
            past = _added(past, block)
        path.append(log_sum(capital))
    return tuple(path)


def _gains(block: Block, past: Block, step: Step, ratio: float) -> list[float]:
    """Return the logarithm of what a block multiplies each bet by."""
    sizes = (block.control_n, block.treatment_n)
    base = nearest(past.control / past.control_n, past.treatment / past.treatment_n, sizes, ratio)
    small = step(base[1])
    return [_log_gain(block, _bet(base, sizes, small * multiple), ratio) for multiple, _ in BETS]


def _bet(base: tuple[float, float], sizes: tuple[int, int], log_odds_ratio: float) -> tuple[float, float]:
    """Return the shares that are bet on: the two of the claim moved apart, the smaller group's the farther."""
    total = sizes[0] + sizes[1]
    low = expit(logit(base[0]) - log_odds_ratio * sizes[1] / total)
    return low, expit(logit(base[1]) + log_odds_ratio * sizes[0] / total)


def _log_gain(block: Block, bet: tuple[float, float], ratio: float) -> float:
    """Return the logarithm of what a block multiplies a bet by."""
    claim = nearest(*bet, (block.control_n, block.treatment_n), ratio)
    return log_likelihood_ratio(block.control, block.control_n, bet[0], claim[0]) + log_likelihood_ratio(
        block.treatment, block.treatment_n, bet[1], claim[1]
    )


def log_likelihood_ratio(total: float, n: int, share: float, against: float) -> float:
    """Return how much likelier results with this sum are with one share than with another, as a logarithm."""
    return total * math.log(share / against) + (n - total) * math.log((1.0 - share) / (1.0 - against))


def nearest(control: float, treatment: float, sizes: tuple[int, int], ratio: float) -> tuple[float, float]:
    """Return the shares with treatment = ratio times control that are nearest to two shares.

    Nearest is where the Kullback-Leibler divergence, weighted with the sizes, is least: the smaller root of
    n_a (x - a)(1 - r x) + n_b (r x - b)(1 - x) = 0.
    """
    first, second = sizes
    square = ratio * (first + second)
    linear = first * (1.0 + ratio * control) + second * (ratio + treatment)
    constant = first * control + second * treatment
    root = math.sqrt(max(0.0, linear * linear - 4.0 * square * constant))
    found = 2.0 * constant / (linear + root)
    return _inside(found), _inside(ratio * found)


def always_valid_p(path: Iterable[float]) -> float:
    """Return the p-value that holds however often it was looked at: 1 over the most that the capital has been."""
    return math.exp(-max(0.0, max(path, default=0.0)))


def running_maximum(path: Iterable[float]) -> tuple[float, ...]:
    """Return the most that the capital has been, after each block."""
    return tuple(accumulate(path, max))


def log_sum(logarithms: Sequence[float]) -> float:
    """Return the logarithm of the sum of what logarithms are given of."""
    largest = max(logarithms)
    return largest + math.log(sum(math.exp(value - largest) for value in logarithms))


def logit(share: float) -> float:
    """Return the logarithm of the odds of a share."""
    inside = _inside(share)
    return math.log(inside / (1.0 - inside))


def expit(value: float) -> float:
    """Return the share with a logarithm of its odds."""
    return _inside(1.0 / (1.0 + math.exp(-value))) if value > -700 else _EDGE


def _inside(share: float) -> float:
    """Return a share, kept away from 0 and 1."""
    return min(1.0 - _EDGE, max(_EDGE, share))


def _added(past: Block, block: Block) -> Block:
    """Return two blocks together."""
    return replace(
        past,
        control=past.control + block.control,
        control_n=past.control_n + block.control_n,
        treatment=past.treatment + block.treatment,
        treatment_n=past.treatment_n + block.treatment_n,
    )
