"""Bisection by probability: which commit to test first, and how many tests it takes on average.

A test tells whether the cause is at most as new as the commit tested.  It says most when both answers are equally
likely (the entropy of an answer is largest at one half), so that each step takes the commit which splits the remaining
probability best.  Such trees take at most two tests more than the entropy of the probabilities, which is the least that
any procedure can take on average (Horibe, "An Improved Bound for Weight-Balanced Tree", Information and Control 34,
1977).
"""

from __future__ import annotations

import re
import shlex
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

from ratchetry.domain.attribution import Bisection

_SHA: Final = re.compile("[0-9a-f]{7,64}")
Split = Callable[[int, int], int]


def best_split(sums: Sequence[float], low: int, high: int) -> int:
    """Return the place in [low, high) at which testing splits the probability of the places low to high best."""
    begin = sums[low]
    middle = (begin + sums[high + 1]) / 2.0
    at = bisect_left(sums, middle, low + 1, high + 1)
    near = [place - 1 for place in (at - 1, at) if low < place <= high]
    return min(near, key=lambda place: (abs(sums[place + 1] - middle), place)) if near else low


def expected_steps(probabilities: Sequence[float], split: Split | None = None) -> float:
    """Return how many tests find the cause on average, given the probability of each commit in their order."""
    sums = [0.0, *accumulate(probabilities)]
    choose = split or (lambda low, high: best_split(sums, low, high))
    total, pending = 0.0, [(0, len(probabilities) - 1)]
    while pending:
        low, high = pending.pop()
        if low >= high:
            continue
        total += sums[high + 1] - sums[low]
        at = choose(low, high)
        pending += [(low, at), (at + 1, high)]
    return total / sums[-1] if sums[-1] > 0.0 else 0.0


def bisection(
    good: str, bad: str, commits: Sequence[str], probabilities: Sequence[float], check: str
) -> Bisection | None:
    """Return how to find the cause among commits, oldest first; None when there is nothing to find, or no way there.

    `check` is the command that fails where the cause is.
    """
    if len(commits) < 2 or not (_SHA.fullmatch(good) and _SHA.fullmatch(bad)):
        return None
    sums = [0.0, *accumulate(probabilities)]
    first = commits[best_split(sums, 0, len(commits) - 1)]
    return Bisection(
        good=good,
        bad=bad,
        commits=len(commits),
        first=first,
        steps=expected_steps(probabilities),
        plain_steps=expected_steps(probabilities, lambda low, high: (low + high) // 2),
        commands=(
            f"git bisect start --first-parent {bad} {good}",
            f"git checkout --detach {first}",
            f"git bisect run {check}",
            "git bisect reset",
        ),
    )


def check_of_test(test: str) -> str:
    """Return the command that `git bisect run` takes for a test; commits that do not have it are skipped."""
    script = 'python -m pytest -q -x "$0"; code=$?; [ $code -gt 1 ] && exit 125; exit $code'
    return f"sh -c {shlex.quote(script)} {shlex.quote(test)}"


def check_of_benchmark(name: str, good: str) -> str:
    """Return the command that `git bisect run` takes for a benchmark; where nothing could be measured, it is skipped.

    Each commit is compared with the last good one on the same machine, in turn.
    """
    script = 'ratchetry bench compare "$0" . --benchmark "$1" --fail; code=$?; [ $code -gt 1 ] && exit 125; exit $code'
    return f"sh -c {shlex.quote(script)} {shlex.quote(good)} {shlex.quote(name)}"


def entropy_bound(probabilities: Sequence[float]) -> float:
    """Return the least that any procedure takes on average: the entropy of the probabilities in bits."""
    from math import log2

    total = sum(probabilities)
    shares = [share / total for share in probabilities if share > 0.0] if total > 0.0 else []
    return -sum(share * log2(share) for share in shares)
