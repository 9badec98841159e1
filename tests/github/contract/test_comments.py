"""The one comment on a pull request, whatever happens on the way."""

from __future__ import annotations

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.comments import upsert_comment
from ratchetry.errors import MissingPermissionError, NotFoundError
from tests.github.backends import OTHER, OWNER, Backend
from tests.github.conftest import FakeTime, opened

FINGERPRINT = "0123456789abcdef"
MARKER = f"<!-- ratchetry:fp={FINGERPRINT} -->"


@pytest.fixture
def number(backend: Backend) -> int:
    """Return the number of a pull request."""
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


def test_nothing_to_comment_on(client: GitHubClient) -> None:
    """A number that is neither issue nor pull request is an error."""
    with pytest.raises(NotFoundError, match="does not exist, or the token lacks a permission"):
        upsert_comment(client, 4711, FINGERPRINT, "x")


def test_a_token_of_another_account(backend: Backend, time: FakeTime, number: int) -> None:
    """A job with the token of an app finds out whose it is from what it wrote, and keeps one comment."""
    app = "ratchet-app[bot]"
    environ = backend.job(app, pull_requests="write")
    backend.write_comment(number, f"{MARKER}\nfrom an earlier run", author=app)
    with opened(environ, time) as client:
        upsert_comment(client, number, FINGERPRINT, "from this run")
        assert client.author == app
    assert [note.body for note in backend.comments(number)] == [f"{MARKER}\nfrom this run"]


def test_a_person_on_a_laptop(backend: Backend, time: FakeTime, number: int) -> None:
    """Outside of Actions GitHub is asked whose token it is."""
    with opened(backend.laptop(), time) as client:
        states = [upsert_comment(client, number, FINGERPRINT, text).state for text in ("a", "a")]
    assert states == ["created", "unchanged"]
    assert [note.author for note in backend.comments(number)] == [OWNER]


@pytest.mark.needs("permissions")
def test_a_missing_permission_is_named(backend: Backend, time: FakeTime, number: int) -> None:
    """A job that may only read is told which line its workflow lacks."""
    with (
        opened(backend.job(pull_requests="read"), time) as client,
        pytest.raises(MissingPermissionError, match="add `issues: write or pull-requests: write` under `permissions:`"),
    ):
        upsert_comment(client, number, FINGERPRINT, "x")
    assert backend.comments(number) == []


def test_an_app_that_is_named(backend: Backend, time: FakeTime, number: int) -> None:
    """A job that says whose token it has finds its comment at once, and edits it."""
    app = "ratchet-app[bot]"
    environ = {**backend.job(app, pull_requests="write"), "RATCHETRY_GITHUB_LOGIN": app}
    backend.write_comment(number, f"{MARKER}\nfrom an earlier run", author=app)
    with opened(environ, time) as client:
        assert upsert_comment(client, number, FINGERPRINT, "from this run").state == "updated"
        assert client.requests_used == 2
    assert [note.body for note in backend.comments(number)] == [f"{MARKER}\nfrom this run"]
