"""Measuring one past commit: check it out, run the stages as a run over it would, keep why when that cannot be done."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry import __version__
from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate, verdict_of
from ratchetry.domain.record import Fragment, RunInfo, RunRecord, StageResult
from ratchetry.errors import RatchetryError, ReportError
from ratchetry.pipeline.backfill.plan import EVENT, Task
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.run import judge, run_stages
from ratchetry.pipeline.stages import wanted
from ratchetry.pipeline.survey import Places, survey
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.worktrees import Checkout, Original

_EXECUTING: Final = frozenset({"test", "benchmark"})
"""Stages that run the commit's own code, which misses what is not part of a checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where and how one worker measures: a directory to itself, and what it shares with the others."""

    place: Path
    cache: Path
    identity: str
    repository: str
    prefix: str
    """The directory, relative to the top of the checkout, that is measured; empty for all of it."""
    original: Original
    settings: Settings
    environ: Mapping[str, str]

    @property
    def places(self) -> Places:
        """Return where the stages read and write."""
        root = self.place / "checkout" / self.prefix
        return Places(root=root, output=self.place / "output", shared_cache=self.cache)

    def checkout(self) -> Checkout:
        """Return the worker's checkout."""
        from ratchetry.adapters.worktrees import Checkout

        top = self.place / "checkout"
        return Checkout(top, self.original, tool_environment(self.environ), timeout=self.settings.timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The run of a commit, and what of ratchetry itself broke on the way."""

    record: RunRecord
    broken: tuple[str, ...] = ()


def measure_commit(site: Site, checkout: Checkout, task: Task, *, clock: Clock, progress: Progress) -> Measurement:
    """Return the run of a commit; whatever keeps it from being measured is the reason of its stages."""
    began = clock.monotonic()
    try:
        incomplete = checkout.move_to(task.commit.sha)
        measured = _measured(site, task, incomplete, clock=clock, progress=progress)
    except RatchetryError as error:
        return Measurement(record=unmeasured(task, site.repository, str(error), seconds=clock.monotonic() - began))
    except (OSError, ValueError, RecursionError) as error:
        reason = f"ratchetry itself broke: {type(error).__name__}: {error}"
        record = unmeasured(task, site.repository, reason, seconds=clock.monotonic() - began)
        return Measurement(record=record, broken=(f"{task.commit.sha[:12]}: {reason}",))
    return measured


def unmeasured(task: Task, repository: str, reason: str, *, seconds: float) -> RunRecord:
    """Return the run of a commit of which nothing could be measured, and why."""
    from ratchetry.adapters.machine import runner

    stages = {name: StageResult(status="not_measured", reason=reason[:4096]) for name in task.stages}
    gates = evaluate(Held(), Fragment(stages=stages), optional=(), expected=task.stages)
    version = ".".join(map(str, sys.version_info[:3]))
    run = RunInfo(repository=repository, run_id=task.run_id, runner=runner(version), duration=max(0.0, seconds))
    return RunRecord(
        ratchetry=__version__, run=_named(run, task, repository), stages=stages, gates=gates, verdict=verdict_of(gates)
    )


def without_executed(fragment: Fragment, incomplete: str) -> Fragment:
    """Return what was measured without the failures of code that ran in a checkout that lacks something.

    Tests that fail because a submodule is empty say nothing of the commit.
    """
    doubtful = {name for name, result in fragment.stages.items() if name in _EXECUTING and result.status == "failed"}
    if not (incomplete and doubtful):
        return fragment
    stages = {
        name: replace(result, status="not_measured", reason=f"{incomplete}; {result.reason}"[:4096])
        if name in doubtful
        else result
        for name, result in fragment.stages.items()
    }
    kept = Fragment(stages=stages) if "test" in doubtful else replace(fragment, stages=stages, benchmarks=())
    metrics = {name: metric for name, metric in fragment.metrics.items() if metric.stage not in doubtful}
    findings = tuple(finding for finding in fragment.findings if finding.tool not in {"pytest", "coverage"})
    return replace(kept, metrics=metrics, findings=findings if "test" in doubtful else fragment.findings)


def _measured(site: Site, task: Task, incomplete: str, *, clock: Clock, progress: Progress) -> Measurement:
    """Return the run of the commit that is checked out; raises RatchetryError when it cannot be surveyed."""
    from ratchetry.adapters.leases import Sharing

    began = clock.monotonic()
    _require_directory(site)
    places, settings = site.places, replace(site.settings, stages=task.stages)
    for name in _EXECUTING:  # what the suite of another commit has left for the next run of the same
        shutil.rmtree(places.reports(name), ignore_errors=True)
    with ExitStack() as leases:
        sharing = Sharing(identity=site.identity, leases=leases)
        known = survey(places, settings, environ=site.environ, clock=clock, progress=progress, sharing=sharing)
        left = max(1.0, settings.timeout - (clock.monotonic() - began))
        # Without a base, commits with the same files have the same results, which are measured once then.
        known = replace(known, base=None, settings=replace(settings, timeout=left))
        outcome = run_stages(known, wanted(settings), environ=site.environ, clock=clock, progress=progress)
    fragment = without_executed(outcome.fragment, incomplete)
    record = judge(known, fragment, Held(), seconds=clock.monotonic() - began)
    # They would tell of this machine, and of what else it measured at the time, not of the project's CI.
    metrics = {name: metric for name, metric in record.metrics.items() if metric.stage != "run"}
    record = replace(record, run=_named(record.run, task, site.repository), metrics=metrics)
    return Measurement(record=record, broken=tuple(f"{task.commit.sha[:12]}: {error}" for error in outcome.broken))


def _require_directory(site: Site) -> None:
    """Raise ReportError when the directory that is measured is not part of the commit, or leads out of it."""
    root, top = site.places.root, site.place / "checkout"
    if not root.is_dir() or not root.resolve().is_relative_to(top.resolve()):
        msg = f"this commit has no directory {site.prefix.rstrip('/')}"
        raise ReportError(msg)


def _named(run: RunInfo, task: Task, repository: str) -> RunInfo:
    """Return where a run comes from: the commit, at the moment it was committed."""
    return replace(
        run,
        repository=repository,
        run_id=task.run_id,
        attempt=task.attempt,
        event=EVENT,
        workflow="",
        commit=task.commit.sha,
        branch=task.branch,
        dirty=False,
        pull_request=None,
        started=task.started,
    )
