"""One standing pull request, when something goes wrong on the way or is not allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.proposals import propose
from ratchetry.domain.action import ProposeChange
from ratchetry.errors import GitHubError, UsageError
from tests.github.backends import Backend
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub, Fault, Response

BRANCH = "ratchetry/thresholds"
CHANGE = ProposeChange(
    branch=BRANCH,
    base="main",
    title="Raise the bounds",
    body="Coverage may not fall below 81%.",
    message="Raise the bounds to what was reached",
    files={"quality-thresholds.json": '{"minimum": 81}\n', "docs/bounds.md": "81\n"},
)
HIGHER = replace(CHANGE, files={**CHANGE.files, "quality-thresholds.json": '{"minimum": 82}\n'})


def test_somebody_pushes_in_between(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """A commit that arrives while ours is made stays in the branch's past: it is never overwritten by force."""
    propose(client, CHANGE)
    pushed: list[str] = []

    def push() -> None:
        backend.commit(BRANCH, {"note.txt": "wait\n"})
        pushed.append(fake.repo.refs[f"refs/heads/{BRANCH}"])

    fake.after["POST"] = push
    assert propose(client, HIGHER).state == "updated"
    head = fake.repo.refs[f"refs/heads/{BRANCH}"]
    assert pushed[0] in fake.repo.objects.ancestors(head)
    assert backend.text(BRANCH, "quality-thresholds.json") == '{"minimum": 82}\n'


def test_actions_may_not_open_pull_requests(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """Then an issue shows the change and names the branch; it is closed when a pull request can be opened."""
    backend.commit("main", {"quality-thresholds.json": '{"minimum": 80}\n'})
    fake.repo.actions_may_propose = False
    done = propose(client, CHANGE)
    assert (done.state, propose(client, CHANGE).state) == ("created", "unchanged")
    assert "Settings > Actions > General" in done.note
    (issue,) = backend.issues()
    assert '-{"minimum": 80}\n+{"minimum": 81}' in issue.body
    assert f"`{BRANCH}`" in issue.body
    assert backend.text(BRANCH, "docs/bounds.md") == "81\n"
    fake.repo.actions_may_propose = True
    assert propose(client, CHANGE).state == "created"
    assert [note.state for note in backend.issues()] == ["closed"]
    assert [note.branch for note in backend.pulls()] == [BRANCH]


def test_a_request_that_a_person_opened_from_our_branch(
    backend: Backend, client: GitHubClient, fake: FakeGitHub
) -> None:
    """The text of a person's pull request is theirs; its branch is kept up to date."""
    fake.repo.actions_may_propose = False
    propose(client, CHANGE)
    number = backend.open_pull(BRANCH)
    assert propose(client, HIGHER).state == "updated"
    assert next(pull.title for pull in backend.pulls() if pull.number == number) == f"Pull {BRANCH}"
    assert backend.text(BRANCH, "quality-thresholds.json") == '{"minimum": 82}\n'


@pytest.mark.parametrize("kind", ["lose", "drop", "cut", "mask"])
@pytest.mark.parametrize("path", ["trees$", "commits$", "refs$", "pulls$", "refs/heads"])
def test_a_lost_answer_makes_no_second_pull_request(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, kind: Literal["lose", "drop", "cut", "mask"], path: str
) -> None:
    """Whichever write loses its answer, there is one branch and one pull request in the end."""
    if path == "refs/heads":
        propose(client, HIGHER)
    fake.faults.append(Fault(kind=kind, method="POST|PATCH", path=path))
    assert propose(client, CHANGE).state in {"created", "updated"}
    assert len(backend.pulls()) == 1
    assert backend.text(BRANCH, "quality-thresholds.json") == '{"minimum": 81}\n'
    assert fake.faults[0].times == 0


@pytest.mark.parametrize("branch", ["main", "ratchetry/", "ratchetry/../main", "ratchetry/a.lock", "ratchetry/A b"])
def test_only_branches_of_our_own_are_written(client: GitHubClient, fake: FakeGitHub, branch: str) -> None:
    """A branch that is not ours is refused before anything is asked."""
    with pytest.raises(UsageError, match="is not a branch that ratchetry writes"):
        propose(client, replace(CHANGE, branch=branch))
    assert fake.requests == []


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../b", ".git/config", ".GIT/hooks/x", "a//b", "a\nb"])
def test_only_files_inside_the_repository(client: GitHubClient, fake: FakeGitHub, path: str) -> None:
    """A path that leads elsewhere is refused before anything is written."""
    with pytest.raises(UsageError, match="is not a file that ratchetry proposes"):
        propose(client, replace(CHANGE, files={path: "x"}))
    assert all(request.method == "GET" for request in fake.requests)


@pytest.mark.parametrize("content", [{"type": "symlink", "sha": "0" * 40}, [{"type": "file"}]])
def test_what_is_no_file_is_not_replaced(client: GitHubClient, fake: FakeGitHub, content: object) -> None:
    """A link, a submodule or a directory where a file should be is an error, and nothing is written."""
    fake.faults.append(Fault(kind="mask", path="contents", response=Response(body=content), times=9))
    with pytest.raises(GitHubError, match=r"only files are changed|cannot be read"):
        propose(client, CHANGE)
    assert all(request.method == "GET" for request in fake.requests)


@pytest.mark.parametrize(
    "content",
    [
        {"type": "file", "sha": "0" * 40, "encoding": "none", "content": ""},
        {"type": "file", "sha": "0" * 40, "encoding": "base64", "content": "/w=="},
        {"type": "file", "sha": "0" * 40, "encoding": "base64", "content": "x"},
    ],
)
def test_a_file_that_cannot_be_shown(client: GitHubClient, fake: FakeGitHub, content: object) -> None:
    """A file that is too large, or no text, is replaced; the issue says that its difference cannot be shown."""
    fake.repo.actions_may_propose = False
    fake.faults.append(Fault(kind="mask", path="contents", response=Response(body=content), times=2))
    assert propose(client, CHANGE).state == "created"
    assert "docs/bounds.md: cannot be shown" in next(row.body for row in fake.repo.issues.values())


def test_the_issue_that_stood_for_it_cannot_be_closed(fake: FakeGitHub, time: FakeTime) -> None:
    """A pull request is opened all the same, with a note; a job that may not write issues has written none."""
    fake.faults.append(Fault(kind="answer", path="/issues", response=Response(status=422, body={"message": "no"})))
    with opened(fake.environ, time) as client:
        done = propose(client, CHANGE)
    assert done.state == "created"
    assert "may still be open" in done.note
    fake.state.add_token("ghs_pulls", contents="write", pull_requests="write")
    with opened({**fake.environ, "GITHUB_TOKEN": "ghs_pulls"}, time) as client:
        done = propose(client, replace(CHANGE, branch="ratchetry/other"))
    assert (done.state, done.note) == ("created", "")


def test_a_refusal_that_stays(backend: Backend, client: GitHubClient, fake: FakeGitHub) -> None:
    """A rule that forbids the commit is an error after a few tries, with what GitHub says."""
    forbidden = Response(status=422, body={"message": "Repository rule violations found"})
    fake.faults.append(Fault(kind="answer", method="POST", path="refs$", response=forbidden, times=99))
    with pytest.raises(GitHubError, match="rule violations"):
        propose(client, CHANGE)
    assert backend.pulls() == []
    assert len(fake.requests) < 25
