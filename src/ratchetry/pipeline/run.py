"""The main job: survey, measure, judge, save."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ratchetry import __version__
from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate, verdict_of
from ratchetry.collect.stage import Stage, measured
from ratchetry.domain.flaky import Quarantine
from ratchetry.domain.record import Fragment, RunRecord
from ratchetry.errors import UsageError
from ratchetry.pipeline.bounds import bounds_in_force
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.measure import Measured, StagePlan, measure, plan_stages
from ratchetry.pipeline.quarantine import quarantine_of
from ratchetry.pipeline.stages import wanted
from ratchetry.pipeline.survey import Places, Survey, survey
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.cache import StageCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The record of a run and the errors of ratchetry itself on the way."""

    record: RunRecord
    broken: tuple[Exception, ...] = ()


def run(places: Places, settings: Settings, *, environ: Mapping[str, str], clock: Clock, progress: Progress) -> Result:
    """Return the record of one run of the main job over a repository.

    Raises UsageError, ConfigError or StateError for what the user must mend; whatever a tool does ends up in the
    record.
    """
    began = clock.monotonic()
    bounds = bounds_in_force(places, settings, environ=environ, clock=clock)
    known, outcome = measure_stages(places, settings, environ=environ, clock=clock, progress=progress)
    record = judge(known, outcome.fragment, bounds, seconds=clock.monotonic() - began)
    return Result(record=record, broken=outcome.broken)


def measure_stages(
    places: Places, settings: Settings, *, environ: Mapping[str, str], clock: Clock, progress: Progress
) -> tuple[Survey, Measured]:
    """Return what is known of a repository and what its stages measured, without judging it.

    Raises UsageError, ConfigError or StateError for what the user must mend.
    """
    stages = wanted(settings)
    with alone_in(places):
        # before any code of the repository runs, which could write to the history
        quarantine = quarantine_of(places, settings, environ=environ, clock=clock, progress=progress)
        known = survey(places, settings, environ=environ, clock=clock, progress=progress)
        return known, run_stages(known, stages, environ=environ, clock=clock, progress=progress, quarantine=quarantine)


def preview(
    places: Places, settings: Settings, *, environ: Mapping[str, str], clock: Clock, progress: Progress
) -> tuple[Survey, Mapping[str, StagePlan]]:
    """Return what a run would do, without running, building or writing anything."""
    bounds_in_force(places, settings, environ=environ, clock=clock)
    known = survey(places, settings, environ=environ, clock=clock, progress=progress, look_only=True)
    return known, _plans(known, wanted(settings), clock)


def judge(known: Survey, fragment: Fragment, bounds: Held, *, seconds: float) -> RunRecord:
    """Return the record of what was measured, with its gates and verdict."""
    fragment = _with_durations(fragment, seconds)
    gates = evaluate(bounds, fragment, optional=known.settings.optional, expected=known.settings.stages)
    return RunRecord(
        ratchetry=__version__,
        run=replace(known.run, duration=seconds),
        change=known.change,
        stages=fragment.stages,
        metrics=fragment.metrics,
        tests=fragment.tests,
        findings=fragment.findings,
        benchmarks=fragment.benchmarks,
        failures=fragment.failures,
        gates=gates,
        verdict=verdict_of(gates),
    )


def run_stages(
    known: Survey,
    stages: Sequence[Stage],
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
    quarantine: Sequence[Quarantine] = (),
) -> Measured:
    """Return what the stages measured, each tool in a process of its own."""
    from ratchetry.adapters.process import ProcessRunner
    from ratchetry.adapters.scheduler import Scheduler

    places, settings = known.places, known.settings
    plans = _plans(known, stages, clock)
    progress.planned([stage.name for stage in stages])
    commands = [command for plan in plans.values() for command in plan.commands]
    scratch = places.root
    if not settings.in_place and any(command.cwd == "scratch" for command in commands):
        progress.preparing("a scratch copy of the repository")
        scratch = Path(known.tree.copy_to(places.scratch))
    for name in plans:
        shutil.rmtree(places.artifacts(name), ignore_errors=True)  # those of an earlier run would pass for this one's
        places.artifacts(name).mkdir(parents=True)
        places.reports(name).mkdir(parents=True, exist_ok=True)
    runner = ProcessRunner(
        directories={"repository": str(places.root), "scratch": str(scratch)}, environ=tool_environment(environ)
    )
    scheduler = Scheduler(
        runner=runner,
        progress=progress,
        clock=clock,
        slots=settings.jobs or known.runner.cores or 1,
        timeout=settings.timeout,
    )
    try:
        cache = _cache(places, settings)
        return measure(plans, scheduler, cache=cache, progress=progress, quarantine=quarantine)
    except BaseException:
        runner.cancel()
        raise


def _plans(known: Survey, stages: Sequence[Stage], clock: Clock) -> dict[str, StagePlan]:
    """Return what each stage is about to do."""
    from ratchetry.adapters.cache import file_digests
    from ratchetry.adapters.fetch import HttpFetch

    return plan_stages(
        known,
        stages,
        digests=file_digests(known.tree),
        cache=_cache(known.places, known.settings),
        fetch=HttpFetch(),
        day=f"{clock.now():%Y-%m-%d}",
    )


def _cache(places: Places, settings: Settings) -> StageCache | None:
    """Return the store of earlier results, None when it is not to be used."""
    from ratchetry.adapters.cache import StageCache

    return StageCache(places.cache / "stages") if settings.cache else None


def _with_durations(fragment: Fragment, seconds: float) -> Fragment:
    """Return the fragment with the wall time of the run and of each stage that was really run."""
    durations = [measured("ci.duration", seconds, "run")]
    durations += [
        measured(f"ci.duration.{name}", result.duration, "run")
        for name, result in fragment.stages.items()
        if result.duration and not result.cached
    ]
    return replace(fragment, metrics=dict(sorted([*fragment.metrics.items(), *durations])))


def make_output(places: Places) -> None:
    """Make the output directory, which git leaves alone."""
    places.output.mkdir(parents=True, exist_ok=True)
    ignore = places.output / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# written by ratchetry: nothing in here belongs into version control\n*\n", encoding="utf-8")


@contextmanager
def alone_in(places: Places) -> Iterator[None]:
    """Hold the output directory for one run; raises UsageError when another run holds it."""
    from filelock import FileLock, Timeout

    make_output(places)
    try:
        with FileLock(places.output / ".lock", timeout=0):
            yield
    except Timeout as error:
        msg = f"{places.output}: another run is using this directory; wait for it or choose another --output-dir"
        raise UsageError(msg) from error
