"""What refusals say to the person who reads them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.github.refusals import refusal
from ratchetry.adapters.github.transport import Answer, Method, Request
from ratchetry.errors import GitHubError, MissingPermissionError, NotFoundError

INTEGRATION = "Resource not accessible by integration"


def refused(
    status: int, message: str, *, path: str = "/issues", method: Method = "POST", permissions: str = "", **more: object
) -> GitHubError:
    """Return the error for an answer."""
    headers = {"x-accepted-github-permissions": permissions} if permissions else {}
    answer = Answer(status=status, headers=headers, text=json.dumps({"message": message, **more}))
    return refusal(Request(method=method, path=f"/repos/o/r{path}"), answer)


@pytest.mark.parametrize(
    ("path", "method", "permissions", "said"),
    [
        ("/issues", "POST", "issues=write", "add `issues: write` under `permissions:` of the job"),
        ("/issues/1/comments", "POST", "issues=write; pull_requests=write", "issues: write or pull-requests: write"),
        ("/git/refs", "POST", "contents=write; contents=write,workflows=write", "contents: write, workflows: write"),
        ("/issues", "GET", "", "add `issues: read` under"),
        ("/pulls", "POST", "", "add `pull-requests: write` under"),
        ("/actions/artifacts", "GET", "", "add `actions: read` under"),
        ("/git/trees", "POST", "", "add `contents: write` under"),
        ("/actions/permissions", "GET", "administration=read", "which GITHUB_TOKEN cannot have"),
        ("", "GET", "metadata=read", "the token may not see it"),
    ],
)
def test_a_missing_permission(path: str, method: Method, permissions: str, said: str) -> None:
    """The line that the workflow lacks is named, as GitHub states it or as the operation needs it."""
    error = refused(403, INTEGRATION, path=path, method=method, permissions=permissions)
    assert isinstance(error, MissingPermissionError)
    assert said in str(error)
    assert error.status == 403


@pytest.mark.parametrize(
    ("status", "message", "kind", "said"),
    [
        (401, "Bad credentials", GitHubError, "the token in GITHUB_TOKEN is not valid"),
        (403, "Must have admin rights to Repository.", MissingPermissionError, "permissions"),
        (403, "Repository was archived so is read-only.", GitHubError, "archived"),
        (404, "Not Found", NotFoundError, "it does not exist, or the token lacks a permission"),
        (409, "Git Repository is empty.", GitHubError, "contradicts what is there now"),
        (410, "Issues are disabled for this repo", NotFoundError, "switched off"),
        (500, "", GitHubError, "no reason given"),
        (307, "Moved", GitHubError, "status 307"),
    ],
)
def test_other_refusals(status: int, message: str, kind: type[GitHubError], said: str) -> None:
    """Every refusal says what happened and, where there is something, what to do."""
    error = refused(status, message)
    assert type(error) is kind
    assert said in str(error)


def test_pull_requests_by_actions() -> None:
    """The setting that forbids them is named with its place."""
    error = refused(403, "GitHub Actions is not permitted to create or approve pull requests.", path="/pulls")
    assert isinstance(error, MissingPermissionError)
    assert "Settings > Actions > General > Workflow permissions" in str(error)


def test_fields_that_are_wrong() -> None:
    """A request that does not fit tells which fields GitHub means."""
    errors = [{"resource": "Issue", "field": "title", "code": "missing_field"}, "odd", 3]
    assert "; title missing_field; odd): the request" in str(refused(422, "Validation Failed", errors=errors))


def test_hostile_messages() -> None:
    """What a server says cannot steer a terminal or the runner, and is cut."""
    text = str(refused(403, "::error::x\x1b[2J\n" + "y" * 10_000))
    assert len(text) < 600
    assert "::error::" not in text
    assert text.isprintable()


@given(st.integers(300, 599), st.text(), st.dictionaries(st.just("x-accepted-github-permissions"), st.text()))
def test_any_refusal_is_an_error_with_a_text(status: int, text: str, headers: dict[str, str]) -> None:
    """Whatever a refusal holds, there is an error for it."""
    error = refusal(Request(method="POST", path="/repos/o/r/pulls"), Answer(status=status, headers=headers, text=text))
    assert str(error).startswith("GitHub refused")
    assert str(error).isprintable()
