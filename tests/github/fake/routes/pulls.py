"""Pull requests."""

from __future__ import annotations

from tests.github.fake import shapes
from tests.github.fake.routing import Call, Refusal, Response, route
from tests.github.fake.state import Issue


@route("GET", "/pulls", pull_requests="read")
def list_pulls(call: Call) -> Response:
    """List pulls."""
    state, head, base = (call.query.get(name, "") for name in ("state", "head", "base"))
    rows = [
        row
        for row in sorted(call.repo.pulls.values(), key=lambda row: row.number, reverse=True)
        if state == "all" or row.state == (state or "open")
        if not head or _label(row) == head
        if not base or (row.pull and row.pull.base_ref == base)
    ]
    part, headers = call.page([shapes.pull(row, call.repo, call.base, whole=False) for row in rows])
    return Response(body=list(part), headers=headers)


@route("GET", "/commits/{commit_sha}/pulls", pull_requests="read")
def list_pulls_of_commit(call: Call) -> Response:
    """List pulls of commit."""
    rows = [row for row in call.repo.pulls.values() if row.pull and row.pull.head_sha == call.params["commit_sha"]]
    part, headers = call.page([shapes.pull(row, call.repo, call.base, whole=False) for row in rows])
    return Response(body=list(part), headers=headers)


@route("GET", "/pulls/{pull_number}", pull_requests="read")
def get_pull(call: Call) -> Response:
    """Get pull."""
    return Response(body=shapes.pull(_pull(call), call.repo, call.base, whole=True))


@route("POST", "/pulls", pull_requests="write")
def create_pull(call: Call) -> Response:
    """Create pull."""
    if call.token.app and not call.repo.actions_may_propose:
        raise Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.")
    branch, base = call.text("head") or "", call.text("base") or ""
    problem = ""
    if f"refs/heads/{branch}" not in call.repo.refs:
        problem = f"There is no branch {branch}"
    elif any(row.state == "open" and row.pull and row.pull.head_ref == branch for row in call.repo.pulls.values()):
        problem = f"A pull request already exists for {branch}."
    elif call.repo.refs[f"refs/heads/{branch}"] in call.repo.objects.ancestors(call.repo.refs[f"refs/heads/{base}"]):
        problem = f"No commits between {base} and {branch}"
    if problem:
        wrong = {"resource": "PullRequest", "field": "head", "code": "custom", "message": problem}
        raise Refusal(422, "Validation Failed", errors=[wrong])
    row = call.state.add_pull(call.repo, branch, author=call.token.login)
    row.title, row.body = call.text("title") or "", call.text("body") or ""
    return Response(status=201, body=shapes.pull(row, call.repo, call.base, whole=True))


@route("PATCH", "/pulls/{pull_number}", pull_requests="write")
def update_pull(call: Call) -> Response:
    """Update pull."""
    row = _pull(call)
    row.title, row.state = call.text("title") or row.title, call.text("state") or row.state
    row.body = row.body if call.text("body") is None else call.text("body") or ""
    return Response(body=shapes.pull(row, call.repo, call.base, whole=True))


def _pull(call: Call) -> Issue:
    """Return the pull request that a request is about."""
    row = call.issue("pull_number")
    if row.pull is None:
        raise Refusal(404, "Not Found")
    return row


def _label(row: Issue) -> str:
    """Return owner:branch of a head."""
    assert row.pull is not None
    return f"{(row.pull.head_repository or '').partition('/')[0]}:{row.pull.head_ref}"
