"""Runs, artifacts, workflows and the settings of Actions."""

from __future__ import annotations

from collections.abc import Iterable

from tests.github.fake import action_shapes, shapes
from tests.github.fake.routing import Call, Refusal, Response, route
from tests.github.fake.state import Artifact, Run


@route("GET", "/actions/workflows", actions="read")
def list_workflows(call: Call) -> Response:
    """List workflows."""
    rows = list(call.repo.workflows.values())
    part, headers = call.page([action_shapes.workflow(row, call.repo.full_name, call.base) for row in rows])
    return Response(body=shapes.listing("workflows", part, len(rows)), headers=headers)


@route("GET", "/actions/workflows/{workflow_id}/runs", actions="read")
def list_runs_of_workflow(call: Call) -> Response:
    """List runs of workflow."""
    wanted = call.params["workflow_id"]
    paths = {row.path for row in call.repo.workflows.values() if wanted in {str(row.id), row.path.rpartition("/")[2]}}
    if not paths:
        raise Refusal(404, "Not Found")
    return _runs(call, [row for row in call.repo.runs.values() if row.path in paths])


@route("GET", "/actions/runs", actions="read")
def list_runs(call: Call) -> Response:
    """List runs."""
    return _runs(call, call.repo.runs.values())


@route("GET", "/actions/runs/{run_id}", actions="read")
def get_run(call: Call) -> Response:
    """Get run."""
    return Response(body=action_shapes.run(_run(call), call.repo, call.base))


@route("GET", "/actions/runs/{run_id}/artifacts", actions="read")
def list_artifacts_of_run(call: Call) -> Response:
    """List artifacts of run."""
    run = _run(call)
    return _artifacts(call, [row for row in call.repo.artifacts.values() if row.run_id == run.id])


@route("GET", "/actions/artifacts", actions="read")
def list_artifacts(call: Call) -> Response:
    """List artifacts."""
    return _artifacts(call, call.repo.artifacts.values())


@route("GET", "/actions/artifacts/{artifact_id}", actions="read")
def get_artifact(call: Call) -> Response:
    """Get artifact."""
    return Response(body=action_shapes.artifact(_artifact(call), call.repo, call.base))


@route("GET", "/actions/artifacts/{artifact_id}/{archive_format}", actions="read")
def download_artifact(call: Call) -> Response:
    """Download artifact."""
    artifact = _artifact(call)
    if artifact.expired:
        raise Refusal(410, "Artifact has expired")
    return Response(status=302, headers={"Location": f"{call.base}/_artifacts/{artifact.id}?sig=x"})


@route("GET", "/actions/permissions", administration="read")
def get_actions_permissions(call: Call) -> Response:
    """Get actions permissions."""
    repo = call.repo
    return Response(
        body={"enabled": repo.actions_enabled, "allowed_actions": repo.allowed_actions, "sha_pinning_required": False}
    )


@route("GET", "/actions/permissions/workflow", administration="read")
def get_workflow_permissions(call: Call) -> Response:
    """Get workflow permissions."""
    repo = call.repo
    return Response(
        body={
            "default_workflow_permissions": repo.default_workflow_permissions,
            "can_approve_pull_request_reviews": repo.actions_may_propose,
        }
    )


def _run(call: Call) -> Run:
    """Return the run that a request is about."""
    number = int(call.params["run_id"])
    if number not in call.repo.runs:
        raise Refusal(404, "Not Found")
    return call.repo.runs[number]


def _artifact(call: Call) -> Artifact:
    """Return the artifact that a request is about."""
    number = int(call.params["artifact_id"])
    if number not in call.repo.artifacts:
        raise Refusal(404, "Not Found")
    return call.repo.artifacts[number]


def _runs(call: Call, rows: Iterable[Run]) -> Response:
    """Return a page of the runs that fit, newest first; GitHub shows no more than a number of them."""
    first, last = _range(call.query.get("created", ""))
    branch, event, status, sha = (call.query.get(name, "") for name in ("branch", "event", "status", "head_sha"))
    fitting = [
        row
        for row in rows
        if first <= row.created_at <= last
        and (not branch or row.head_branch == branch)
        and (not sha or row.head_sha == sha)
        and (not event or row.event == event)
        and (not status or status in {row.status, row.conclusion})
    ]
    fitting.sort(key=lambda row: (row.created_at, row.id), reverse=True)
    part, headers = call.page([action_shapes.run(row, call.repo, call.base) for row in fitting[: call.repo.most_runs]])
    return Response(body=shapes.listing("workflow_runs", part, len(fitting)), headers=headers)


def _range(created: str) -> tuple[str, str]:
    """Return the times between which a search looks."""
    if ".." in created:
        first, _, last = created.partition("..")
        return first, last
    if created.startswith(">="):
        return created[2:], "9"
    return ("", created[2:]) if created.startswith("<=") else ("", "9")


def _artifacts(call: Call, rows: Iterable[Artifact]) -> Response:
    """Return a page of artifacts, newest first, of one name when it is given."""
    name = call.query.get("name", "")
    fitting = sorted((row for row in rows if not name or row.name == name), key=lambda row: row.id, reverse=True)
    part, headers = call.page([action_shapes.artifact(row, call.repo, call.base) for row in fitting])
    return Response(body=shapes.listing("artifacts", part, len(fitting)), headers=headers)
