"""Made-up processes of benchmarks, a clock that they move on, and reports of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.bench import BenchReport, Side, SideName
from ratchetry.domain.record import Runner
from ratchetry.pipeline.bench.compare import measured
from ratchetry.pipeline.bench.plan import Effort, Request
from ratchetry.pipeline.bench.process import Reading

Answer = Callable[[SideName, int], Reading]
"""What the n-th process, the two warm-ups included, measures of a side."""


@dataclass(slots=True)
class Hands:
    """A clock that stands still unless it is moved."""

    seconds: float = 0.0

    def now(self) -> datetime:
        """Return a fixed moment."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return the seconds that it was moved by."""
        return self.seconds


@dataclass(slots=True, kw_only=True)
class Runs:
    """Answers for processes (`measure.Run`), and keeps what was asked."""

    answer: Answer
    clock: Hands = field(default_factory=Hands)
    calls: list[tuple[SideName, Effort, int, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, side: SideName, effort: Effort, hash_seed: int, only: tuple[str, ...]) -> Reading:
        """Return the answer for a process, and let its time go by."""
        reading = self.answer(side, len(self.calls))
        self.calls.append((side, effort, hash_seed, only))
        self.clock.seconds += reading.seconds
        return reading


def reading(times: Mapping[str, float], *, seconds: float = 1.0, failures: tuple[str, ...] = ()) -> Reading:
    """Return what a process measured: of each benchmark three rounds, the least of which is given."""
    rounds = {name: (2 * least, least, 1.5 * least) for name, least in times.items()}
    return Reading(rounds=rounds, failures=failures, seconds=seconds, load=(1.0,))


def noisy(names: tuple[str, ...], head: float = 1.0, *, seed: int = 0, noise: float = 0.01) -> Answer:
    """Return answers that scatter a little, those of the head longer by a factor."""
    draw = np.random.default_rng(seed)

    def answer(side: SideName, _number: int) -> Reading:
        factor = head if side == "head" else 1.0
        return reading({name: 0.001 * factor * (1 + abs(float(draw.normal(0, noise)))) for name in names})

    return answer


def blank() -> BenchReport:
    """Return the report of a comparison that has not begun."""
    return BenchReport(
        base=Side(ref="main", commit="b" * 40),
        head=Side(ref=".", commit="a" * 40, uncommitted=True),
        machine=Runner(os="Linux", cpu_model="CPU", cores=2, python="3.11.2"),
        seed=1,
        pairs=0,
        pairs_wanted=20,
        estimator="minimum",
        seconds=0.0,
    )


def compared(answer: Answer, request: Request | None = None, *, ends: float = 1000.0) -> tuple[BenchReport, Runs]:
    """Return the report over made-up processes, and what was asked of them."""
    runs = Runs(answer=answer)
    asked = request or Request(base="main", head=".", seed=1)
    report = measured(blank(), runs, asked, clock=runs.clock, ends=ends, progress=SilentProgress())
    return report, runs
