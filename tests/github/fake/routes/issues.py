"""Issues and their labels."""

from __future__ import annotations

from tests.github.fake import shapes
from tests.github.fake.routes.comments import body_of
from tests.github.fake.routing import Call, Refusal, Response, route
from tests.github.fake.state import Issue


@route("GET", "/issues", issues="read")
def list_issues(call: Call) -> Response:
    """List issues."""
    if not call.repo.has_issues:
        raise Refusal(410, "Issues are disabled for this repo")
    state, creator = call.query.get("state", "open"), call.query.get("creator", "")
    labels = set(filter(None, call.query.get("labels", "").split(",")))
    rows = [
        row
        for row in sorted(call.repo.issues.values(), key=lambda row: row.number, reverse=True)
        if state in {"all", row.state} and labels <= set(row.labels) and (not creator or row.author == creator)
    ]
    part, headers = call.page([_shape(call, row) for row in rows])
    return Response(body=list(part), headers=headers)


@route("POST", "/issues", issues="write")
def create_issue(call: Call) -> Response:
    """Create issue."""
    _writable(call)
    title, labels = call.text("title") or "", () if call.repo.drops_labels else tuple(call.texts("labels") or ())
    row = call.state.add_issue(call.repo, title, body_of(call), author=call.token.login, labels=labels)
    row.assignees = call.texts("assignees") or []
    return Response(status=201, body=_shape(call, row))


@route("GET", "/issues/{issue_number}", issues="read")
def get_issue(call: Call) -> Response:
    """Get issue."""
    return Response(body=_shape(call, call.issue()))


@route("PATCH", "/issues/{issue_number}", issues="write")
def update_issue(call: Call) -> Response:
    """Update issue."""
    _writable(call)
    row = call.issue()
    row.title = call.text("title") or row.title
    row.body = body_of(call) if "body" in call.body else row.body
    row.labels = call.texts("labels") or row.labels
    state = call.text("state") or row.state
    if state != row.state:
        row.state_reason = call.text("state_reason") or ("completed" if state == "closed" else "reopened")
        row.closed_at = call.state.time() if state == "closed" else None
    row.state, row.updated_at = state, call.state.time()
    return Response(body=_shape(call, row))


@route("POST", "/issues/{issue_number}/labels", issues="write", pull_requests="write")
def add_labels(call: Call) -> Response:
    """Add labels."""
    row = call.issue()
    row.labels += [name for name in call.texts("labels") or () if name not in row.labels]
    return Response(body=[shapes.label(name, call.base) for name in row.labels])


def _writable(call: Call) -> None:
    """Refuse to write where issues are switched off or everything is."""
    if call.repo.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    if not call.repo.has_issues:
        raise Refusal(410, "Issues are disabled for this repo")


def _shape(call: Call, row: Issue) -> dict[str, object]:
    """Return an issue as GitHub describes it."""
    comments = sum(comment.number == row.number for comment in call.repo.comments.values())
    return shapes.issue(row, comments, call.repo, call.base)
