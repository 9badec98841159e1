"""The one issue of a fingerprint: opened, edited, reopened, closed, or left alone because a person said so.

| the oldest issue of the fingerprint | wanted open                                   | wanted closed          |
|-------------------------------------|-----------------------------------------------|------------------------|
| there is none                       | created                                       | nothing                |
| open                                | edited when its text differs                  | commented and closed   |
| closed as completed                 | reopened and edited                           | nothing                |
| closed as not planned or duplicate  | silenced: a person does not want it           | nothing                |

Later issues of the same fingerprint, which only jobs that raced each other can have left, are closed as duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ratchetry.adapters.github import answers, markers
from ratchetry.adapters.github.address import segment
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.comments import upsert_comment
from ratchetry.adapters.github.facts import IssueFacts
from ratchetry.adapters.github.lookup import Created, Done, edit, once
from ratchetry.adapters.github.session import read
from ratchetry.adapters.github.transport import Json
from ratchetry.domain.action import CloseIssue, UpsertIssue
from ratchetry.domain.fingerprint import short_hash
from ratchetry.errors import GitHubError

UNWANTED = frozenset({"not_planned", "duplicate"})


def upsert_issue(client: GitHubClient, action: UpsertIssue) -> Done:
    """Return what became of the one issue of a fingerprint that should be open; raises GitHubError."""
    wanted = {"title": markers.title(action.title), "body": markers.marked(action.fingerprint, action.body)}
    label = action.labels[0] if action.labels else ""
    return once(
        client,
        find=lambda: _ours(client, action.fingerprint, label),
        create=lambda: _create(client, wanted, action),
        settle=lambda rows: _settle(client, rows, wanted),
    )


def close_issue(client: GitHubClient, action: CloseIssue) -> Done:
    """Return what became of the issue of a fingerprint that should be closed; raises GitHubError."""
    opened = [row for row in _labelled(client, action.fingerprint, action.label) if row.state == "open"]
    if not opened:
        return Done(state="unchanged", url="")
    kept, *extra = opened
    # the comment is one of its kind as well, so that a second try does not write it again
    last_words = short_hash("closed", action.fingerprint, action.comment)
    upsert_comment(client, kept.number, last_words, action.comment)
    for row in extra:
        _close(client, row, "duplicate")
    return Done(state="updated", url=_close(client, kept, "completed"))


def _ours(client: GitHubClient, fingerprint: str, label: str) -> tuple[IssueFacts, ...]:
    """Return our issues of a fingerprint, oldest first: by their label or, when somebody took it off, by author.

    GitHub's search would be shorter, but it learns of new issues only after a while.
    """
    labelled = _labelled(client, fingerprint, label) if label else ()
    try:
        return labelled or _listed(client, fingerprint, {"creator": client.own_login()})
    except GitHubError as error:
        if error.status != 422:
            raise
        return ()  # GitHub does not know the account as one that writes issues


def _labelled(client: GitHubClient, fingerprint: str, label: str) -> tuple[IssueFacts, ...]:
    """Return our issues of a fingerprint that have a label, oldest first."""
    return _listed(client, fingerprint, {"labels": label})


def _listed(client: GitHubClient, fingerprint: str, query: Mapping[str, str]) -> tuple[IssueFacts, ...]:
    """Return our issues of a fingerprint in a list, oldest first."""
    rows = listed_issues(client, {"state": "all", **query})
    return tuple(row for row in rows if markers.fingerprint_of(row.body) == fingerprint and client.is_ours(row.author))


def listed_issues(client: GitHubClient, query: Mapping[str, str]) -> tuple[IssueFacts, ...]:
    """Return the issues in a list, oldest first; GitHub's lists of issues hold pull requests as well."""
    path = f"{client.base}/issues"
    rows = (
        row.facts()
        for page in client.session.pages(path, query)
        for row in read(page.text, tuple[answers.Issue, ...], path)
        if row.pull_request is None
    )
    found = {row.number: row for row in rows}
    return tuple(found[number] for number in sorted(found))


def _create(client: GitHubClient, wanted: Mapping[str, str], action: UpsertIssue) -> Created:
    """Return the new issue, which has its labels: GitHub drops them silently when it finds them unfit."""
    labels: list[Json] = list(action.labels)
    body: dict[str, Json] = {**wanted, "labels": labels}
    path = f"{client.base}/issues"
    assignees: list[Json] = list(action.assignees)
    try:
        row = client.session.write("POST", path, answers.Issue, {**body, "assignees": assignees}).facts()
    except GitHubError as error:
        if error.status != 422 or not assignees:
            raise
        # one of them left the repository: an issue without them is better than none
        row = client.session.write("POST", path, answers.Issue, body).facts()
    if not set(action.labels) <= set(row.labels):
        client.session.write(
            "POST", f"{path}/{segment(row.number)}/labels", list[answers.Named], {"labels": labels}, harmless=True
        )
    return Created(url=row.url, author=row.author)


def _settle(client: GitHubClient, rows: Sequence[IssueFacts], wanted: Mapping[str, str]) -> Done:
    """Return what became of the oldest issue, by the table above."""
    kept, *extra = rows
    for row in extra:
        if row.state == "open":
            _close(client, row, "duplicate")
    closed = kept.state != "open"
    if closed and kept.state_reason in UNWANTED:
        return Done(state="silenced", url=kept.url)
    changes: dict[str, Json] = dict(wanted) if _differs(kept, wanted) else {}
    if closed:
        changes |= {**wanted, "state": "open", "state_reason": "reopened"}
    if not changes:
        return Done(state="unchanged", url=kept.url)
    return Done(state="updated", url=edit(client, _path(client, kept), answers.Issue, changes).html_url)


def _differs(row: IssueFacts, wanted: Mapping[str, str]) -> bool:
    """Tell whether an issue says something else than it should."""
    return row.title.strip() != wanted["title"] or not markers.same_text(row.body, wanted["body"])


def _close(client: GitHubClient, row: IssueFacts, reason: str) -> str:
    """Close an issue; return its address."""
    changes: dict[str, Json] = {"state": "closed", "state_reason": reason}
    return client.session.write("PATCH", _path(client, row), answers.Issue, changes).html_url


def _path(client: GitHubClient, row: IssueFacts) -> str:
    """Return the path of an issue."""
    return f"{client.base}/issues/{segment(row.number)}"
