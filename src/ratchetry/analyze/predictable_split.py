"""Sizes, such as latencies and costs, reduced to larger or smaller than the middle of what came before.

Under "the groups do not differ" a new size is as likely above any fixed place in one group as in the other.  The place
is the median of all earlier blocks, fixed before the block that it splits is seen, so that the test of two shares
(analyze.e_process) applies block by block whatever the distribution, with tails as heavy as those of latencies.  The
median test wants about half as many results again as the t-test where sizes are normal and fewer where tails are heavy
(its efficiency is 2/pi; A. W. van der Vaart, "Asymptotic Statistics" (1998), section 14.1).  A ratio r of sizes is
tested by dividing the treatment's by r first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ratchetry.analyze.e_process import Block

Sizes = tuple[Sequence[float], Sequence[float]]
"""The sizes of one block: those of the control and those of the treatment."""


def split_blocks(blocks: Sequence[Sizes], ratio: float = 1.0) -> tuple[Block, ...]:
    """Return how many sizes of each group lie above the median of the blocks before; none of the first block do.

    The first block only sets the place: it becomes a block without results.
    """
    earlier: list[float] = []
    found: list[Block] = []
    for control, treatment in blocks:
        scaled = [value / ratio for value in treatment]
        found.append(_split(earlier, control, scaled) if earlier else Block())
        earlier.extend(control)
        earlier.extend(scaled)
        earlier.sort()
    return tuple(found)


def _split(earlier: Sequence[float], control: Sequence[float], treatment: Sequence[float]) -> Block:
    """Return a block split at the median of what came before, on the side of ties that splits that more evenly."""
    middle = earlier[len(earlier) // 2]
    below, not_above = bisect_left(earlier, middle), bisect_right(earlier, middle)
    inclusive = abs(len(earlier) - 2 * below) <= abs(len(earlier) - 2 * not_above)

    def above(values: Sequence[float]) -> int:
        return sum(value > middle or (inclusive and value == middle) for value in values)

    return Block(control=above(control), control_n=len(control), treatment=above(treatment), treatment_n=len(treatment))
