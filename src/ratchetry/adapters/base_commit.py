"""The commit whose files are what was agreed on: a change is held to what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.adapters.default_branch import default_branch
from ratchetry.adapters.git import Git
from ratchetry.adapters.github_event import EventFacts

_QUEUE: Final = "merge_group"
_DEEPER: Final = "let actions/checkout fetch the history (fetch-depth: 0, or at least 2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseCommit:
    """The commit, empty where there is none, and why not where there should be one.

    `agreed` tells that the checkout itself is the default branch's.
    """

    commit: str = ""
    problem: str = ""
    agreed: bool = False


def base_commit(root: str, environ: Mapping[str, str], event: EventFacts, wanted: str = "") -> BaseCommit:
    """Return the commit that a checkout is a change of; `wanted` is what a person on a laptop compares with.

    What the event or the merge commit says goes before all else: the settings come with the change.
    """
    git = Git(root, environ)
    head = _commit(git, "HEAD")
    if not head:
        return BaseCommit()
    if event.event.startswith("pull_request") or event.event == _QUEUE:
        merged = _commit(git, "HEAD^1") if head == event.commit and _commit(git, "HEAD^2") else ""
        found = merged or _commit(git, event.base_commit)
        named = event.base_commit[:12] or "of the pull request"
        return BaseCommit(commit=found, problem="" if found else f"the base {named} is not in this clone; {_DEEPER}")
    default = event.default_branch or default_branch(root, environ)
    branch = event.branch or git.line("symbolic-ref", "--quiet", "--short", "HEAD")
    agreed = bool(branch) and branch == default
    places = _agreed(git, event, head, default) if agreed else _before(git, event, head, default, wanted)
    found = next((commit for commit in places if commit), "")
    missing = bool(branch) and not found
    return BaseCommit(
        commit=found,
        problem=f"no commit of {default or 'the default branch'} is in this clone; {_DEEPER}" if missing else "",
        agreed=agreed,
    )


def file_at(root: str, environ: Mapping[str, str], commit: str, path: str) -> bytes | None:
    """Return a file as it stands in a commit, by its path below `root`; None where there is none."""
    return Git(root, environ).output("cat-file", "blob", f"{commit}:./{path}")


def _agreed(git: Git, event: EventFacts, head: str, default: str) -> Iterator[str]:
    """Yield the commits that were the default branch's before, and its own where nothing is to come."""
    yield _commit(git, event.base_commit)
    fork = _fork(git, head, f"origin/{default}")
    yield "" if fork == head else fork
    yield head


def _before(git: Git, event: EventFacts, head: str, default: str, wanted: str) -> Iterator[str]:
    """Yield the commits that may be the base of another branch, the most telling one first."""
    if not event.event and wanted:
        yield _fork(git, head, wanted)
    for name in (f"origin/{default}", default) if default else ():
        yield _fork(git, head, name)
    yield _commit(git, event.base_commit)


def _fork(git: Git, head: str, name: str) -> str:
    """Return the commit at which HEAD left another branch or commit, empty when either is not here."""
    target = _commit(git, name) or _commit(git, f"origin/{name}")
    return git.line("merge-base", head, target) if target else ""


def _commit(git: Git, name: str) -> str:
    """Return the commit of a name, empty when there is none."""
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") if name else ""
