"""Carrying out actions on GitHub, one after the other; what fails is said, and changes no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.comments import write_comment
from ratchetry.adapters.github.commits import commit
from ratchetry.adapters.github.issues import close_issue, upsert_issue
from ratchetry.adapters.github.lookup import Done
from ratchetry.adapters.github.proposals import propose, withdraw
from ratchetry.domain.action import (
    Action,
    CloseIssue,
    CommitFiles,
    Effect,
    ProposeChange,
    RefreshComment,
    UpsertComment,
    UpsertIssue,
    WithdrawChange,
)
from ratchetry.errors import RatchetryError


def apply(actions: Sequence[Action], client: GitHubClient) -> tuple[Effect, ...]:
    """Return what became of each action; never raises for what GitHub refuses or does not answer."""
    return tuple(_effect(action, client) for action in actions)


def _effect(action: Action, client: GitHubClient) -> Effect:
    """Return what became of one action; nothing of it is begun when it does not fit into the hour's requests."""
    try:
        count, what = _cost(action)
        client.budget.require(count, what)
        done = _carry_out(action, client)
    except RatchetryError as error:
        return Effect(action=action, state="failed", problem=str(error))
    return Effect(action=action, state=done.state, url=done.url, problem=done.note)


def _carry_out(action: Action, client: GitHubClient) -> Done:
    """Return what became of an action; raises RatchetryError."""
    match action:
        case UpsertComment() | RefreshComment():
            return write_comment(client, action)
        case UpsertIssue():
            return upsert_issue(client, action)
        case CloseIssue():
            return close_issue(client, action)
        case ProposeChange():
            return propose(client, action)
        case WithdrawChange():
            return withdraw(client, action)
        case CommitFiles():
            return commit(client, action)
    assert_never(action)


def _cost(action: Action) -> tuple[int, str]:
    """Return about how many requests an action takes, and what it is called."""
    match action:
        case UpsertComment() | RefreshComment():
            return 3, "a comment"
        case UpsertIssue():
            return 4, "an issue"
        case CloseIssue():
            return 4, "closing an issue"
        case ProposeChange():
            return 12 + 2 * len(action.files), "a pull request"
        case WithdrawChange():
            return 2, "closing a pull request"
        case CommitFiles(change=change):
            return 30 + 5 * len(change.files), "a commit"
    assert_never(action)
