"""Running both sides in turn: the warm-up, what can be compared at all, and the pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ratchetry.domain.bench import NotCompared, PairedTimes, SideName
from ratchetry.errors import ReportError, UsageError
from ratchetry.pipeline.bench.plan import MIN_PAIRS, MOST_LOST, SIDES, WARM_UP, Effort, Pair, Request, WarmUp
from ratchetry.pipeline.bench.process import Reading
from ratchetry.ports import Clock, Progress
from ratchetry.report.text import duration, listed


class Run(Protocol):
    """Runs the benchmarks of a side in a process of its own."""

    def __call__(self, side: SideName, effort: Effort, hash_seed: int, only: tuple[str, ...]) -> Reading:
        """Return what it measured; `only` are the benchmarks to run, all when it is empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the warm-up found: the benchmarks of both sides, of one of them, and those that failed."""

    names: tuple[str, ...]
    whole: bool
    """Whether these are all benchmarks there are, so that none need be named."""
    warm_ups: tuple[WarmUp, WarmUp]
    only_base: tuple[str, ...] = ()
    only_head: tuple[str, ...] = ()
    failed: tuple[NotCompared, ...] = ()


@dataclass(slots=True)
class Times:
    """The pairs so far: of each, the time of each benchmark on both sides."""

    values: list[tuple[int, Mapping[str, float], Mapping[str, float]]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def of(self, name: str) -> PairedTimes:
        """Return the times of one benchmark in the pairs in which both sides have one."""
        rows = [(number, base[name], head[name]) for number, base, head in self.values if name in base and name in head]
        return PairedTimes(
            name=name,
            pairs=tuple(number for number, _, _ in rows),
            base=tuple(base for _, base, _ in rows),
            head=tuple(head for _, _, head in rows),
        )


def warmed_up(run: Run, request: Request, progress: Progress) -> Common:
    """Return what both sides can be compared in, after a first process of each whose times do not count.

    Raises ReportError when a side measures nothing, or both have nothing in common; UsageError when no benchmark has
    a name like the one that is asked for.
    """
    readings = {}
    for side in SIDES:
        progress.preparing(f"warming up: the benchmarks of the {side}")
        readings[side] = run(side, WARM_UP, 0, ())
        if readings[side].problem:
            msg = f"{side}: {readings[side].problem}"
            raise ReportError(msg)
    found = common(readings["base"], readings["head"], request)
    if not found.names:
        msg = "; ".join(each.reason for each in found.failed[:3]) or "no benchmark is there on both sides"
        raise ReportError(msg)
    return found


def common(base: Reading, head: Reading, request: Request) -> Common:
    """Return what two sides can be compared in; raises UsageError when none of their benchmarks is asked for."""
    known = {*base.rounds, *head.rounds}
    failed = _failed(known, {"base": base, "head": head})
    wanted = {each for each in {*known, *failed} if request.wants(each)}
    if not wanted:
        msg = f"--benchmark: no benchmark is called like {request.pattern!r}; there are {listed(sorted(known), most=5)}"
        raise UsageError(msg)
    names = tuple(sorted(name for name in wanted - {*failed} if name in base.rounds and name in head.rounds))
    alone = wanted - {*failed} - {*names}
    return Common(
        names=names,
        whole=set(names) == known,
        warm_ups=(base.warm_up(names), head.warm_up(names)),
        only_base=tuple(sorted(alone & {*base.rounds})),
        only_head=tuple(sorted(alone & {*head.rounds})),
        failed=tuple(NotCompared(name=name, reason=failed[name]) for name in sorted({*failed} & wanted)),
    )


def measured_pairs(
    run: Run, pairs: Sequence[Pair], effort: Effort, found: Common, *, clock: Clock, ends: float, progress: Progress
) -> Times:
    """Return the least time of each benchmark in each process, as many pairs as there is time for.

    What stops them is the time alone, never what they show.  Raises ReportError when too many processes measure
    nothing.
    """
    times, only, began = Times(), () if found.whole else found.names, clock.monotonic()
    for done, pair in enumerate(pairs):
        took = (clock.monotonic() - began) / max(1, done)
        if clock.monotonic() + took > ends:
            break
        left = f", about {duration(math.ceil(took * (len(pairs) - done)))} left" if done else ""
        progress.preparing(f"pair {done + 1} of {len(pairs)}{left}")
        _measure(run, pair, effort, only, times)
        if len(times.lost) > MOST_LOST:
            raise ReportError(times.lost[-1])
    return times


def compared_times(found: Common, times: Times, least: int = MIN_PAIRS) -> tuple[list[PairedTimes], list[NotCompared]]:
    """Return the times of what can be compared, and what has too few of them and why."""
    enough, few = [], []
    for name in found.names:
        paired = times.of(name)
        if len(paired.pairs) >= least:
            enough.append(paired)
        else:
            reason = f"only {len(paired.pairs)} of {len(times.values)} pairs have a time of both sides, not {least}"
            few.append(NotCompared(name=name, reason=reason))
    return enough, few


def _measure(run: Run, pair: Pair, effort: Effort, only: tuple[str, ...], times: Times) -> None:
    """Run both sides of a pair and keep their times, or why there are none."""
    readings: dict[SideName, Reading] = {}
    for side in pair.order:
        readings[side] = run(side, effort, pair.hash_seed, only)
        if readings[side].problem:
            times.lost.append(f"{side}: {readings[side].problem}")
            return
    base, head = ({name: min(rounds) for name, rounds in readings[side].rounds.items()} for side in SIDES)
    times.values.append((pair.number, base, head))
    times.loads += readings[pair.order[1]].load


def _failed(known: Iterable[str], readings: Mapping[SideName, Reading]) -> dict[str, str]:
    """Return why benchmarks failed, by their names: on the other side they may have run."""
    reasons: dict[str, str] = {}
    names = sorted(known, key=len, reverse=True)
    for side, reading in readings.items():
        for message in reading.failures:
            name = next((each for each in names if message.startswith(f"{each}: ")), message.partition(": ")[0])
            reasons.setdefault(name, f"{side}: {message.removeprefix(f'{name}: ')}")
    return reasons
