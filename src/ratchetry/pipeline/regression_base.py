"""Which commit a run is compared with, and which of the measured ones stands for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.adapters.git import Git
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunInfo
from ratchetry.domain.regression import BaseFound
from ratchetry.errors import NotMeasuredError, UsageError
from ratchetry.pipeline.lookup import find_run

MOST: Final = 50_000
"""Commits before the base that are looked through for measured ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestry:
    """A base, and its ancestors and itself by how far they are behind it; None where git does not know them."""

    commit: str
    places: Mapping[str, int] | None
    note: str = ""


def ancestry_of(git: Git, head: RunInfo, branch: str) -> Ancestry:
    """Return the base of a run: where it left the branch, or the commit before it on the branch itself.

    A change that is not committed is compared with the commit that it was made on.
    """
    tip = _commit(git, f"origin/{branch}") or _commit(git, branch)
    here = _commit(git, head.commit) if head.commit else ""
    if not here or not tip:
        what = f"git does not know {head.commit[:12]}" if head.commit else "the run does not say which commit it is of"
        return _by_time(what if not here else f"git does not know the branch {branch!r}")
    merged = git.line("merge-base", here, tip)
    recorded = _commit(git, head.base_commit) if head.base_commit else ""
    if recorded and not head.dirty and _is_ancestor(git, recorded, here) and _is_ancestor(git, recorded, tip):
        return _ancestors(git, recorded, head)
    if merged and (merged != here or head.dirty):
        return _ancestors(git, merged, head)
    before = _commit(git, f"{here}^1")
    if not before:
        return _by_time(f"{here[:12]} has no commit before it in this clone")
    return _ancestors(git, before, head)


def ancestry_named(git: Git, head: RunInfo, wanted: str, history: HistoryDirectory) -> Ancestry:
    """Return the base that was named: where the run left a branch, a tag or a commit, or the commit of another run.

    Raises UsageError when there is neither such a commit nor such a run.
    """
    target = _commit(git, wanted) or _commit(git, f"origin/{wanted}")
    if not target:
        target = _of_run(history, wanted)
    here = _commit(git, head.commit) if head.commit else ""
    merged = git.line("merge-base", here, target) if here else ""
    if merged == here and here and not head.dirty:
        before = _commit(git, f"{here}^1")
        note = f"the run is of {wanted} itself or of a commit before it: the base is the commit before the run's"
        return _ancestors(git, before, head, note) if before else _by_time(note)
    return _ancestors(git, merged or target, head)


def found_base(ancestry: Ancestry, measured: Collection[str], git: Git) -> BaseFound:
    """Return the base with the nearest commit that was measured; raises NotMeasuredError when there is none."""
    places = ancestry.places
    if places is None:
        return BaseFound(commit="", measured="", note=ancestry.note)
    known = [commit for commit in measured if commit in places]
    if not known:
        msg = (
            f"no run of the base {ancestry.commit[:12]} or of a commit before it: nothing to compare with; "
            "`ratchetry history backfill` measures old commits, --base names another one"
        )
        raise NotMeasuredError(msg)
    nearest = min(known, key=lambda commit: places[commit])
    between = git.line("rev-list", "--count", f"{nearest}..{ancestry.commit}") if nearest != ancestry.commit else "0"
    behind = int(between) if between.isdecimal() else places[nearest]
    return BaseFound(commit=ancestry.commit, measured=nearest, behind=behind, note=ancestry.note)


def _of_run(history: HistoryDirectory, wanted: str) -> str:
    """Return the commit of a run; raises UsageError when there is none of that name."""
    try:
        commit = find_run(history, wanted).record.run.commit
    except UsageError as error:
        msg = f"{wanted!r}: neither a commit, branch or tag of this clone nor a run of the history; {error}"
        raise UsageError(msg) from error
    if not commit:
        msg = f"{wanted!r}: that run does not say which commit it is of"
        raise UsageError(msg)
    return commit


def _ancestors(git: Git, commit: str, head: RunInfo, note: str = "") -> Ancestry:
    """Return a base with its ancestors."""
    rows = (git.output("rev-list", f"--max-count={MOST}", "--end-of-options", commit, "--") or b"").decode().split()
    if not rows:
        # a commit that this clone does not have may have been measured all the same
        return Ancestry(commit=commit, places={commit: 0}, note=note)
    places = {sha: place for place, sha in enumerate(rows) if sha != head.commit or head.dirty}
    return Ancestry(commit=commit, places=places, note=note)


def _by_time(why: str) -> Ancestry:
    """Return that the base is what was measured before."""
    return Ancestry(commit="", places=None, note=f"{why}: compared with the runs before it, by their time")


def _commit(git: Git, ref: str) -> str:
    """Return the commit that a reference stands for, empty when it is not here."""
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")


def _is_ancestor(git: Git, commit: str, of: str) -> bool:
    """Tell whether a commit is before another one, and not the same."""
    return commit != of and git.outcome("merge-base", "--is-ancestor", commit, of).exit_code == 0
