"""The fake itself: it refuses what GitHub's description forbids, and what it answers is held against it."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest

from tests.github.fake import TOKEN, FakeGitHub, Fault, Response
from tests.github.fake.contract import Operation, documented, request_problem, response_problem
from tests.github.fake.routing import ROUTES, match

ISSUES = Operation(
    method="POST", template="/repos/{owner}/{repo}/issues", params=(("owner", "octocat"), ("repo", "hello"))
)


def ask(fake: FakeGitHub, method: str, path: str, body: object = None, token: str = TOKEN) -> tuple[int, object]:
    """Return the status and document of an answer."""
    connection = HTTPConnection(fake.url.removeprefix("http://"))
    data = None if body is None else json.dumps(body)
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    connection.request(method, path, data, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else None


def test_every_operation_is_described() -> None:
    """The fake answers only what GitHub's description has."""
    assert len(ROUTES) > 30
    for row in ROUTES:
        assert documented(row.template, row.method)


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/repos/o/r/git/ref/heads/a/b", "/repos/{owner}/{repo}/git/ref/{ref}", {"ref": "heads/a/b"}),
        ("/repos/o/r/contents/a%20b/c", "/repos/{owner}/{repo}/contents/{path}", {"path": "a b/c"}),
        ("/repos/o/r/issues/comments/7", "/repos/{owner}/{repo}/issues/comments/{comment_id}", {"comment_id": "7"}),
    ],
)
def test_values_with_slashes(path: str, template: str, values: dict[str, str]) -> None:
    """Names of branches and paths of files keep their slashes."""
    method = "PATCH" if "comments" in path else "GET"
    found = match(method, path)
    assert found
    assert found[0].template == template
    assert found[1] == {"owner": "o", "repo": "r", **values}


def test_a_request_that_github_would_not_take() -> None:
    """A missing or ill-typed field of a request is found."""
    assert request_problem(ISSUES, (), b'{"title": "x"}') == ""
    assert "'title' is a required property" in request_problem(ISSUES, (), b"{}")
    assert "is not of type" in request_problem(ISSUES, (), b'{"title": "x", "labels": 3}')


def test_an_answer_that_github_would_not_give() -> None:
    """A missing field of an answer, and a status that is not described, are found."""
    assert "required property" in response_problem(ISSUES, 201, b'{"number": 1}')
    assert "not documented" in response_problem(ISSUES, 202, b"{}")


def test_violations_fail_the_test() -> None:
    """What was not as GitHub describes it is an error at the end."""
    with pytest.raises(AssertionError, match="request POST /repos/octocat/hello/issues: "), FakeGitHub() as fake:
        assert ask(fake, "POST", "/repos/octocat/hello/issues", {"labels": ["x"]})[0] == 422
    with pytest.raises(AssertionError, match="/hello/stargazers is no operation"), FakeGitHub() as fake:
        assert ask(fake, "GET", "/repos/octocat/hello/stargazers")[0] == 404


def test_tokens(fake: FakeGitHub) -> None:
    """A token may do what it was given, and nothing else; the permission that is lacking is stated."""
    fake.state.add_token("ghs_reader", issues="read")
    assert ask(fake, "GET", "/repos/octocat/hello/issues", token="ghs_reader") == (200, [])
    status, said = ask(fake, "POST", "/repos/octocat/hello/issues", {"title": "x"}, token="ghs_reader")
    assert status == 403
    assert "Resource not accessible by integration" in str(said)
    assert ask(fake, "GET", "/repos/octocat/hello", token="nobody's")[0] == 401
    assert ask(fake, "GET", "/repos/octocat/none")[0] == 404


def test_a_fault_happens_as_often_as_it_should(fake: FakeGitHub) -> None:
    """A fault is for requests of its method and path, and is over after its times."""
    fake.faults.append(Fault(kind="answer", path="/hello$", times=1, response=Response(status=503, body={})))
    assert [ask(fake, "GET", f"/repos/octocat/hello{path}")[0] for path in ("/issues", "", "")] == [200, 503, 200]


def test_other_services_of_the_host(fake: FakeGitHub) -> None:
    """A mounted service answers for its prefix, without token or description."""
    fake.mounts["/twirp/"] = lambda request: Response(body={"got": request.body.decode()})
    assert ask(fake, "POST", "/twirp/x", {"a": 1}, token="") == (200, {"got": '{"a": 1}'})
    assert fake.requests[-1].path == "/twirp/x"
