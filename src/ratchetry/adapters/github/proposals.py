"""One standing pull request on a branch of our own, kept up to date in place.

| branch has the files | open pull request      | what happens                                               |
|----------------------|------------------------|------------------------------------------------------------|
| yes                  | yes, and it merges     | its title and text are brought up to date                  |
| yes                  | yes, and it conflicts  | the base is merged into the branch                         |
| yes                  | no                     | it is opened                                               |
| no                   | yes or no              | a commit is added to the branch, and a request is open     |

Nothing happens when the base has the files already, when it has other ones than the change was made from, and when a
person closed a request for exactly these files.
Where Actions may not open pull requests, the change is proposed in an issue.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.adapters.github import answers, contents, markers
from ratchetry.adapters.github.address import segment
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import PullRequestFacts
from ratchetry.adapters.github.issues import close_issue, upsert_issue
from ratchetry.adapters.github.lookup import Done
from ratchetry.adapters.github.transport import Json
from ratchetry.domain.action import CloseIssue, ProposeChange, UpsertIssue, WithdrawChange
from ratchetry.domain.fingerprint import short_hash
from ratchetry.errors import GitHubError, LostAnswerError, MissingPermissionError
from ratchetry.report.text import code_block

_TRIES: Final = 3
_SETTLING: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is wanted, and what GitHub has."""

    action: ProposeChange
    fingerprint: str
    blobs: Mapping[str, str]
    base: str
    """The commit at the head of the base branch."""
    before: Mapping[str, contents.File]
    """The files as the base has them."""

    @property
    def needless(self) -> str:
        """Return why nothing is to be done, empty where something is."""
        if all(self.before[path].blob == blob for path, blob in self.blobs.items()):
            return f"{self.action.base} has these files already"
        for path, text in sorted(self.action.expected.items()):
            known = self.before[path].blob if path in self.before else ""
            if known != contents.blob_name(text) and (known or text):
                return f"{path} has changed on {self.action.base} since: the next run looks again"
        return ""


def propose(client: GitHubClient, action: ProposeChange) -> Done:
    """Return what became of a standing pull request; raises GitHubError."""
    contents.own_branch(action.branch)
    plan = plan_of(client, action)
    if plan.needless:
        return Done(state="unchanged", url="", note=plan.needless)
    problem = GitHubError("GitHub was not asked")
    for turn in range(_TRIES):
        if turn:
            client.session.pause(_SETTLING * turn)
        try:
            done = _bring_about(client, plan)
        except MissingPermissionError:
            raise
        except GitHubError as error:
            # an answer was lost, or somebody moved the branch or opened the request in between: look again
            if error.status not in {409, 422} and not isinstance(error, LostAnswerError):
                raise
            problem = error
            continue
        # what a lost answer had done is found done
        return replace(done, state="updated") if turn and done.state == "unchanged" else done
    raise problem


def plan_of(client: GitHubClient, action: ProposeChange) -> Plan:
    """Return what is wanted and what the base branch has; raises GitHubError when there is no such branch."""
    base = contents.head_of(client, action.base)
    if not base:
        msg = f"there is no branch {action.base!r} to propose a change to"
        raise GitHubError(msg)
    files = {contents.file_path(path): text for path, text in sorted(action.files.items())}
    blobs = {path: contents.blob_name(text) for path, text in files.items()}
    return Plan(
        action=action,
        fingerprint=short_hash(
            "proposal", action.branch, action.base, *(part for row in blobs.items() for part in row)
        ),
        blobs=blobs,
        base=base,
        before={path: contents.read_file(client, path, base) for path in files},
    )


def _bring_about(client: GitHubClient, plan: Plan) -> Done:
    """Return what became of the pull request, by the table above."""
    opened, closed = _requests(client, plan.action.branch, plan.action.base)
    if opened is None and closed and _was_refused(client, closed, plan):
        return Done(state="silenced", url=closed.url)
    head = contents.head_of(client, plan.action.branch)
    current = bool(head) and all(
        contents.read_file(client, path, head).blob == blob for path, blob in plan.blobs.items()
    )
    if opened is None and current:
        try:
            return _open(client, plan)
        except GitHubError as error:
            if error.status != 422:
                raise
            # the branch was merged before: it needs a commit that the base does not have
            _commit(client, plan, head)
            return _open(client, plan)
    if opened and current and client.pull_request(opened.number).mergeable is not False:
        return _edit(client, opened, plan, changed=False)
    _commit(client, plan, head)
    return _edit(client, opened, plan, changed=True) if opened else _open(client, plan)


def _requests(client: GitHubClient, branch: str, base: str) -> tuple[PullRequestFacts | None, PullRequestFacts | None]:
    """Return the open pull request of the branch, and the last one that was closed without being merged."""
    owner = client.repository.partition("/")[0]
    rows = [
        row
        for row in client.pull_requests(head=f"{owner}:{branch}", base=base, state="all")
        # GitHub ignores a filter that it does not understand
        if row.head_ref == branch and row.head_repository == client.repository and row.base_ref == base
    ]
    opened = min((row for row in rows if row.state == "open"), key=lambda row: row.number, default=None)
    closed = max((row for row in rows if row.state != "open"), key=lambda row: row.number, default=None)
    return opened, closed if closed and not closed.merged else None


def _was_refused(client: GitHubClient, closed: PullRequestFacts, plan: Plan) -> bool:
    """Tell whether a pull request of ours for exactly these files was closed without being merged."""
    return markers.fingerprint_of(closed.body) == plan.fingerprint and client.is_ours(closed.author)


def _commit(client: GitHubClient, plan: Plan, head: str) -> None:
    """Add a commit to the branch, after what it has and what the base has, so that it always moves forward."""
    parents = (head, plan.base) if head and head != plan.base else (plan.base,)
    files = dict(plan.action.files)
    commit = contents.commit_files(client, parents, plan.base, files, plan.action.message)
    contents.move_branch(client, plan.action.branch, commit, new=not head)


def _open(client: GitHubClient, plan: Plan) -> Done:
    """Return the new pull request, or the issue that stands for it where Actions may not open one."""
    body: dict[str, Json] = {**_texts(plan), "head": plan.action.branch, "base": plan.action.base}
    try:
        row = client.session.write("POST", f"{client.base}/pulls", answers.PullRequest, body).facts()
    except MissingPermissionError as error:
        return _fall_back(client, plan, str(error))
    if not client.is_ours(row.author):
        client.author = row.author
    note = _withdraw_issue(client, plan, row.number)
    return Done(state="created", url=row.url, note=note)


def withdraw(client: GitHubClient, action: WithdrawChange) -> Done:
    """Return what became of the pull request that has nothing to propose any more; a person's stays.

    Its marker goes first, so that it is not taken for one that a person has refused.  Raises GitHubError.
    """
    opened, _ = _requests(client, contents.own_branch(action.branch), action.base)
    if opened is None or not client.is_ours(opened.author):
        return Done(state="unchanged", url=opened.url if opened else "")
    path = f"{client.base}/pulls/{segment(opened.number)}"
    body: dict[str, Json] = {"body": action.comment, "state": "closed"}
    row = client.session.write("PATCH", path, answers.PullRequest, body).facts()
    return Done(state="updated", url=row.url)


def _edit(client: GitHubClient, row: PullRequestFacts, plan: Plan, *, changed: bool) -> Done:
    """Return an open pull request with its texts brought up to date; those of a person's request stay."""
    texts = _texts(plan)
    same = row.title.strip() == texts["title"] and markers.same_text(row.body, texts["body"])
    if not same and client.is_ours(row.author):
        path = f"{client.base}/pulls/{segment(row.number)}"
        client.session.write("PATCH", path, answers.PullRequest, dict(texts))
        changed = True
    return Done(state="updated" if changed else "unchanged", url=row.url)


def _texts(plan: Plan) -> dict[str, str]:
    """Return the title and body of the pull request."""
    return {"title": markers.title(plan.action.title), "body": markers.marked(plan.fingerprint, plan.action.body)}


def _issue_fingerprint(plan: Plan) -> str:
    """Return the fingerprint of the issue that stands for the pull request."""
    return short_hash("proposal as an issue", plan.action.branch, plan.action.base)


def _fall_back(client: GitHubClient, plan: Plan, problem: str) -> Done:
    """Return the issue that proposes the change, with its difference and the branch that holds it."""
    action = plan.action
    difference = "".join(_difference(path, plan.before[path], text) for path, text in sorted(action.files.items()))
    body = (
        f"{action.body.rstrip()}\n\n"
        f"GitHub Actions may not open pull requests here. The change is on the branch `{action.branch}`: open a pull "
        f"request from it to `{action.base}`, or let an administrator allow Actions to create pull requests.\n\n"
        f"{code_block(difference)}\n"
    )
    issue = UpsertIssue(fingerprint=_issue_fingerprint(plan), title=action.title, body=body)
    try:
        done = upsert_issue(client, issue)
    except MissingPermissionError as error:
        msg = f"{problem}; the change waits on the branch {action.branch}, and no issue can tell of it ({error})"
        raise MissingPermissionError(msg) from error
    return Done(state=done.state, url=done.url, note=f"proposed in an issue: {problem}")


def _withdraw_issue(client: GitHubClient, plan: Plan, number: int) -> str:
    """Close the issue that stood for the pull request, now that there is one; return why that was not possible."""
    action = CloseIssue(fingerprint=_issue_fingerprint(plan), comment=f"Proposed in #{number}.")
    try:
        close_issue(client, action)
    except MissingPermissionError:
        return ""  # who may not write issues has written none
    except GitHubError as error:
        return f"the issue that stood for it may still be open: {error}"
    return ""


def _difference(path: str, before: contents.File, text: str) -> str:
    """Return how a file would change, as a unified diff."""
    if before.text is None:
        return f"{path}: cannot be shown\n"
    old, new = before.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, f"a/{path}" if before.blob else "/dev/null", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
