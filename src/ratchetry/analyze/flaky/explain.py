"""Which streaks of failures commits explain, and which they do not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ratchetry.analyze.flaky.bounds import Bounds
from ratchetry.analyze.flaky.streaks import Streak


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Streaks that count as failures of a flaky test, those that commits explain, and those that go on."""

    flaky: tuple[Streak, ...]
    broken: tuple[Streak, ...]
    open: tuple[Streak, ...]


def explained(streaks: Sequence[Streak], results: int, bounds: Bounds) -> Explained:
    """Return what explains each streak of a test with so many results.

    A streak is broken when it is likelier that a commit broke the test and another repaired it than that a flaky
    test failed so often in a row, with the rate that all other results speak for. The longest are looked at first.
    What goes on at the newest run is neither: broken until it has passed once.
    """
    ended = [streak for streak in streaks if streak.end != "open"]
    broken = {id(streak) for streak in ended if streak.edited and not streak.direct}
    kept = [streak for streak in ended if id(streak) not in broken]
    failures = sum(len(streak.runs) for streak in kept)
    left = results - sum(len(streak.runs) for streak in streaks) + failures
    for streak in sorted(kept, key=lambda row: len(row.runs), reverse=True):
        length = len(streak.runs)
        if length == 1:
            break
        others, rest = failures - length, left - length
        rate = (bounds.rate_failures + others) / (bounds.rate_failures + bounds.rate_passes + rest)
        if log_broken(streak, bounds) > length * math.log(rate):
            broken.add(id(streak))
            failures, left = others, rest
    return Explained(
        flaky=tuple(streak for streak in kept if id(streak) not in broken),
        broken=tuple(streak for streak in streaks if id(streak) in broken),
        open=tuple(streak for streak in streaks if streak.end == "open"),
    )


def log_broken(streak: Streak, bounds: Bounds) -> float:
    """Return the logarithm of the chance of a streak if the test is sound."""
    if streak.direct:
        return math.log(bounds.noise)
    return -math.log1p(bounds.break_odds) + log_repair(streak, bounds)


def log_repair(streak: Streak, bounds: Bounds) -> float:
    """Return the logarithm of the chance that what is broken is repaired by the commit after a streak."""
    return math.log(bounds.repair) + (len(streak.commits) - 1) * math.log1p(-bounds.repair)
