"""Runs of workflows and their artifacts."""

from __future__ import annotations

from collections.abc import Iterator

from ratchetry.adapters.github import action_answers
from ratchetry.adapters.github.address import segment
from ratchetry.adapters.github.facts import ArtifactFacts, WorkflowRunFacts
from ratchetry.adapters.github.session import Session, read
from ratchetry.errors import GitHubError


def workflow_runs(
    session: Session, base: str, workflow: str, *, branch: str = "", status: str = "", created_since: str = ""
) -> Iterator[WorkflowRunFacts]:
    """Yield the runs of a workflow, newest first, each once, however many there are; raises GitHubError.

    GitHub shows the 1,000 newest for one question, so the question is asked again for those before them
    (https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow).
    """
    path = f"{base}/actions/workflows/{segment(workflow.rpartition('/')[2])}/runs"
    seen: set[int] = set()
    until = ""
    while True:
        asked = {"branch": branch, "status": status, "created": _created(created_since, until)}
        oldest, listed, total = until, 0, 0
        for page in session.pages(path, {key: value for key, value in asked.items() if value}):
            rows = read(page.text, action_answers.Runs, path)
            total, listed = rows.total_count, listed + len(rows.workflow_runs)
            for run in rows.workflow_runs:
                oldest = run.created_at
                if run.id not in seen:
                    seen.add(run.id)
                    yield run.facts()
        if listed >= total:
            return
        if oldest == until:
            msg = f"GitHub does not list all {total:,} runs of {workflow} that were created at {oldest}"
            raise GitHubError(msg)
        until = oldest


def runs_of_commit(session: Session, base: str, commit: str, *, event: str = "") -> Iterator[WorkflowRunFacts]:
    """Yield the runs whose head is a commit, of all workflows, newest first; raises GitHubError.

    https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
    """
    path = f"{base}/actions/runs"
    asked = {"head_sha": commit, "event": event}
    for page in session.pages(path, {key: value for key, value in asked.items() if value}):
        for run in read(page.text, action_answers.Runs, path).workflow_runs:
            if run.head_sha == commit:
                yield run.facts()


def artifacts(session: Session, base: str, *, run_id: int | None = None, name: str = "") -> Iterator[ArtifactFacts]:
    """Yield the artifacts of a run, or of the whole repository, newest first; raises GitHubError."""
    path = f"{base}/actions/artifacts" if run_id is None else f"{base}/actions/runs/{segment(run_id)}/artifacts"
    seen: set[int] = set()
    for page in session.pages(path, {"name": name} if name else None):
        for row in read(page.text, action_answers.Artifacts, path).artifacts:
            if row.id not in seen and (not name or row.name == name):
                seen.add(row.id)
                yield row.facts()


def _created(since: str, until: str) -> str:
    """Return a range of times as GitHub's searches write it, empty for all times."""
    if since and until:
        return f"{since}..{until}"
    return f">={since}" if since else f"<={until}" if until else ""
