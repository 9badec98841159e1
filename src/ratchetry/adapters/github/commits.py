"""Commits straight to a branch that is not ours, for those who asked for them in place of proposals.

The branch only ever moves forward: GitHub refuses a commit that does not follow what the branch points at, and a file
that somebody changed in between is left as it is.  Where the branch takes no commit at all, the change is proposed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ratchetry.adapters.github import contents
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.lookup import Done
from ratchetry.adapters.github.proposals import Plan, plan_of, propose, withdraw
from ratchetry.domain.action import CommitFiles, ProposeChange, WithdrawChange
from ratchetry.errors import GitHubError, LostAnswerError

_TRIES: Final = 3
_SETTLING: Final = 2.0
_NOT_TAKEN: Final = frozenset({403, 409, 422})
"""What GitHub answers where a rule protects the branch, and where a commit does not follow it."""


def commit(client: GitHubClient, action: CommitFiles) -> Done:
    """Return what became of a commit to the base, or of the proposal in its place; raises GitHubError."""
    change = action.change
    contents.own_branch(action.otherwise.branch)
    done = _committed(client, change)
    if isinstance(done, GitHubError):
        proposed = propose(client, action.otherwise)
        return replace(proposed, note=f"{change.base} takes no commit, so it is proposed: {done}")
    match action.besides:
        case ProposeChange():
            besides = propose(client, action.besides)
        case WithdrawChange():
            besides = withdraw(client, action.besides)
    return replace(
        done, state="updated" if "updated" in {done.state, besides.state} else besides.state, url=besides.url
    )


def _committed(client: GitHubClient, change: ProposeChange) -> Done | GitHubError:
    """Return what became of a commit to the base, or why the branch takes none; raises GitHubError."""
    problem = GitHubError("GitHub was not asked")
    for turn in range(_TRIES):
        if turn:
            client.session.pause(_SETTLING * turn)
        plan = plan_of(client, change)
        if plan.needless:
            arrived = isinstance(problem, LostAnswerError)
            return Done(state="updated" if arrived else "unchanged", url="", note="" if arrived else plan.needless)
        refused = _refusal(client, plan)
        if refused is None:
            return Done(state="updated", url="")
        problem = refused
        if not isinstance(problem, LostAnswerError) and contents.head_of(client, change.base) == plan.base:
            break  # nobody has pushed in between: the branch takes no commit
    return problem


def _refusal(client: GitHubClient, plan: Plan) -> GitHubError | None:
    """Return why the base did not take the commit, None when it did; raises GitHubError for any other failure."""
    change = plan.action
    made = contents.commit_files(client, (plan.base,), plan.base, dict(change.files), change.message)
    try:
        contents.advance(client, change.base, made)
    except GitHubError as error:
        if error.status not in _NOT_TAKEN and not isinstance(error, LostAnswerError):
            raise
        return error
    return None
