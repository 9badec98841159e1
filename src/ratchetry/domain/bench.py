"""Two states of a project compared by benchmarks that ran in turn on one machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Runner

SideName = Literal["base", "head"]
WORKING_TREE: Final = frozenset({".", "WORKTREE"})
"""How the files as they are, uncommitted changes included, are named."""
Timer = Literal["running", "wall"]
"""Running: the time of the wall without that spent waiting for a processor, which only Linux tells."""
Estimator = Literal["minimum", "median"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two states: how it was named and the commit that this is, with uncommitted changes or not."""

    ref: str
    commit: str
    uncommitted: bool = False
    environment: str = ""
    """The Python that ran the benchmarks, with the version of pytest-benchmark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTimes:
    """The times of one benchmark in seconds, by pair: those at one place were measured side by side."""

    name: str
    pairs: tuple[int, ...]
    """The numbers of the pairs, from 0, in which both sides have a time."""
    base: tuple[float, ...]
    head: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A benchmark, or all of them when it has no name, that could not be compared, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReport:
    """What a comparison by benchmarks in turn found, with all times that it rests on."""

    base: Side
    head: Side
    machine: Runner
    seed: int
    pairs: int
    """Pairs that were measured."""
    pairs_wanted: int
    estimator: Estimator
    """What stands for the rounds of a benchmark in one process."""
    seconds: float
    timer: Timer = "wall"
    """What the times are."""
    comparisons: tuple[Comparison, ...] = ()
    only_base: tuple[str, ...] = ()
    only_head: tuple[str, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    notes: tuple[str, ...] = ()
    times: tuple[PairedTimes, ...] = ()
    load: tuple[float, ...] = ()
    """The machine's load average (one minute) at the end of each pair, where the system tells it."""

    @property
    def regressed(self) -> tuple[Comparison, ...]:
        """Return the benchmarks that became slower."""
        return tuple(each for each in self.comparisons if each.verdict == "regressed")
