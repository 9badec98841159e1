"""The whole comparison: check both sides out, run their benchmarks in turn, and say what may be said."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.comparison.samples import compare_pairs
from ratchetry.analyze.comparison.verdict import Margin, adjusted
from ratchetry.domain.bench import BenchReport, NotCompared, PairedTimes, SideName, Timer
from ratchetry.domain.comparison import Comparison
from ratchetry.errors import ReportError
from ratchetry.pipeline.bench.measure import Common, Run, Times, compared_times, measured_pairs, warmed_up
from ratchetry.pipeline.bench.plan import SIDES, Effort, Request, Schedule, least_pairs, ordered_pairs, scheduled
from ratchetry.pipeline.bench.process import Reading, process_command, read
from ratchetry.pipeline.bench.sides import Ready, Repository, open_repository, prepare_side
from ratchetry.pipeline.bench.timer import timed
from ratchetry.pipeline.bench.workplace import workplace
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.survey import Places
from ratchetry.ports import Clock, Progress, ToolRunner
from ratchetry.report.text import duration, plural
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE: Final = 0.02
"""How often, at most, a comparison of two equal sides declares any of its benchmarks different."""
MOST_NAMED: Final = 100_000
"""Characters of names that a command line is given; beyond that, all benchmarks are run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Runs the benchmarks of both sides, each time in a process of its own (`measure.Run`)."""

    sides: Mapping[SideName, Ready]
    runners: Mapping[SideName, ToolRunner]
    request: Request
    timer: Timer
    clock: Clock
    ends: float

    def __call__(self, side: SideName, effort: Effort, hash_seed: int, only: tuple[str, ...]) -> Reading:
        """Return what a process of a side measured."""
        ready = self.sides[side]
        targets = only if only and sum(map(len, only)) <= MOST_NAMED else ready.targets
        command = process_command(ready.command, targets, effort, hash_seed, expression=self.request.expression)
        if self.timer == "running":
            command = timed(command, f"{ready.context.reports}/timer")
        left = max(1.0, self.ends - self.clock.monotonic())
        return read(ready.context, self.runners[side](command, left))


def compare(
    places: Places,
    settings: Settings,
    request: Request,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> BenchReport:
    """Return what benchmarks say of two states of a repository, or why they say nothing.

    All of it has to be done within `settings.timeout` seconds.  Whatever ends it, what was written is gone then.
    Raises UsageError, ConfigError or StateError for what the user must mend.
    """
    began = clock.monotonic()
    repository = open_repository(places, settings, base=request.base, head=request.head, environ=environ)
    ends = began + settings.timeout
    with ExitStack() as held:
        session = held.enter_context(workplace(repository, keep=request.keep))
        report = _blank(repository, request)
        try:
            sides = prepared_sides(repository, session.place, session.cache, held, clock=clock, progress=progress)
            report = _begun(report, sides)
            run = processes(sides, repository, session.environ, request, clock=clock, ends=ends)
            report = replace(report, timer=run.timer)
            report = measured(report, run, request, clock=clock, ends=ends, progress=progress)
        except ReportError as error:
            report = replace(report, not_compared=(NotCompared(name="", reason=str(error)),))
    return replace(report, seconds=round(clock.monotonic() - began, 3))


def measured(
    report: BenchReport, run: Run, request: Request, *, clock: Clock, ends: float, progress: Progress
) -> BenchReport:
    """Return a report with what running both sides in turn says; raises ReportError when that is nothing."""
    found = warmed_up(run, request, progress)
    report = replace(report, only_base=found.only_base, only_head=found.only_head, not_compared=found.failed)
    schedule = scheduled(request, found.warm_ups, ends - clock.monotonic())
    if schedule is None:
        msg = "not even a few pairs fit into the time; give more with --timeout, or name fewer benchmarks with -k"
        raise ReportError(msg)
    progress.preparing(f"{plural(schedule.pairs, 'pair')} in at most {duration(schedule.seconds)}")
    pairs = ordered_pairs(request.pairs, request.seed)[: schedule.pairs]
    times = measured_pairs(run, pairs, schedule.effort, found, clock=clock, ends=ends, progress=progress)
    paired, few = compared_times(found, times)
    notes = (*report.notes, *_shortcomings(request, schedule, found, times))
    return replace(
        report,
        pairs=len(times.values),
        comparisons=verdicts(paired, request.margin),
        not_compared=(*report.not_compared, *few),
        times=tuple(paired),
        load=tuple(times.loads),
        notes=notes,
    )


def verdicts(times: Sequence[PairedTimes], margin: float) -> tuple[Comparison, ...]:
    """Return what pairs of times say of each benchmark, in the order of their names.

    The test is Wilcoxon's on the logarithms of the ratios; the verdicts count for all benchmarks at once.
    """
    size = Margin(size=margin, relative=True)
    each = (
        compare_pairs(
            paired.base, paired.head, name=paired.name, unit="seconds", better="lower", margin=size, rate=RATE
        )
        for paired in times
    )
    return adjusted(tuple(each), RATE)


def _blank(repository: Repository, request: Request) -> BenchReport:
    """Return the report of a comparison that has not begun."""
    from ratchetry.adapters.machine import runner

    return BenchReport(
        base=repository.base,
        head=repository.head,
        machine=runner(""),
        seed=request.seed,
        pairs=0,
        pairs_wanted=request.pairs,
        estimator="minimum",
        seconds=0.0,
    )


def _begun(report: BenchReport, sides: Mapping[SideName, Ready]) -> BenchReport:
    """Return a report with what is known of the sides before they are measured."""
    base, head = sides["base"], sides["head"]
    machine = replace(report.machine, python=base.context.interpreter.version)
    return replace(report, base=base.side, head=head.side, machine=machine, notes=_remarks(sides))


def prepared_sides(
    repository: Repository, session: Path, cache: Path, leases: ExitStack, *, clock: Clock, progress: Progress
) -> dict[SideName, Ready]:
    """Return both sides, checked out and with what runs their benchmarks; raises ReportError."""
    return {
        name: prepare_side(repository, name, session, cache=cache, leases=leases, clock=clock, progress=progress)
        for name in SIDES
    }


def processes(
    sides: Mapping[SideName, Ready],
    repository: Repository,
    mark: Mapping[str, str],
    request: Request,
    *,
    clock: Clock,
    ends: float,
) -> Processes:
    """Return what runs the benchmarks of both sides."""
    from ratchetry.adapters.machine import tells_waiting
    from ratchetry.adapters.process import ProcessRunner

    environ = {**tool_environment(repository.environ), **mark}
    runners: dict[SideName, ToolRunner] = {
        name: ProcessRunner(
            directories={"repository": ready.context.scratch, "scratch": ready.context.scratch}, environ=environ
        )
        for name, ready in sides.items()
    }
    timer: Timer = request.timer if tells_waiting() else "wall"
    return Processes(sides=sides, runners=runners, request=request, timer=timer, clock=clock, ends=ends)


def _remarks(sides: Mapping[SideName, Ready]) -> tuple[str, ...]:
    """Return what is to be known of the sides before their times are compared."""
    base, head = sides["base"], sides["head"]
    notes = [f"{name}: {ready.incomplete}" for name, ready in sides.items() if ready.incomplete]
    if base.context.interpreter.executable != head.context.interpreter.executable:
        notes.append(
            "the sides declare different needs and have an environment each: part of a difference may be theirs"
        )
    return tuple(notes)


def _shortcomings(request: Request, schedule: Schedule, found: Common, times: Times) -> list[str]:
    """Return in what the measurement falls short of what was asked for, or can show."""
    done, notes = len(times.values), []
    if done + len(times.lost) < request.pairs:
        notes.append(f"the time was up after {done} of {request.pairs} pairs; --timeout gives more")
    if times.lost:
        notes.append(f"{plural(len(times.lost), 'pair')} left out: {times.lost[-1]}")
    needed = least_pairs(len(found.names), RATE)
    if done < needed:
        notes.append(f"with {done} pairs a change of few of the benchmarks cannot be seen: take {needed} or more")
    if schedule.effort.rounds == 1 and request.min_time is None:
        notes.append("to fit into the time, each benchmark was repeated as little as possible; --timeout gives more")
    return notes
