"""Comments on issues and pull requests."""

from __future__ import annotations

from collections.abc import Mapping

from tests.github.fake import shapes
from tests.github.fake.routing import Call, Refusal, Response, conditional
from tests.github.fake.state import Comment

_LONGEST = 65_536


def _reads(call: Call) -> Mapping[str, str]:
    """Return what reading takes: for a pull request, either permission is enough."""
    return {"issues": "read", "pull_requests": "read"} if _is_pull(call) else {"issues": "read"}


def _writes(call: Call) -> Mapping[str, str]:
    """Return what writing takes."""
    return dict.fromkeys(_reads(call), "write")


@conditional("GET", "/issues/{issue_number}/comments", _reads)
def list_comments(call: Call) -> Response:
    """List comments."""
    number = call.issue().number
    rows = sorted((row for row in call.repo.comments.values() if row.number == number), key=lambda row: row.id)
    part, headers = call.page([shapes.comment(row, call.repo.full_name, call.base) for row in rows])
    return Response(body=list(part), headers=headers)


@conditional("POST", "/issues/{issue_number}/comments", _writes)
def create_comment(call: Call) -> Response:
    """Create comment."""
    number = call.issue().number
    row = call.state.add_comment(call.repo, number, body_of(call), author=call.token.login)
    return Response(status=201, body=shapes.comment(row, call.repo.full_name, call.base))


@conditional("PATCH", "/issues/comments/{comment_id}", _writes)
def update_comment(call: Call) -> Response:
    """Update comment."""
    row = _comment(call)
    row.body, row.updated_at = body_of(call), call.state.time()
    return Response(body=shapes.comment(row, call.repo.full_name, call.base))


@conditional("DELETE", "/issues/comments/{comment_id}", _writes)
def delete_comment(call: Call) -> Response:
    """Delete comment."""
    del call.repo.comments[_comment(call).id]
    return Response(status=204)


def body_of(call: Call) -> str:
    """Return the body that a request brings, which has a greatest length."""
    body = call.text("body") or ""
    if len(body) > _LONGEST:
        wrong = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long"}
        raise Refusal(422, "Validation Failed", errors=[wrong])
    return body


def _comment(call: Call) -> Comment:
    """Return the comment that a request is about."""
    number = int(call.params["comment_id"])
    if number not in call.repo.comments:
        raise Refusal(404, "Not Found")
    return call.repo.comments[number]


def _is_pull(call: Call) -> bool:
    """Tell whether a request is about a pull request."""
    number = _comment(call).number if "comment_id" in call.params else call.issue().number
    return call.repo.issues[number].pull is not None
