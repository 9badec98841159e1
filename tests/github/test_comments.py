"""The one comment on a pull request, when answers to writing it are lost."""

from __future__ import annotations

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.comments import upsert_comment
from ratchetry.errors import LostAnswerError, MissingPermissionError
from tests.github.backends import Backend
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub, Fault, Response

FINGERPRINT = "0123456789abcdef"
MARKER = f"<!-- ratchetry:fp={FINGERPRINT} -->"


@pytest.fixture
def number(backend: Backend) -> int:
    """Return the number of a pull request."""
    backend.commit("feature", {"a.py": "x = 1\n"})
    return backend.open_pull("feature")


@pytest.mark.parametrize("kind", ["lose", "drop", "cut"])
def test_a_lost_answer_makes_no_second_comment(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, number: int, kind: str
) -> None:
    """Whether the write arrived or not is looked up before it is done again."""
    fake.faults.append(_fault(kind))
    assert upsert_comment(client, number, FINGERPRINT, "x").state == "created"
    assert len(backend.comments(number)) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_gateway_makes_no_second_comment(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, number: int, status: int
) -> None:
    """An error of the gateway says nothing about whether the comment was written."""
    failed = Response(status=status, body={"message": "oops"})
    fake.faults.append(Fault(kind="mask", method="POST", response=failed))
    assert upsert_comment(client, number, FINGERPRINT, "x").state == "created"
    assert len(backend.comments(number)) == 1


def test_a_write_that_arrives_late_is_removed(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, number: int
) -> None:
    """A lost write that is carried out after it was looked for leaves one comment all the same."""
    fake.faults.append(_fault("drop"))
    fake.after["POST"] = lambda: backend.write_comment(number, f"{MARKER}\nx")
    assert upsert_comment(client, number, FINGERPRINT, "x").state == "created"
    assert len(fake.repo.comments) == 1
    assert [request.method for request in fake.requests].count("POST") == 2


def test_answers_that_never_come(backend: Backend, client: GitHubClient, fake: FakeGitHub, number: int) -> None:
    """When no write is ever answered the end is an error, and nothing was written twice."""
    fake.faults.append(Fault(kind="drop", method="POST", times=99))
    with pytest.raises(LostAnswerError, match="may have been done all the same"):
        upsert_comment(client, number, FINGERPRINT, "x")
    assert backend.comments(number) == []


def test_a_comment_that_vanishes_is_written_again(
    backend: Backend, client: GitHubClient, fake: FakeGitHub, number: int
) -> None:
    """A comment that somebody deletes between the look and the edit is made anew."""
    backend.write_comment(number, f"{MARKER}\nold")
    upsert_comment(client, number, FINGERPRINT, "old")
    gone = Response(status=404, body={"message": "Not Found"})
    fake.faults.append(Fault(kind="answer", method="PATCH", response=gone))
    assert upsert_comment(client, number, FINGERPRINT, "new").state == "updated"
    assert [note.body for note in backend.comments(number)] == [f"{MARKER}\nnew"]


def _fault(kind: str) -> Fault:
    """Return a fault of the next write."""
    match kind:
        case "lose":
            return Fault(kind="lose", method="POST")
        case "drop":
            return Fault(kind="drop", method="POST")
    return Fault(kind="cut", method="POST")


def test_an_app_that_is_not_named(backend: Backend, time: FakeTime, number: int) -> None:
    """Outside of Actions nobody can tell whose an app's token is, so the error says how to name it."""
    environ = {**backend.job("ratchet-app[bot]", pull_requests="write"), "GITHUB_ACTIONS": ""}
    backend.write_comment(number, "<!-- ratchetry:fp=0123456789abcdef -->\nwhose?", author="ratchet-app[bot]")
    with (
        opened(environ, time) as client,
        pytest.raises(MissingPermissionError, match="set RATCHETRY_GITHUB_LOGIN"),
    ):
        upsert_comment(client, number, FINGERPRINT, "x")
    assert len(backend.comments(number)) == 1
