"""The two sides: each checked out in a directory of its own, with what runs its benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.domain.bench import WORKING_TREE, Side, SideName
from ratchetry.domain.command import Command, Skip, Unable
from ratchetry.errors import ReportError, UsageError
from ratchetry.pipeline.environment import tool_environment
from ratchetry.pipeline.measure import context_for
from ratchetry.pipeline.survey import Places, survey
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.git import Git
    from ratchetry.adapters.worktrees import Original
    from ratchetry.collect.stage import Context

STAGE: Final = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What both sides are taken from."""

    places: Places
    settings: Settings
    environ: Mapping[str, str]
    name: str
    prefix: str
    """The directory, relative to the top of the checkout, that holds the project; empty for all of it."""
    top: Path
    original: Original
    base: Side
    head: Side

    def side(self, name: SideName) -> Side:
        """Return what was asked for as one of the sides."""
        return self.base if name == "base" else self.head


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A side that can be measured: the command that runs benchmarks, and the files that hold all of them."""

    side: Side
    context: Context
    command: Command
    targets: tuple[str, ...]
    incomplete: str = ""
    """What of the commit is kept elsewhere and therefore missing."""


def open_repository(
    places: Places, settings: Settings, *, base: str, head: str, environ: Mapping[str, str]
) -> Repository:
    """Return what both sides are taken from, without writing anything.

    Raises UsageError when it is under no version control, a reference leads nowhere, or the interpreter is not there.
    """
    from ratchetry.adapters.git import Git, repository_of
    from ratchetry.adapters.worktrees import original_of
    from ratchetry.pipeline.backfill.prepare import environment_for_commits, settings_for_commits

    git = Git(str(places.root), environ, {"GIT_NO_REPLACE_OBJECTS": "1"})
    original = original_of(git)
    top = git.line("rev-parse", "--show-toplevel")
    if not top:
        msg = f"{places.root} has no working tree to work in: name a clone of it that has one"
        raise UsageError(msg)
    return Repository(
        places=places,
        settings=replace(settings_for_commits(places, settings), stages=(STAGE,), in_place=True),
        environ=environment_for_commits(environ),
        name=repository_of(git),
        prefix=git.line("rev-parse", "--show-prefix"),
        top=Path(top),
        original=original,
        base=_side(git, base),
        head=_side(git, head),
    )


def prepare_side(
    repository: Repository,
    name: SideName,
    session: Path,
    *,
    cache: Path,
    leases: ExitStack,
    clock: Clock,
    progress: Progress,
) -> Ready:
    """Return a side, checked out below the session's directory, with an environment for what it declares.

    Raises ReportError naming the side and why its benchmarks cannot be run.
    """
    from ratchetry.adapters.fetch import HttpFetch
    from ratchetry.adapters.leases import Sharing
    from ratchetry.collect.benchmark.detection import benchmark_targets
    from ratchetry.collect.benchmark.invocation import command

    # The names of both directories are equally long: where a program lies in memory depends on the length of paths.
    home = session / name
    side = repository.side(name)
    progress.preparing(f"checking out the {name}, {side.ref}")
    try:
        side, incomplete = _checked_out(repository, side, home / "checkout")
        places = Places(root=_root(repository, home), output=home / "output", shared_cache=cache)
        sharing = Sharing(identity=str(repository.places.root), leases=leases)
        settings = repository.settings
        known = survey(places, settings, environ=repository.environ, clock=clock, progress=progress, sharing=sharing)
        context = context_for(known, STAGE, HttpFetch())
        _require_runnable(context)
    except ReportError as error:
        msg = f"{name} ({side.ref}): {error}"
        raise ReportError(msg) from error
    places.reports(STAGE).mkdir(parents=True, exist_ok=True)
    side = replace(side, environment=_environment(context))
    return Ready(
        side=side,
        context=context,
        command=command(context, ()),
        targets=benchmark_targets(context.project, context.tree),
        incomplete=incomplete,
    )


def _side(git: Git, ref: str) -> Side:
    """Return the commit that is meant; raises UsageError when there is none."""
    asked = ("HEAD",) if ref in WORKING_TREE else (ref, f"origin/{ref}")
    found = (git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") for name in asked)
    commit = next(filter(None, found), "")
    if not commit:
        what = "there is no commit yet" if ref in WORKING_TREE else f"{ref[:200]!r} is no commit or reference here"
        msg = f"{git.root}: {what}; name a commit, branch or tag of this clone, fetch it first, or . for the files here"
        raise UsageError(msg)
    return Side(ref=ref, commit=commit)


def _checked_out(repository: Repository, side: Side, place: Path) -> tuple[Side, str]:
    """Return a side whose files lie at a place now, and what of them is kept elsewhere; raises ReportError."""
    from ratchetry.adapters.worktrees import Checkout

    environ = tool_environment(repository.environ)
    checkout = Checkout(place, repository.original, environ, timeout=repository.settings.timeout)
    incomplete = checkout.move_to(side.commit)
    if side.ref in WORKING_TREE:
        commit = checkout.commit_of(repository.top)
        if commit != side.commit:
            return replace(side, uncommitted=True), checkout.move_to(commit)
    return side, incomplete


def _root(repository: Repository, home: Path) -> Path:
    """Return the directory of the project in a checkout; raises ReportError when it is not there, or leads out."""
    top = home / "checkout"
    root = top / repository.prefix
    if not root.is_dir() or not root.resolve().is_relative_to(top.resolve()):
        msg = f"this commit has no directory {repository.prefix.rstrip('/')}"
        raise ReportError(msg)
    return root


def _require_runnable(context: Context) -> None:
    """Raise ReportError when there is no benchmark, or nothing that can run it."""
    from ratchetry.collect.benchmark import plan

    planned = plan(context)
    if isinstance(planned, Skip | Unable):
        raise ReportError(planned.reason)


def _environment(context: Context) -> str:
    """Return what runs the benchmarks, in words."""
    interpreter = context.interpreter
    tools = (f"{name} {interpreter.distributions[name]}" for name in ("pytest", "pytest-benchmark"))
    return ", ".join((f"Python {interpreter.version} ({interpreter.origin})", *tools))
