"""Gathering all that is known of the measured repository before a stage runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ratchetry.domain.project import Base, Interpreter, Project
from ratchetry.domain.record import Change, ChangedFile, RunInfo, Runner
from ratchetry.errors import RatchetryError, UsageError
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.places import Places, places_of
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.git import GitFacts
    from ratchetry.adapters.github_event import EventFacts
    from ratchetry.adapters.leases import Sharing
    from ratchetry.adapters.tree import WorkingTree

__all__ = ["NEED_AN_ENVIRONMENT", "OWN_TOOLS", "Places", "Survey", "own_distributions", "places_of", "survey"]

OWN_TOOLS: Final = (
    "bandit",
    "check-jsonschema",
    "coverage",
    "cyclonedx-bom",
    "detect-secrets",
    "mypy",
    "pip-audit",
    "pytest",
    "pytest-benchmark",
    "ruff",
    "markdown-it-py",
    "validate-pyproject",
)

NEED_AN_ENVIRONMENT: Final = frozenset({"quality", "test", "security"})
"""Stages that look at what is installed beside the project; benchmark needs it only where there are benchmarks."""

_PATIENCE: Final = 10.0
"""Seconds that a measurement waits for GitHub to be in order, when it has to ask it what changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is known before a stage runs."""

    places: Places
    settings: Settings
    tree: WorkingTree
    project: Project
    interpreter: Interpreter
    runner: Runner
    run: RunInfo
    change: Change
    base: Base | None
    base_problem: str
    own_distributions: Mapping[str, str]


def survey(
    places: Places,
    settings: Settings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
    look_only: bool = False,
    sharing: Sharing | None = None,
) -> Survey:
    """Return what is known of the repository.

    Builds an environment for its tests where none is found, unless `look_only` forbids to build or write anything.
    With `sharing`, environments are those of a repository of which this is one checkout of several.
    Raises UsageError for a base or an interpreter that is not there.
    """
    from ratchetry.adapters.github_event import read_event
    from ratchetry.adapters.machine import runner
    from ratchetry.adapters.tree import WorkingTree
    from ratchetry.collect.discovery import discover

    tree = WorkingTree(places.root, places.output)
    project = discover(tree, settings)
    event = read_event(environ)
    git = _git_facts(places, settings, event, environ)
    interpreter = _interpreter(
        places, settings, project, tree, environ=environ, progress=progress, look_only=look_only, sharing=sharing
    )
    machine = runner(interpreter.version)
    base = git.base or _base_from_api(event, git, environ, clock)
    return Survey(
        places=places,
        settings=settings,
        tree=tree,
        project=project,
        interpreter=interpreter,
        runner=machine,
        run=_run_info(git, event, base, machine, clock),
        change=_change(base, git),
        base=base,
        base_problem="" if base else git.base_problem or git.problem,
        own_distributions=own_distributions(),
    )


def _git_facts(places: Places, settings: Settings, event: EventFacts, environ: Mapping[str, str]) -> GitFacts:
    """Return what git knows of the repository; raises UsageError for a base that was asked for and is not there."""
    from ratchetry.adapters.git import inspect

    wanted = settings.base or event.base_commit
    git = inspect(str(places.root), wanted, output_dir=str(places.output), environ=environ)
    if settings.base and git.base is None:
        msg = f"base: {settings.base}: {git.base_problem or git.problem or 'no such commit or reference'}"
        raise UsageError(msg)
    return git


def _interpreter(
    places: Places,
    settings: Settings,
    project: Project,
    tree: WorkingTree,
    *,
    environ: Mapping[str, str],
    progress: Progress,
    look_only: bool,
    sharing: Sharing | None,
) -> Interpreter:
    """Return the interpreter for the project's tests; for stages that need none, no environment is built."""
    from ratchetry.adapters.interpreter import prepare

    copies = not (look_only or settings.in_place)
    tools = _test_tools(project, tree, settings)
    if not tools and NEED_AN_ENVIRONMENT.isdisjoint(settings.stages):
        settings = replace(settings, install=False)
    with _cache(places, look_only=look_only) as cache:
        return prepare(
            project,
            settings,
            environ=tool_environment(environ),
            own_python=sys.executable,
            cache_dir=str(cache),
            scratch=lambda: str(tree.copy_to(places.scratch) if copies else places.root),
            progress=progress,
            tools=tools,
            look_only=look_only,
            sharing=sharing,
        )


@contextmanager
def _cache(places: Places, *, look_only: bool) -> Iterator[Path]:
    """Yield the cache, or, where there is none yet and none may be made, a directory that will be gone."""
    if places.cache.is_dir() or not look_only:
        yield places.cache
        return
    with TemporaryDirectory() as directory:
        yield Path(directory)


def _test_tools(project: Project, tree: WorkingTree, settings: Settings) -> tuple[str, ...]:
    """Return what the project's environment must hold for the stages that run its code."""
    from ratchetry.collect.benchmark.detection import benchmark_targets

    tests = ("pytest", "coverage") if "test" in settings.stages else ()
    benchmarks = "benchmark" in settings.stages and benchmark_targets(project, tree)
    return tuple(dict.fromkeys((*tests, *(("pytest", "pytest-benchmark") if benchmarks else ()))))


def own_distributions() -> dict[str, str]:
    """Return the versions of the tools that ratchetry brings along."""
    versions = {}
    for name in OWN_TOOLS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _run_info(git: GitFacts, event: EventFacts, base: Base | None, machine: Runner, clock: Clock) -> RunInfo:
    """Return where this run's record comes from; outside of GitHub Actions the run is named after the moment."""
    moment = clock.now()
    return RunInfo(
        repository=event.repository or git.repository,
        run_id=event.run_id or f"local-{moment:%Y%m%dT%H%M%S%f}",
        attempt=event.attempt,
        event=event.event or "local",
        workflow=event.workflow,
        commit=event.commit or git.commit,
        base_commit=base.commit if base else "",
        branch=event.branch or git.branch,
        dirty=git.dirty,
        pull_request=event.pull_request,
        started=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        runner=machine,
    )


def _change(base: Base | None, git: GitFacts) -> Change:
    """Return the files that differ from the base and the trailers of the commit."""
    files = base.files if base else {}
    return Change(
        files=tuple(
            ChangedFile(path=path, added=added, deleted=deleted) for path, (added, deleted) in sorted(files.items())
        ),
        trailers=git.trailers,
    )


def _base_from_api(event: EventFacts, git: GitFacts, environ: Mapping[str, str], clock: Clock) -> Base | None:
    """Return the base that GitHub knows when a shallow checkout does not hold it, None where it cannot be asked."""
    if not (environ.get("GITHUB_TOKEN") and event.repository and event.base_commit):
        return None
    import time

    from ratchetry.adapters.github import open_client
    from ratchetry.adapters.github.compare import compare

    name = event.repository
    try:
        with open_client(environ, repository=name, clock=clock, sleep=time.sleep, patience=_PATIENCE) as client:
            return compare(client, event.base_commit, event.commit or git.commit)
    except RatchetryError:
        return None
