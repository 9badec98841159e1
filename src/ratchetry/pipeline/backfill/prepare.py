"""Gathering what a backfill needs to know: the commits in question, what the history holds, what checkouts borrow."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from ratchetry.domain.commit import Branch, Commit, Tags
from ratchetry.domain.record import RunRecord
from ratchetry.errors import UsageError
from ratchetry.pipeline.backfill.plan import Plan, Thinning, moment_of, planned, since, thinned
from ratchetry.pipeline.survey import Places
from ratchetry.ports import History
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.git import Git
    from ratchetry.adapters.worktrees import Original

_FOREIGN: Final = frozenset({"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"})
"""An activated environment holds what today's sources need, not what a past commit declares."""

_MARGIN: Final = 2 * 3600
"""Seconds by which the moment of a run may be after that of its commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All commits of the branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The commits of the branch since a moment."""

    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """The commits of the tags that match a glob."""

    glob: str


Range = Whole | Since | Tagged


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for."""

    range: Range
    thinning: Thinning
    stages: tuple[str, ...]
    ref: str = ""
    """The branch; by default the one that origin calls its default."""
    retry_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that is known before the first commit is measured."""

    plan: Plan
    places: Places
    settings: Settings
    environ: Mapping[str, str]
    repository: str
    prefix: str
    original: Original
    branch: str
    left_out: tuple[str, ...]
    """Tags that lead to no commit."""
    cut_off: str
    """Why there are fewer commits than were asked for, empty when there are not."""

    @property
    def work(self) -> Path:
        """Return the directory that the whole work is done in, and that is gone afterwards."""
        return self.places.output / "work" / "backfill"

    @property
    def cache(self) -> Path:
        """Return the cache: apart from that of runs, whose environments it would displace."""
        return self.places.cache / "backfill"

    @property
    def mark(self) -> str:
        """Return the name of a variable by which the processes of a killed backfill of this directory are known."""
        return f"RATCHETRY_BACKFILL_{hashlib.sha256(os.fsencode(self.work)).hexdigest()[:16]}"


def prepare(
    places: Places, settings: Settings, request: Request, history: History, environ: Mapping[str, str]
) -> Prepared:
    """Return what is to be done and all that it needs, without writing anything.

    Raises UsageError when the directory is under no version control, has no commits, or the interpreter is not there.
    """
    from ratchetry.adapters.git import Git, repository_of
    from ratchetry.adapters.git_log import read_branch
    from ratchetry.adapters.worktrees import original_of

    git = Git(str(places.root), environ, {"GIT_NO_REPLACE_OBJECTS": "1"})
    original = original_of(git)
    _require_room(git, places)
    branch = read_branch(git, request.ref)
    tags = _tags(git, request.range)
    commits = thinned(_in_range(branch, tags, request.range), request.thinning)
    records = _records(history, (commit.committed for commit in commits))
    return Prepared(
        plan=planned(
            commits,
            branch.commits,
            branch.name,
            stages=request.stages,
            records=records,
            retry_failed=request.retry_failed,
        ),
        places=places,
        settings=settings_for_commits(places, settings),
        environ=environment_for_commits(environ),
        repository=repository_of(git),
        prefix=git.line("rev-parse", "--show-prefix"),
        original=original,
        branch=branch.name,
        left_out=tags.left_out,
        cut_off=branch.cut_off,
    )


def _require_room(git: Git, places: Places) -> None:
    """Raise UsageError when the output would go into the files of a bare repository."""
    bare = git.line("rev-parse", "--is-bare-repository") == "true"
    if bare and places.output.is_relative_to(places.root):
        msg = f"{places.root} is a bare repository: name a directory outside of it with --output-dir"
        raise UsageError(msg)


def _tags(git: Git, wanted: Range) -> Tags:
    """Return the tags in question, none when commits are asked for."""
    from ratchetry.adapters.git_log import read_tags

    return read_tags(git, wanted.glob) if isinstance(wanted, Tagged) else Tags(commits=())


def _in_range(branch: Branch, tags: Tags, wanted: Range) -> tuple[Commit, ...]:
    """Return the commits in question, newest first; those of tags that stand on the branch know what they declare."""
    match wanted:
        case Whole():
            return branch.commits
        case Since(moment=moment):
            return since(branch.commits, moment)
        case Tagged():
            known = {commit.sha: commit for commit in branch.commits}
            found = [known.get(commit.sha, commit) for commit in tags.commits]
            return tuple(sorted(found, key=lambda commit: (-commit.committed, commit.sha)))
        case _:
            assert_never(wanted)


def _records(history: History, committed: Iterable[int]) -> Iterable[RunRecord]:
    """Return the runs that the commits may have already."""
    seconds = sorted(committed)
    if not seconds:
        return ()
    return history.records(moment_of(max(0, seconds[0])), moment_of(seconds[-1] + _MARGIN))


def settings_for_commits(places: Places, settings: Settings) -> Settings:
    """Return the settings that hold for every commit: today's; raises UsageError when the interpreter is not there."""
    python = settings.python
    if python:
        import shutil

        found = shutil.which(python) or next(
            (str(place) for place in (places.root / python, Path(python).expanduser().absolute()) if place.exists()), ""
        )
        if not found:
            msg = f"python: there is no interpreter {python!r}; give the path of one, or of a virtual environment"
            raise UsageError(msg)
        python = str(Path(found).absolute())
    return replace(settings, python=python, base="", in_place=False, thresholds=Settings().thresholds)


def environment_for_commits(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what speaks of this checkout, this job or today's environment."""
    return {
        name: value
        for name, value in environ.items()
        if name not in _FOREIGN and not name.startswith(("GITHUB_", "RATCHETRY_"))
    }
