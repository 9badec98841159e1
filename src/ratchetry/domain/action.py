"""Actions: what should be done on GitHub, as values; the only way from a decision to an effect.

Each names what it is about by a fingerprint, so that doing it twice, or after a lost answer, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertComment:
    """Write the one comment of a fingerprint on a pull request or issue, or edit the one that is there."""

    number: int
    fingerprint: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshComment:
    """Edit the one comment of a fingerprint, where there is one; write none."""

    number: int
    fingerprint: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertIssue:
    """Open the one issue of a fingerprint, reopen it when it was closed as completed, or edit the one that is open.

    One that a person closed as not planned stays closed.
    """

    fingerprint: str
    title: str
    body: str
    labels: tuple[str, ...] = ("ratchetry",)
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIssue:
    """Close the issue of a fingerprint as completed, with a last comment that says why."""

    fingerprint: str
    comment: str
    label: str = "ratchetry"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeChange:
    """Keep one standing pull request, on a branch of our own, whose files are these."""

    branch: str
    base: str
    title: str
    body: str
    message: str
    """The commit's message."""
    files: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)
    """What the change was made from, by path, empty for a file that was not there.

    Where the base has something else by now, nothing is done: it would take back what somebody else has changed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawChange:
    """Close the standing pull request from a branch of our own: nothing is left to propose."""

    branch: str
    base: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFiles:
    """Commit the files of a change to its base; where the branch takes no commit, propose another in its place."""

    change: ProposeChange
    besides: ProposeChange | WithdrawChange
    """What is never committed without anybody having looked, or that there is nothing of it."""
    otherwise: ProposeChange
    """All of it, which is proposed where the branch takes no commit."""


Action = UpsertComment | RefreshComment | UpsertIssue | CloseIssue | ProposeChange | WithdrawChange | CommitFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What became of one action: done, unchanged, or failed and why; a failed one warns, it changes no verdict."""

    action: Action
    state: Literal["created", "updated", "unchanged", "silenced", "failed"]
    url: str = ""
    problem: str = ""
