"""The one comment on a pull request, whatever happens on the way."""

from __future__ import annotations

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.comments import upsert_comment
from ratchetry.errors import LostAnswerError, MissingPermissionError, NotFoundError
from tests.github.backends import OTHER, Backend, need
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub, Fault, Response

FINGERPRINT = "0123456789abcdef"
MARKER = f"<!-- ratchetry:fp={FINGERPRINT} -->"


@pytest.fixture
def number(backend: Backend) -> int:
    """Return the number of a pull request."""
    need(backend, "comments", "pulls", "contents")
    backend.commit("feature", {"a.py": "x = 1\n"})
    return backend.open_pull("feature")


def test_written_once(backend: Backend, client: GitHubClient, number: int) -> None:
    """The first time writes a comment, the same text changes nothing, another text edits it."""
    first = upsert_comment(client, number, FINGERPRINT, "**8** of 10")
    again = upsert_comment(client, number, FINGERPRINT, "**8** of 10")
    edited = upsert_comment(client, number, FINGERPRINT, "**9** of 10")
    assert [done.state for done in (first, again, edited)] == ["created", "unchanged", "updated"]
    assert first.url == again.url == edited.url
    assert [note.body for note in backend.comments(number)] == [f"{MARKER}\n**9** of 10"]


def test_other_comments_are_left_alone(backend: Backend, client: GitHubClient, number: int) -> None:
    """A marker that somebody else wrote, one further down, and one of another fingerprint do not count."""
    backend.write_comment(number, f"{MARKER}\nforged", author=OTHER)
    backend.write_comment(number, f"As was said:\n{MARKER}\n")
    backend.write_comment(number, "<!-- ratchetry:fp=ffffffffffffffff -->\nanother stage")
    before = backend.comments(number)
    assert upsert_comment(client, number, FINGERPRINT, "ours").state == "created"
    assert backend.comments(number)[:3] == before
    assert len(backend.comments(number)) == 4


def test_of_several_the_oldest_is_kept(backend: Backend, client: GitHubClient, number: int) -> None:
    """What two jobs that raced each other left behind becomes one comment again."""
    for text in ("one", "two", "three"):
        backend.write_comment(number, f"{MARKER}\n{text}")
    kept = backend.comments(number)[0].number
    assert upsert_comment(client, number, FINGERPRINT, "four").state == "updated"
    assert [(note.number, note.body) for note in backend.comments(number)] == [(kept, f"{MARKER}\nfour")]


def test_found_behind_a_hundred_others(backend: Backend, client: GitHubClient, number: int) -> None:
    """All pages are looked through before a comment is written."""
    for turn in range(101):
        backend.write_comment(number, f"remark {turn}", author=OTHER)
    backend.write_comment(number, f"{MARKER}\nours")
    assert upsert_comment(client, number, FINGERPRINT, "ours").state == "unchanged"
    assert len(backend.comments(number)) == 102


def test_a_text_that_is_too_long_is_cut(backend: Backend, client: GitHubClient, number: int) -> None:
    """GitHub refuses what is longer than 65,536 characters, so it is cut and says so."""
    assert upsert_comment(client, number, FINGERPRINT, "- a line\n" * 20_000).state == "created"
    body = backend.comments(number)[0].body
    assert len(body) <= 65_536
    assert "The rest was cut" in body


def test_nothing_to_comment_on(backend: Backend, client: GitHubClient) -> None:
    """A number that is neither issue nor pull request is an error."""
    need(backend, "comments")
    with pytest.raises(NotFoundError, match="does not exist, or the token lacks a permission"):
        upsert_comment(client, 4711, FINGERPRINT, "x")


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


def test_a_token_of_another_account(backend: Backend, fake: FakeGitHub, time: FakeTime, number: int) -> None:
    """A job with the token of an app finds out whose it is from what it wrote, and keeps one comment."""
    token = fake.state.add_token("ghs_app", pull_requests="write")
    token.login = "ratchet-app[bot]"
    backend.write_comment(number, f"{MARKER}\nfrom an earlier run", author="ratchet-app[bot]")
    with opened({**fake.environ, "GITHUB_TOKEN": "ghs_app"}, time) as client:
        upsert_comment(client, number, FINGERPRINT, "from this run")
        assert client.author == "ratchet-app[bot]"
    assert [note.body for note in backend.comments(number)] == [f"{MARKER}\nfrom this run"]


def test_a_person_on_a_laptop(backend: Backend, fake: FakeGitHub, time: FakeTime, number: int) -> None:
    """Outside of Actions GitHub is asked once whose token it is."""
    token = fake.state.add_token("ghp_person", pull_requests="write")
    token.login, token.app = "octocat", False
    environ = {**fake.environ, "GITHUB_TOKEN": "ghp_person", "GITHUB_ACTIONS": ""}
    with opened(environ, time) as client:
        states = [upsert_comment(client, number, FINGERPRINT, text).state for text in ("a", "a")]
    assert states == ["created", "unchanged"]
    assert [note.author for note in backend.comments(number)] == ["octocat"]
    assert sum(request.path == "/user" for request in fake.requests) == 1


def test_a_missing_permission_is_named(backend: Backend, fake: FakeGitHub, time: FakeTime, number: int) -> None:
    """A job that may only read is told which line its workflow lacks."""
    fake.state.add_token("ghs_reader", pull_requests="read")
    with (
        opened({**fake.environ, "GITHUB_TOKEN": "ghs_reader"}, time) as client,
        pytest.raises(MissingPermissionError, match="add `issues: write or pull-requests: write` under `permissions:`"),
    ):
        upsert_comment(client, number, FINGERPRINT, "x")
    assert backend.comments(number) == []


def _fault(kind: str) -> Fault:
    """Return a fault of the next write."""
    match kind:
        case "lose":
            return Fault(kind="lose", method="POST")
        case "drop":
            return Fault(kind="drop", method="POST")
    return Fault(kind="cut", method="POST")
