"""A pool of pairs of processes, run as `ratchetry bench compare` runs them: of equal sides, and of slower heads."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.bench_suite import make_project
from ratchetry.adapters.clock import SystemClock
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.bench import SideName, Timer
from ratchetry.pipeline.bench.compare import prepared_sides, processes
from ratchetry.pipeline.bench.plan import EFFORTS, SIDES, WARM_UP, Request, ordered_pairs
from ratchetry.pipeline.bench.process import Reading
from ratchetry.pipeline.bench.sides import open_repository
from ratchetry.pipeline.bench.workplace import workplace
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings

Process = dict[str, tuple[float, ...]]
"""The rounds of each benchmark in one process."""
Pool = list[tuple[Process, Process]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the machine was like: seconds of a process, and the load average meanwhile."""

    seconds: float
    load_mean: float
    load_least: float
    load_most: float
    process: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All pairs, by the share of work that the head has more, and the conditions that they were measured under."""

    conditions: Conditions
    pools: dict[str, Pool]


def measured(sizes: Mapping[int, int], *, python: str, seed: int, timer: Timer) -> Measured:
    """Return so many pairs of each share of work that the head has more, and the conditions of that."""
    began, loads, durations, pools = time.monotonic(), [], [], {}
    with TemporaryDirectory() as directory:
        root = Path(directory, "project")
        make_project(root, [share for share in sizes if share])
        for share, size in sizes.items():
            pool: Pool = []
            for base, head in _pairs(
                root, f"plus{share}" if share else "fast", size, python=python, seed=seed, timer=timer
            ):
                pool.append((_kept(base), _kept(head)))
                loads += [*base.load, *head.load]
                durations += [base.seconds, head.seconds]
                print(f"\r+{share} %: pair {len(pool)} of {size}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
            pools[str(share)] = pool
    loads = loads or [0.0]
    conditions = Conditions(
        seconds=round(time.monotonic() - began, 1),
        load_mean=round(fmean(loads), 2),
        load_least=min(loads),
        load_most=max(loads),
        process=round(median(durations), 3),
    )
    return Measured(conditions=conditions, pools=pools)


def read(path: str) -> Measured:
    """Return what was measured before."""
    return msgspec.json.decode(Path(path).read_bytes(), type=Measured)


def _pairs(
    root: Path, head: str, size: int, *, python: str, seed: int, timer: Timer
) -> Iterator[tuple[Reading, Reading]]:
    """Yield pairs of processes, run as the command runs them."""
    settings = Settings(python=python)
    clock, progress = SystemClock(), SilentProgress()
    request = Request(base="fast", head=head, pairs=size, seed=seed, timer=timer)
    repository = open_repository(
        places_of(str(root), settings), settings, base=request.base, head=request.head, environ=os.environ
    )
    with ExitStack() as held:
        session = held.enter_context(workplace(repository, keep=False))
        sides = prepared_sides(repository, session.place, session.cache, held, clock=clock, progress=progress)
        run = processes(sides, repository, session.environ, request, clock=clock, ends=clock.monotonic() + 3600)
        for side in SIDES:
            run(side, WARM_UP, 0, ())
        for pair in ordered_pairs(size, request.seed):
            readings: dict[SideName, Reading] = {side: run(side, EFFORTS[0], pair.hash_seed, ()) for side in pair.order}
            for reading in readings.values():
                if reading.problem:
                    raise SystemExit(reading.problem)
            yield readings["base"], readings["head"]


def _kept(reading: Reading) -> Process:
    """Return the rounds of a process to a tenth of a nanosecond."""
    return {name: tuple(round(value, 10) for value in rounds) for name, rounds in reading.rounds.items()}
