"""Commits to a branch that is not ours, when somebody pushes in between or a rule protects it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.commits import commit
from ratchetry.adapters.github.proposals import propose
from ratchetry.domain.action import CommitFiles, ProposeChange, WithdrawChange
from ratchetry.errors import GitHubError, UsageError
from tests.github.backends import Backend
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub, Fault, Response

CHANGE = ProposeChange(
    branch="ratchetry/learning",
    base="main",
    title="Tighten 1 bound",
    body="Coverage may not fall below 81%.",
    message="Tighten 1 bound",
    files={"quality-thresholds.json": '{"minimum": 81}\n'},
    expected={"quality-thresholds.json": ""},
)
GONE = WithdrawChange(branch=CHANGE.branch, base="main", comment="Nothing is left.")
COMMIT = CommitFiles(change=CHANGE, besides=GONE, otherwise=CHANGE)


@pytest.mark.parametrize("status", [403, 409, 422])
def test_a_protected_branch_gets_a_proposal(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, status: int
) -> None:
    """Where a rule lets nobody push, the change is proposed, and the reason is told; the branch stays as it is."""
    refused = Response(status=status, body={"message": "Repository rule violations found"})
    fake.faults.append(Fault(kind="answer", method="PATCH", path="refs/heads/main", response=refused, times=9))
    head = backend.head("main")
    done = commit(client, COMMIT)
    assert done.state == "created"
    assert "main takes no commit, so it is proposed" in done.note
    assert "rule violations" in done.note
    assert (backend.head("main"), len(backend.pulls())) == (head, 1)
    assert commit(client, COMMIT).state == "unchanged"


def test_somebody_pushes_in_between(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """A commit that arrives while ours is made stays, and ours follows it."""
    fake.after["POST"] = lambda: backend.commit("main", {"note.txt": "first\n"})
    assert commit(client, COMMIT).state == "updated"
    assert backend.text("main", "note.txt") == "first\n"
    assert backend.text("main", "quality-thresholds.json") == '{"minimum": 81}\n'
    assert backend.pulls() == []


def test_what_somebody_else_changed_is_left_alone(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """A person's edit of the same file that arrives in between is not taken back."""
    fake.after["POST"] = lambda: backend.commit("main", {"quality-thresholds.json": '{"minimum": 95}\n'})
    done = commit(client, COMMIT)
    assert (done.state, "has changed on main since" in done.note) == ("unchanged", True)
    assert backend.text("main", "quality-thresholds.json") == '{"minimum": 95}\n'


@pytest.mark.parametrize("kind", ["lose", "drop", "cut", "mask"])
@pytest.mark.parametrize("path", ["trees$", "commits$", "refs/heads/main"])
def test_a_lost_answer_makes_no_second_commit(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, kind: Literal["lose", "drop", "cut", "mask"], path: str
) -> None:
    """Whichever write loses its answer, the branch has one commit more in the end."""
    head = backend.head("main")
    fake.faults.append(Fault(kind=kind, method="POST|PATCH", path=path))
    assert commit(client, COMMIT).state == "updated"
    assert backend.parents(backend.head("main")) == (head,)


def test_without_the_permission(fake: FakeGitHub, time: FakeTime) -> None:
    """A job that may not write contents is told so."""
    fake.state.add_token("ghs_reader", contents="read", pull_requests="write")
    with (
        opened({**fake.environ, "GITHUB_TOKEN": "ghs_reader"}, time) as client,
        pytest.raises(GitHubError, match="contents: write"),
    ):
        commit(client, COMMIT)


def test_the_branch_to_fall_back_to_is_ours(client: GitHubClient, fake: FakeGitHub) -> None:
    """A change that could not be proposed is not committed either."""
    with pytest.raises(UsageError, match="is not a branch that ratchetry writes"):
        commit(client, replace(COMMIT, otherwise=replace(CHANGE, branch="main")))
    assert fake.requests == []


def test_neither_requests_nor_issues_may_be_written(fake: FakeGitHub, time: FakeTime) -> None:
    """Where Actions may not open requests and the job may write no issues, the branch and the way out are told."""
    fake.repo.actions_may_propose = False
    fake.state.add_token("ghs_proposer", contents="write", pull_requests="write")
    with (
        opened({**fake.environ, "GITHUB_TOKEN": "ghs_proposer"}, time) as client,
        pytest.raises(GitHubError, match=r"Settings > Actions > General.*waits on the branch ratchetry/learning"),
    ):
        propose(client, CHANGE)


def test_what_somebody_has_to_look_at_is_proposed_beside_the_commit(backend: Backend, client: GitHubClient) -> None:
    """The commit has its own files, the request those that are never committed unseen; again nothing changes."""
    versions = replace(CHANGE, title="Promote", files={"active-versions.json": "{}\n"}, expected={})
    both = CommitFiles(change=CHANGE, besides=versions, otherwise=replace(CHANGE, files={**CHANGE.files}))
    assert [commit(client, both).state for _ in range(2)] == ["updated", "unchanged"]
    assert backend.text("main", "quality-thresholds.json") == '{"minimum": 81}\n'
    assert backend.text("main", "active-versions.json") is None
    assert [(pull.title, pull.state) for pull in backend.pulls()] == [("Promote", "open")]
    assert backend.text(CHANGE.branch, "active-versions.json") == "{}\n"
    assert commit(client, COMMIT).state == "updated"
    assert [pull.state for pull in backend.pulls()] == ["closed"]
