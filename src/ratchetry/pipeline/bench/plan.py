"""What is measured in which order, how long each benchmark runs, and what that will take: decided without running."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from ratchetry.domain.bench import SideName, Timer

SIDES: Final[tuple[SideName, SideName]] = ("base", "head")
MIN_PAIRS: Final = 6
"""With fewer pairs no difference is significant: the least two-sided p-value of five is 1/16."""
MOST_PAIRS: Final = 1000
MOST_LOST: Final = 3
"""Pairs that may be lost, because a process left no report, before the comparison is given up."""

_SLACK: Final = 1.25
"""By how much pairs may take longer than the warm-up lets expect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: two references, which benchmarks, how many pairs, and what difference matters."""

    base: str
    head: str
    pairs: int = 20
    margin: float = 0.03
    seed: int = 0
    expression: str = ""
    """Expression for pytest's -k, empty for all."""
    pattern: str = ""
    """Pattern with * of the names of benchmarks, empty for all."""
    min_time: float | None = None
    """Seconds for which each benchmark is repeated in a process, None to choose by how long they take."""
    timer: Timer = "running"
    keep: bool = False

    def wants(self, name: str) -> bool:
        """Tell whether a benchmark is asked for, by its whole name or by that without its file."""
        names = (name, name.rpartition("::")[2])
        return not self.pattern or any(fnmatchcase(each, self.pattern) for each in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two processes, one of each side, that run one after the other with the same seed of hashes."""

    number: int
    order: tuple[SideName, SideName]
    hash_seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long and how often each benchmark is repeated in a process, at least."""

    seconds: float
    rounds: int


WARM_UP: Final = Effort(seconds=0.01, rounds=1)
EFFORTS: Final = (
    Effort(seconds=0.05, rounds=5),
    Effort(seconds=0.03, rounds=3),
    Effort(seconds=0.01, rounds=2),
    Effort(seconds=0.005, rounds=1),
)
"""From the best to the least that is useful: the first that fits into the time is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """What the first process of a side took: in all, and what one call of each of its benchmarks took."""

    seconds: float
    calls: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How much is measured: as many pairs as fit, each of them so thorough, in about so many seconds."""

    effort: Effort
    pairs: int
    seconds: float


def ordered_pairs(count: int, seed: int) -> tuple[Pair, ...]:
    """Return pairs in blocks of two, in one of which the base runs first and in the other the head, at random which.

    What drifts steadily, and what it costs to be second, cancels out in a block.  A block turned around would be as
    likely: where the sides do not differ, a difference is as likely as its opposite.
    """
    pairs = []
    for number in range(count):
        straight = _drawn(seed, "order", number // 2) % 2 == number % 2
        order = SIDES if straight else SIDES[::-1]
        pairs.append(Pair(number=number, order=order, hash_seed=_drawn(seed, "hashes", number)))
    return tuple(pairs)


def scheduled(request: Request, warm_ups: tuple[WarmUp, WarmUp], left: float) -> Schedule | None:
    """Return the most thorough schedule that fits into the seconds that are left, None when not even six pairs do.

    The thoroughness decides before the number of pairs: only when the least of it does not fit, there are fewer pairs.
    """
    own = request.min_time
    efforts = EFFORTS if own is None else (Effort(seconds=own, rounds=1),)
    for effort in efforts:
        seconds = request.pairs * expected(warm_ups, effort)
        if seconds <= left:
            return Schedule(effort=effort, pairs=request.pairs, seconds=seconds)
    least = expected(warm_ups, efforts[-1])
    pairs = math.floor(left / least)
    if pairs < min(MIN_PAIRS, request.pairs):
        return None
    return Schedule(effort=efforts[-1], pairs=pairs, seconds=pairs * least)


def expected(warm_ups: tuple[WarmUp, WarmUp], effort: Effort) -> float:
    """Return the seconds that a pair will take at most, from what the warm-up of both sides took."""
    return _SLACK * sum(_process(warm_up, effort) for warm_up in warm_ups)


def _process(warm_up: WarmUp, effort: Effort) -> float:
    """Return the seconds of one process: what it takes to start, and each benchmark as long as it is repeated."""
    spent = sum(max(call, WARM_UP.seconds) for call in warm_up.calls)
    wanted = sum(max(call * effort.rounds, effort.seconds) for call in warm_up.calls)
    return max(0.0, warm_up.seconds - spent) + wanted


def least_pairs(benchmarks: int, rate: float) -> int:
    """Return how many pairs it takes so that one benchmark of a suite can differ significantly, all on one side."""
    return max(MIN_PAIRS, 1 + math.ceil(math.log2(max(1, benchmarks) / rate)))


def _drawn(seed: int, what: str, number: int) -> int:
    """Return 32 random bits that are the same on every Python."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{what}/{number}".encode()).digest()[:4], "big")
