"""Running the stages: reuse what has not changed, run the rest at the same time, interpret what they say."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final

from ratchetry import __version__
from ratchetry.adapters.artifacts import read_artifacts, write_artifacts
from ratchetry.adapters.cache import CacheEntry, StageCache
from ratchetry.adapters.cache import key as address
from ratchetry.adapters.scheduler import Scheduler, StageOutcomes
from ratchetry.collect.stage import Context, Stage
from ratchetry.collect.test.quarantine import excused
from ratchetry.domain.command import Command, Plan, Skip, ToolOutcome, Unable
from ratchetry.domain.flaky import Quarantine
from ratchetry.domain.merge import merge
from ratchetry.domain.record import SCHEMA_VERSION, Fragment, StageResult
from ratchetry.errors import RatchetryError
from ratchetry.pipeline.survey import Survey
from ratchetry.ports import Fetch, Progress

_NOT_INPUTS: Final = frozenset(
    {
        *("stages", "optional", "jobs", "timeout", "output_dir", "cache", "thresholds"),
        *("history_rounds", "history_keep_tests_days", "privacy_authors", "privacy_messages", "privacy_salt"),
    }
)
"""Settings that change what is run or judged, but not what a stage measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """What one stage is about to do; `settled` is its fragment if nothing needs to run for it."""

    stage: Stage
    context: Context
    key: str
    commands: tuple[Command, ...] = ()
    settled: Fragment | None = None
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    """The files that a reused result left for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the stages measured, and the errors of ratchetry itself on the way."""

    fragment: Fragment
    broken: tuple[Exception, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Run:
    """The state of one measurement: fragments so far and what broke."""

    plans: Mapping[str, StagePlan]
    cache: StageCache | None
    progress: Progress
    quarantine: Sequence[Quarantine] = ()
    fragments: dict[str, Fragment] = field(default_factory=dict)
    broken: list[Exception] = field(default_factory=list)


def plan_stages(
    survey: Survey,
    stages: Sequence[Stage],
    *,
    digests: Mapping[str, str],
    cache: StageCache | None,
    fetch: Fetch,
    day: str,
) -> dict[str, StagePlan]:
    """Return what each stage is about to do, results of an earlier run with the same inputs included."""
    plans = {}
    for stage in stages:
        context = context_for(survey, stage.name, fetch)
        key = stage_key(stage, survey, digests, day)
        entry = cache.load(key) if cache and not stage.needs else None
        plans[stage.name] = _reuse(stage, context, key, entry) if entry else _plan(stage, context, key)
    return plans


def measure(
    plans: Mapping[str, StagePlan],
    scheduler: Scheduler,
    *,
    cache: StageCache | None,
    progress: Progress,
    quarantine: Sequence[Quarantine] = (),
) -> Measured:
    """Return what all stages measured; a stage that cannot be interpreted is not measured and spoils no other.

    Failures of tests in quarantine do not count.
    """
    run = _Run(plans=plans, cache=cache, progress=progress, quarantine=quarantine)
    for name, plan in plans.items():
        if plan.settled is not None:
            write_artifacts(Path(plan.context.artifacts), plan.artifacts)
            _settle(run, name, plan.settled)
    work = {name: plan.commands for name, plan in plans.items() if plan.settled is None}
    ended: dict[str, StageOutcomes] = {}
    for outcomes in scheduler.execute(work):
        ended[outcomes.stage] = outcomes
        for name in _ready(run, ended):
            _finish(run, ended[name])
    return Measured(fragment=merge(run.fragments.values()), broken=tuple(run.broken))


def interpret_after(plan: StagePlan, earlier: Fragment, progress: Progress) -> Measured:
    """Return what a stage without commands makes of what other stages have measured."""
    run = _Run(plans={plan.stage.name: plan}, cache=None, progress=progress)
    _settle(run, plan.stage.name, plan.settled or _interpret(run, plan, {}, earlier))
    return Measured(fragment=merge(run.fragments.values()), broken=tuple(run.broken))


def stage_key(stage: Stage, survey: Survey, digests: Mapping[str, str], day: str) -> str:
    """Return the content address of a stage's result: SHA-256 over everything it may depend on."""
    settings = {
        entry.name: repr(getattr(survey.settings, entry.name))
        for entry in fields(survey.settings)
        if entry.name not in _NOT_INPUTS
    }
    facts = {
        "ratchetry": f"{__version__}/{SCHEMA_VERSION}",
        "python": sys.version,
        "tools": repr(sorted(survey.own_distributions.items())),
        "interpreter": repr((survey.interpreter.version, sorted(survey.interpreter.distributions.items()))),
        "settings": repr(sorted(settings.items())),
        "base": repr(survey.base),
        "machine": repr(survey.runner) if stage.name == "benchmark" else "",
        "day": day if stage.perishable else "",
    }
    return address(stage.name, {path: digest for path, digest in digests.items() if stage.reads(path)}, facts)


def context_for(survey: Survey, stage: str, fetch: Fetch) -> Context:
    """Return all that the stage of a name may know."""
    places = survey.places
    return Context(
        project=survey.project,
        settings=survey.settings,
        interpreter=survey.interpreter,
        tree=survey.tree,
        fetch=fetch,
        scratch=str(places.root if survey.settings.in_place else places.scratch),
        reports=str(places.reports(stage)),
        artifacts=str(places.artifacts(stage)),
        own_python=sys.executable,
        own_distributions=survey.own_distributions,
        base=survey.base,
    )


def _reuse(stage: Stage, context: Context, key: str, entry: CacheEntry) -> StagePlan:
    """Return the plan of a stage whose result is known already."""
    settled = _mark_reused(entry.fragment)
    return StagePlan(stage=stage, context=context, key=key, settled=settled, artifacts=entry.artifacts)


def _plan(stage: Stage, context: Context, key: str) -> StagePlan:
    """Return the commands a stage wants to run, or the fragment that says why there are none."""
    plan: Plan = stage.plan(context)
    match plan:
        case Skip(reason=reason):
            settled = Fragment(stages={stage.name: StageResult(status="skipped", reason=reason)})
            return StagePlan(stage=stage, context=context, key=key, settled=settled)
        case Unable(reason=reason):
            settled = Fragment(stages={stage.name: StageResult(status="not_measured", reason=reason)})
            return StagePlan(stage=stage, context=context, key=key, settled=settled)
        case commands:
            return StagePlan(stage=stage, context=context, key=key, commands=commands)


def _ready(run: _Run, ended: Mapping[str, StageOutcomes]) -> Iterator[str]:
    """Yield the stages whose commands have ended and whose needs are met, until there is none."""
    while True:
        ready = [
            name
            for name in ended
            if name not in run.fragments
            and all(need in run.fragments for need in run.plans[name].stage.needs if need in run.plans)
        ]
        if not ready:
            return
        yield ready[0]


def _finish(run: _Run, ended: StageOutcomes) -> None:
    """Interpret the outcomes of one stage and keep what they say."""
    plan = run.plans[ended.stage]
    earlier = merge(run.fragments[need] for need in plan.stage.needs if need in run.fragments)
    fragment = _interpret(run, plan, ended.outcomes, earlier)
    fragment = _with_duration(fragment, ended.stage, ended.duration)
    if run.cache and not plan.stage.needs and fragment.stages[ended.stage].status == "passed":
        artifacts = read_artifacts(Path(plan.context.artifacts))
        if artifacts is not None:
            run.cache.put(plan.key, fragment, artifacts)
    _settle(run, ended.stage, fragment)


def _interpret(run: _Run, plan: StagePlan, outcomes: Mapping[str, ToolOutcome], earlier: Fragment) -> Fragment:
    """Return a stage's fragment; an error of ratchetry's own leaves it not measured and is remembered."""
    name = plan.stage.name
    try:
        return plan.stage.interpret(replace(plan.context, earlier=earlier), outcomes)
    except RatchetryError as error:
        return Fragment(stages={name: StageResult(status="not_measured", reason=str(error)[:4096])})
    except Exception as error:  # noqa: BLE001  # whatever breaks here must not take the other stages along
        run.broken.append(error)
        reason = f"ratchetry itself broke while reading the reports: {type(error).__name__}: {error}"
        return Fragment(stages={name: StageResult(status="not_measured", reason=reason[:4096])})


def _settle(run: _Run, name: str, fragment: Fragment) -> None:
    """Keep a stage's fragment and tell of it; the cache has what was measured, whoever is in quarantine."""
    fragment = excused(fragment, run.quarantine)
    run.fragments[name] = fragment
    run.progress.finished(name, fragment.stages[name])


def _with_duration(fragment: Fragment, stage: str, seconds: float) -> Fragment:
    """Return the fragment with the seconds its commands took."""
    return replace(fragment, stages={stage: replace(fragment.stages[stage], duration=seconds)})


def _mark_reused(fragment: Fragment) -> Fragment:
    """Return a fragment of an earlier run, marked as such."""
    return replace(fragment, stages={name: replace(result, cached=True) for name, result in fragment.stages.items()})
