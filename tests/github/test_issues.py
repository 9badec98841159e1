"""The one issue of a fingerprint, when something goes wrong on the way."""

from __future__ import annotations

from typing import Literal

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.issues import close_issue, upsert_issue
from ratchetry.domain.action import CloseIssue, UpsertIssue
from ratchetry.errors import GitHubError, NotFoundError
from tests.github.backends import Backend
from tests.github.fake import FakeGitHub, Fault, Response

FINGERPRINT = "0123456789abcdef"
MARKER = f"<!-- ratchetry:fp={FINGERPRINT} -->"
CLOSING = CloseIssue(fingerprint=FINGERPRINT, comment="The gate passes again.")


def wanted(body: str = "It fell to 79%.", title: str = "Coverage fell") -> UpsertIssue:
    """Return the issue that there should be."""
    return UpsertIssue(fingerprint=FINGERPRINT, title=title, body=body)


def test_labels_that_were_dropped_are_set(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """GitHub leaves labels out silently; the issue gets them all the same."""
    fake.repo.drops_labels = True
    upsert_issue(client, wanted())
    assert [issue.labels for issue in backend.issues()] == [("ratchetry",)]


def test_an_assignee_who_left(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """An issue is opened without assignees when GitHub does not take them."""
    wrong = [{"resource": "Issue", "field": "assignees", "code": "invalid"}]
    refused = Response(status=422, body={"message": "Validation Failed", "errors": wrong})
    fake.faults.append(Fault(kind="answer", method="POST", response=refused))
    action = UpsertIssue(fingerprint=FINGERPRINT, title="t", body="b", assignees=("gone",))
    assert upsert_issue(client, action).state == "created"
    assert len(backend.issues()) == 1


@pytest.mark.parametrize("kind", ["lose", "drop", "cut", "mask"])
def test_a_lost_answer_makes_no_second_issue(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, kind: Literal["lose", "drop", "cut", "mask"]
) -> None:
    """Whether the issue was opened or not is looked up before it is done again."""
    fake.faults.append(Fault(kind=kind, method="POST", path="issues$"))
    assert upsert_issue(client, wanted()).state == "created"
    assert len(backend.issues()) == 1


@pytest.mark.parametrize("kind", ["lose", "drop", "cut", "mask"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_lost_answer_while_closing(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, kind: Literal["lose", "drop", "cut", "mask"], method: str
) -> None:
    """An issue is closed once, with one comment, whichever answer is lost."""
    upsert_issue(client, wanted())
    fake.faults.append(Fault(kind=kind, method=method))
    try:
        close_issue(client, CLOSING)
    except GitHubError:
        close_issue(client, CLOSING)
    assert [issue.state for issue in backend.issues()] == ["closed"]
    assert len(backend.comments(1)) == 1


def test_issues_that_are_switched_off(client: GitHubClient, fake: FakeGitHub) -> None:
    """A repository without issues is a clear error."""
    fake.repo.has_issues = False
    with pytest.raises(NotFoundError, match="switched off"):
        upsert_issue(client, wanted())
