"""Which changes of level may be no more than the switches of a series between two machines that are not recorded.

A step and the first stay on a slower machine look alike.  They differ in what follows: a machine is left again soon,
for the level that there was before, and comes back.  What may be that has to last longer before it is a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

EPISODE: Final = 25
"""A stretch of fewer points, with the same level before and after it, may be an episode of its machine."""
SETTLED: Final = 45
"""Points without another such episode after which the return from the last ones was a change."""
REPEATED: Final = 3
"""Episodes alike from which on they are those of a machine."""
KNOWN: Final = 20
"""Points from which on a change back to a level that there was before is one."""
STAYED: Final = (11, 16)
"""Points up to which a step of the size of a switch between two machines that were told apart is none: as many as the
series has stayed on one of them before, between these bounds."""
_SWITCH: Final = 0.4
_ALIKE: Final = 0.35


def doubtful(levels: Sequence[float], bounds: Sequence[int], gap: float = 0.0, stay: int = 0) -> frozenset[int]:
    """Return which changes, by their number, may be switches between machines, given the levels and where they begin.

    `gap` is how far apart two machines are that were told from the series, 0 where none were, and `stay` for how many
    points it stayed on one of them at most.
    """
    return frozenset(
        {*_episodic(levels, bounds), *_switches(levels, bounds, gap, min(max(STAYED[0], stay), STAYED[1]))}
    )


def _episodic(levels: Sequence[float], bounds: Sequence[int]) -> Iterator[int]:
    """Yield the changes that may belong to episodes, some more than once."""
    ends = [at for at in range(1, len(levels) - 1) if _ends_episode(levels, bounds, at)]
    if ends and bounds[-1] - bounds[ends[-1] + 1] < SETTLED:
        yield from ends
    for end in _repeated(levels, ends):
        yield from (end - 1, end)
    short = 0
    for at in range(len(levels) - 1):
        back = _leads_back(levels, at)
        # the more often a short stretch has ended so, the longer it takes to believe that a level stays
        if back and bounds[-1] - bounds[at + 1] < KNOWN * (1 + short):
            yield at
        short += back and bounds[at + 1] - bounds[at] < EPISODE


def _switches(levels: Sequence[float], bounds: Sequence[int], gap: float, stay: int) -> Iterator[int]:
    """Yield the new changes that may be the next switch between machines that were told apart."""
    for at, (one, other) in enumerate(pairwise(levels)):
        if abs(abs(other - one) - gap) < _SWITCH * gap and bounds[-1] - bounds[at + 1] <= stay:
            yield at


def _ends_episode(levels: Sequence[float], bounds: Sequence[int], at: int) -> bool:
    """Tell whether a change leads back, from a short stretch, to the level before that."""
    if bounds[at + 1] - bounds[at] >= EPISODE:
        return False
    return abs(levels[at + 1] - levels[at - 1]) < _ALIKE * abs(levels[at] - levels[at - 1])


def _repeated(levels: Sequence[float], ends: Sequence[int]) -> list[int]:
    """Return the ends of episodes whose height many others have, too; none where there are few."""
    heights = {end: levels[end] - levels[end + 1] for end in ends}
    usual = median(map(abs, heights.values())) if heights else 0.0
    alike = [end for end, height in heights.items() if abs(abs(height) - usual) < _ALIKE * usual]
    return alike if len(alike) >= REPEATED else []


def _leads_back(levels: Sequence[float], at: int) -> bool:
    """Tell whether a change leads to a level that there was before it."""
    most = _ALIKE * abs(levels[at + 1] - levels[at])
    return any(abs(levels[at + 1] - level) < most for level in levels[:at])
