"""Vetting: tests are run again and again in a scratch copy, in shuffled orders and alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ratchetry.analyze.flaky.vetting import MOST_ALONE, REPLAYS, Round, doubtful, to_repeat, vetted
from ratchetry.collect.stage import Context
from ratchetry.collect.test import STAGE
from ratchetry.collect.test.junit_report import read_junit
from ratchetry.collect.test.suite_ending import why_inconsistent, why_unfinished
from ratchetry.collect.test.vetting import defined_tests, shuffled
from ratchetry.domain.command import Unable
from ratchetry.domain.vetting import VetReport
from ratchetry.errors import ReportError, UsageError
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.measure import context_for
from ratchetry.pipeline.run import alone_in
from ratchetry.pipeline.survey import Places, Survey, survey
from ratchetry.ports import Clock, Progress, ToolRunner
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.git import Git

_STAGE = "test"
_NAME = "vet"


@dataclass(frozen=True, slots=True, kw_only=True)
class VetRequest:
    """What to vet: tests by identifier, file or directory, those that are new since the base, or, without, all."""

    tests: tuple[str, ...] = ()
    new: bool = False
    rounds: int = 10
    seed: int
    whole_suite: bool = False
    """Whether the whole suite runs along; otherwise the files of the tests do."""


@dataclass(slots=True, kw_only=True)
class _Vetting:
    """The state of one vetting: what has been run so far, and what could not be."""

    known: Survey
    context: Context
    runner: ToolRunner
    clock: Clock
    progress: Progress
    ends: float
    rounds: list[Round] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def vet(
    places: Places,
    settings: Settings,
    request: VetRequest,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> VetReport:
    """Return what running tests again and again says of them.

    Raises UsageError, ConfigError or StateError for what the user must mend, ReportError when no test can be run.
    """
    began = clock.monotonic()
    only = replace(settings, stages=(_STAGE,))
    with alone_in(places):
        known = survey(places, only, environ=environ, clock=clock, progress=progress)
        wanted = _new_tests(known, environ) if request.new else request.tests
        if request.new and not wanted:
            return VetReport(seed=request.seed, rounds=0, seconds=clock.monotonic() - began)
        work = _prepared(known, environ=environ, clock=clock, progress=progress, ends=began + settings.timeout)
        company = () if request.whole_suite else tuple(dict.fromkeys(test.partition("::")[0] for test in wanted))
        _rounds(work, request, company or settings.tests)
        tests = _chosen(work, wanted)
        _repetitions(work, tests, company or settings.tests)
    return VetReport(
        seed=request.seed,
        rounds=request.rounds,
        seconds=round(clock.monotonic() - began, 3),
        tests=tuple(vetted(test, work.rounds) for test in tests),
        problems=tuple(dict.fromkeys(work.problems)),
    )


def _prepared(known: Survey, *, environ: Mapping[str, str], clock: Clock, progress: Progress, ends: float) -> _Vetting:
    """Return what is needed to run tests; raises ReportError when none can be run here."""
    from ratchetry.adapters.fetch import HttpFetch
    from ratchetry.adapters.process import ProcessRunner

    context = context_for(known, _NAME, HttpFetch())
    plan = STAGE.plan(context)
    if isinstance(plan, Unable):
        raise ReportError(plan.reason)
    places = known.places
    places.reports(_NAME).mkdir(parents=True, exist_ok=True)
    runner = ProcessRunner(
        directories={"repository": str(places.root), "scratch": context.scratch}, environ=tool_environment(environ)
    )
    return _Vetting(known=known, context=context, runner=runner, clock=clock, progress=progress, ends=ends)


def _rounds(work: _Vetting, request: VetRequest, company: Sequence[str]) -> None:
    """Run the tests in as many orders as were asked for."""
    for number in range(request.rounds):
        seed = request.seed + number
        _run(work, company, seed, seed, f"round {number + 1} of {request.rounds}, seed {seed}")


def _repetitions(work: _Vetting, tests: Sequence[str], company: Sequence[str]) -> None:
    """Repeat orders in which tests failed and passed, and run the tests that failed alone."""
    for seed in to_repeat(work.rounds, tests):
        for again in range(1, REPLAYS + 1):
            # another order of sets: what fails again then does so for the order of the tests
            _run(work, company, seed, seed + 1_000_003 * again, f"seed {seed} again, {again} of {REPLAYS}")
    suspects = doubtful(work.rounds, tests)
    for test in suspects[:MOST_ALONE]:
        for again in range(1, REPLAYS + 1):
            _run(work, (test,), None, again, f"{test} alone, {again} of {REPLAYS}")
    if len(suspects) > MOST_ALONE:
        work.problems.append(f"{len(suspects) - MOST_ALONE} more tests that failed were not run alone")


def _run(work: _Vetting, tests: Sequence[str], seed: int | None, hash_seed: int, what: str) -> None:
    """Run tests once, from a fresh copy of the repository, and keep how they ended or why that is not known."""
    from ratchetry.adapters.tree import WorkingTree

    left = work.ends - work.clock.monotonic()
    if left <= 0:
        work.problems.append("the time was up before everything had been run; --timeout gives more")
        return
    work.progress.preparing(what)
    places = work.known.places
    if not work.known.settings.in_place:
        WorkingTree(places.root, places.output).copy_to(places.scratch)
    outcome = work.runner(shuffled(work.context, tests, seed=seed or 0, hash_seed=hash_seed), left)
    problem = why_unfinished(outcome)
    cases = read_junit(outcome.report, frozenset(work.known.project.files)) if outcome.report else ()
    problem = problem or why_inconsistent(outcome, cases)
    if problem:
        work.problems.append(f"{what}: {problem}")
        return
    work.rounds.append(Round(seed=seed, outcomes={case.id: case.outcome for case in cases}))


def _chosen(work: _Vetting, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the tests that are vetted, among those that ran; what names none of them is among them, not run."""
    seen = dict.fromkeys(test for one in work.rounds for test in one.outcomes)
    if not wanted:
        return tuple(sorted(seen))
    found: dict[str, None] = {}
    for name in wanted:
        matches = [test for test in seen if is_of(test, name)]
        found |= dict.fromkeys(matches or ([name] if work.rounds else []))
    return tuple(sorted(found))


def is_of(test: str, name: str) -> bool:
    """Tell whether a test is that of a name, a case of it, or in the class, file or directory of it."""
    plain = name.rstrip("/").removeprefix("./")
    return test == plain or any(test.startswith(f"{plain}{mark}") for mark in ("[", "::", "/"))


def _new_tests(known: Survey, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the test functions that the changes since the base add; raises UsageError without a base."""
    from ratchetry.adapters.git import Git

    if known.base is None:
        msg = f"--new: there is nothing to compare with: {known.base_problem or 'no base commit'}; name one with --base"
        raise UsageError(msg)
    git = Git(str(known.places.root), environ)
    return tuple(_added(known, git, known.base.commit))


def _added(known: Survey, git: Git, commit: str) -> Iterator[str]:
    """Yield the tests that changed files define and the same files of a commit did not."""
    for path in sorted(known.base.files if known.base else ()):
        if not _is_test_file(path) or not known.tree.exists(path):
            continue
        now = defined_tests(known.tree.read(path))
        before = defined_tests(git.output("show", f"{commit}:./{path}") or b"")
        yield from (f"{path}::{name}" for name in sorted(now - before))


def _is_test_file(path: str) -> bool:
    """Tell whether pytest or unittest would look for tests in a file."""
    name = PurePosixPath(path).name
    return any(fnmatchcase(name, pattern) for pattern in ("test*.py", "*_test.py"))


def relative_tests(root: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Return tests named from the root of the repository; raises UsageError for a file that is not there."""
    for test in tests:
        path = test.partition("::")[0]
        if not (root / path).exists():
            msg = f"{path}: no such file in {root}; name tests as `ratchetry flaky` shows them"
            raise UsageError(msg)
    return tuple(tests)
