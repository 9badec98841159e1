"""Pages, conditional requests, patience and the pace of writes, against the fake."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.github import GitHubClient, action_answers, answers
from ratchetry.adapters.github.comments import upsert_comment
from ratchetry.adapters.github.session import PATIENCE, read
from ratchetry.errors import GitHubError, RateLimitError, UsageError
from tests.github.conftest import FakeTime, opened
from tests.github.fake import TOKEN, FakeGitHub, Fault, Incoming, Response

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_every_page_is_read(fake: FakeGitHub, client: GitHubClient, count: int) -> None:
    """A list is whole, in as few requests as it takes, and its links are not followed."""
    run = fake.state.add_run(fake.repo)
    for number in range(count):
        fake.state.add_artifact(fake.repo, run, f"a{number}", b"x")
    assert len(list(client.artifacts())) == count
    assert client.requests_used == max(1, -(-count // 100))


def test_unchanged_answers_are_free(fake: FakeGitHub, client: GitHubClient) -> None:
    """The same question is asked with the tag of its answer; when nothing has changed it costs nothing."""
    first = client.repository_settings()
    assert client.repository_settings() == first
    assert [request.status for request in fake.requests] == [200, 304]
    assert (client.requests_used, client.budget.charged, client.budget.remaining) == (2, 1, 999)
    fake.repo.default_branch = "trunk"
    assert client.default_branch() == "trunk"


def test_writes_keep_a_second_apart(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """Writes follow each other no faster than GitHub asks; reads do not wait."""
    moments: list[float] = []
    fake.state.add_issue(fake.repo, "x")
    for number in range(3):
        fake.after["POST"] = lambda: moments.append(time.seconds)
        upsert_comment(client, 1, f"{number:016x}", "x")
    assert len(moments) == 3
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))
    assert time.seconds < 4


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_is_kept_to(fake: FakeGitHub, client: GitHubClient, time: FakeTime, status: int) -> None:
    """GitHub says how long to wait, and is left alone that long, for reads and for writes."""
    fake.state.add_issue(fake.repo, "x")
    limited = Response(status=status, body=SECONDARY, headers={"Retry-After": "17"})
    fake.faults.append(Fault(kind="answer", method="POST", response=limited))
    assert upsert_comment(client, 1, "0" * 16, "x").state == "created"
    assert 17 <= time.seconds < 20
    assert len(fake.repo.comments) == 1


def test_waiting_has_an_end(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """A wait that is longer than patience is an error that says how long it would have been, at once."""
    limited = Response(status=403, body=SECONDARY, headers={"Retry-After": "4000"})
    fake.faults.append(Fault(kind="answer", response=limited, times=99))
    with pytest.raises(RateLimitError, match="asks to wait for 4000 s"):
        client.default_branch()
    assert len(fake.requests) == 1
    assert time.seconds == 0


def test_patience_is_for_the_whole_command(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """However many requests are limited, the command as a whole waits no longer than it may."""
    limited = Response(status=429, body=SECONDARY, headers={"Retry-After": "50"})
    fake.faults.append(Fault(kind="answer", response=limited, times=999))
    for _ in range(4):
        with pytest.raises(RateLimitError):
            client.default_branch()
    assert time.seconds <= PATIENCE


@pytest.mark.parametrize("kind", ["drop", "cut", "answer"])
def test_a_read_is_made_again(fake: FakeGitHub, client: GitHubClient, time: FakeTime, kind: str) -> None:
    """A dropped connection, an answer that breaks off and a failing gateway are tried again, with growing waits."""
    fault = {"drop": Fault(kind="drop", times=3), "cut": Fault(kind="cut", times=3)}
    fake.faults.append(fault.get(kind, Fault(kind="answer", times=3)))
    assert client.default_branch() == "main"
    assert time.slept == [1, 2, 4]


def test_a_read_is_not_made_forever(fake: FakeGitHub, client: GitHubClient) -> None:
    """After five tries the end is an error that says what was asked and what came."""
    fake.faults.append(Fault(kind="answer", times=99))
    with pytest.raises(GitHubError, match="did not answer GET /repos/octocat/hello: status 502; run it again later"):
        client.default_branch()
    assert len(fake.requests) == 5


def test_json_that_breaks_off_within_its_length(fake: FakeGitHub, client: GitHubClient) -> None:
    """A proxy that cuts a body and corrects its length is noticed."""
    fake.faults.append(Fault(kind="mask", response=Response(body=b'{"full_name": "octo')))
    assert client.default_branch() == "main"
    assert len(fake.requests) == 2


@pytest.mark.parametrize("body", [[], {}, {"full_name": 3, "default_branch": "main"}, "text", [[[]]]])
def test_answers_of_another_shape(fake: FakeGitHub, client: GitHubClient, body: object) -> None:
    """An answer that is no repository is an error that names the path, and nothing else."""
    fake.faults.append(Fault(kind="mask", response=Response(body=body)))
    with pytest.raises(GitHubError, match="answer for /repos/octocat/hello cannot be read"):
        client.default_branch()


@pytest.mark.parametrize("body", [{}, {"id": "x"}, []])
def test_a_write_whose_answer_makes_no_sense(fake: FakeGitHub, client: GitHubClient, body: object) -> None:
    """It counts as done: what it made is looked up, and not made again."""
    fake.state.add_issue(fake.repo, "x")
    fake.faults.append(Fault(kind="mask", method="POST", response=Response(status=201, body=body)))
    assert upsert_comment(client, 1, "0" * 16, "x").state == "created"
    assert len(fake.repo.comments) == 1


def test_a_list_without_end(fake: FakeGitHub, client: GitHubClient) -> None:
    """A server that always promises another page is left after a number of them."""
    endless = Response(body=[], headers={"Link": '<x>; rel="next"'})
    fake.mounts["/repos/octocat/hello/pulls"] = lambda _: endless
    with pytest.raises(GitHubError, match="more than 100,000 entries"):
        list(client.pull_requests())


def test_nothing_is_asked_without_a_request_left(fake: FakeGitHub, client: GitHubClient) -> None:
    """When the hour's requests are used up, nothing more is sent."""
    fake.state.tokens[TOKEN].limit = 1
    client.repository_settings()
    with pytest.raises(RateLimitError, match="used up; run it again after 13:00 UTC"):
        client.repository_settings()
    assert len(fake.requests) == 1


def test_an_empty_hour_that_ends_soon_is_waited_for(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """The first request hears that nothing is left, and is made again when the hour is over."""
    token = fake.state.tokens[TOKEN]
    token.used, token.reset = token.limit, time.now().timestamp() + 30
    assert client.default_branch() == "main"
    assert [request.status for request in fake.requests] == [403, 200]
    assert 30 <= time.seconds < 33


def test_the_token_is_nowhere_to_be_read(fake: FakeGitHub, time: FakeTime) -> None:
    """Neither messages nor tracebacks show the token, whatever goes wrong."""
    secret = "ghs_SeCrEt"  # pragma: allowlist secret
    environ = {**fake.environ, "GITHUB_TOKEN": secret}
    texts = []
    for fault in (Fault(kind="drop", times=9), Fault(kind="mask", times=9, response=Response(body=b"{"))):
        fake.faults = [fault]
        with opened(environ, time) as client:
            try:
                client.default_branch()
            except GitHubError as error:
                texts += ["".join(traceback.format_exception(error)), repr(client), repr(client.session)]
    fake.faults = []
    with opened(environ, time) as client, pytest.raises(GitHubError, match="is not valid") as caught:
        client.default_branch()
    texts.append("".join(traceback.format_exception(caught.value)))
    with pytest.raises(UsageError, match="characters that no token has") as refused:
        opened({**environ, "GITHUB_TOKEN": f"{secret}\nX-Evil: 1"}, time)
    texts.append("".join(traceback.format_exception(refused.value)))
    assert len(texts) == 8
    assert all(secret not in text for text in texts)


def test_what_a_client_needs(fake: FakeGitHub, time: FakeTime) -> None:
    """A missing token and a missing repository are errors that say what to set."""
    with pytest.raises(UsageError, match="GITHUB_TOKEN is not set"):
        opened({**fake.environ, "GITHUB_TOKEN": " "}, time)
    with pytest.raises(UsageError, match="is no repository"):
        opened({**fake.environ, "GITHUB_REPOSITORY": ""}, time)


def test_redirects_of_the_api_are_not_followed_elsewhere(fake: FakeGitHub, client: GitHubClient) -> None:
    """An answer cannot lead the token to another host."""
    stolen: list[Incoming] = []
    elsewhere = FakeGitHub().start()
    elsewhere.mounts["/"] = recording(stolen, Response(body={}))
    try:
        for status in (301, 302, 307, 308):
            away = Response(
                status=status, body={"message": "Moved"}, headers={"Location": f"{elsewhere.url}/repos/octocat/hello"}
            )
            fake.faults = [Fault(kind="answer", response=away, times=9)]
            with pytest.raises(GitHubError):
                client.default_branch()
    finally:
        elsewhere.stop()
    assert all("authorization" not in request.headers for request in stolen)


def recording(kept: list[Incoming], response: Response) -> Callable[[Incoming], Response]:
    """Return a service that keeps what it is asked."""

    def answer(request: Incoming) -> Response:
        kept.append(request)
        return response

    return answer


SHAPES = (
    action_answers.Artifacts,
    action_answers.Run,
    action_answers.Runs,
    action_answers.Workflows,
    answers.Branch,
    answers.Commit,
    answers.Content,
    answers.Repository,
    tuple[answers.Comment, ...],
    tuple[answers.Issue, ...],
    tuple[answers.PullRequest, ...],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "number", "sha", "head", "user", "labels", "body", "state"]), inner
        )
    ),
    max_leaves=10,
)


@given(st.sampled_from(SHAPES), st.text() | JSON.map(json.dumps))
def test_any_text_is_values_or_an_error(shape: type[object], text: str) -> None:
    """Whatever text comes instead of an answer is read or refused, without any other error."""
    with suppress(GitHubError):
        read(text, shape, "/x")


def test_deeply_nested_answers() -> None:
    """An answer that would exhaust the stack is refused."""
    with pytest.raises(GitHubError, match="cannot be read"):
        read("[" * 100_000, answers.Repository, "/x")
