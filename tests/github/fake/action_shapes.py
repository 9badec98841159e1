"""GitHub's documents about Actions, with every field that its description requires."""

from __future__ import annotations

from tests.github.fake.shapes import minimal_repository
from tests.github.fake.state import Artifact, Repository, Run, Workflow


def run(row: Run, repo: Repository, base: str) -> dict[str, object]:
    """Return a run of a workflow."""
    url = f"{base}/repos/{repo.full_name}/actions/runs/{row.id}"
    links = ["jobs", "logs", "check_suite", "cancel", "rerun", "artifacts", "workflow"]
    workflow_id = next(key for key, workflow in repo.workflows.items() if workflow.path == row.path)
    person = {"name": "Octo Cat", "email": "octocat@example.com"}
    commit = {"id": row.head_sha, "tree_id": row.head_sha, "message": "x", "timestamp": row.created_at}
    return {
        "id": row.id,
        "node_id": "WFR_1",
        "name": row.name,
        "path": row.path,
        "display_title": row.name,
        "run_number": row.id,
        "run_attempt": row.attempt,
        "event": row.event,
        "status": row.status,
        "conclusion": row.conclusion,
        "workflow_id": workflow_id,
        "head_branch": row.head_branch,
        "head_sha": row.head_sha,
        "head_commit": {**commit, "author": person, "committer": person},
        "head_repository": minimal_repository(row.head_repository, base) if row.head_repository else None,
        "repository": minimal_repository(repo.full_name, base, number=repo.id),
        "pull_requests": [_pull_reference(number, repo, base) for number in row.pull_requests],
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": url,
        "html_url": f"{base}/{repo.full_name}/actions/runs/{row.id}",
        **{f"{name}_url": f"{url}/{name}" for name in links},
    }


def _pull_reference(number: int, repo: Repository, base: str) -> dict[str, object]:
    """Return a pull request as runs refer to it."""
    details = repo.issues[number].pull
    assert details is not None
    here = {"id": repo.id, "url": f"{base}/repos/{repo.full_name}", "name": repo.full_name.partition("/")[2]}
    return {
        "id": number,
        "number": number,
        "url": f"{base}/repos/{repo.full_name}/pulls/{number}",
        "head": {"ref": details.head_ref, "sha": details.head_sha, "repo": here},
        "base": {"ref": details.base_ref, "sha": details.base_sha, "repo": here},
    }


def artifact(row: Artifact, repo: Repository, base: str) -> dict[str, object]:
    """Return an artifact."""
    url = f"{base}/repos/{repo.full_name}/actions/artifacts/{row.id}"
    owner = repo.runs.get(row.run_id)
    run_part = {
        "id": row.run_id,
        "repository_id": repo.id,
        "head_repository_id": repo.id,
        "head_branch": owner.head_branch if owner else None,
        "head_sha": owner.head_sha if owner else "0" * 40,
    }
    return {
        "id": row.id,
        "node_id": "A_1",
        "name": row.name,
        "size_in_bytes": len(row.data),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": row.expired,
        "created_at": row.created_at,
        "expires_at": row.created_at,
        "updated_at": row.created_at,
        **({"digest": row.digest} if row.digest else {}),
        "workflow_run": run_part,
    }


def workflow(row: Workflow, full_name: str, base: str) -> dict[str, object]:
    """Return a workflow."""
    url = f"{base}/repos/{full_name}/actions/workflows/{row.id}"
    return {
        "id": row.id,
        "node_id": "W_1",
        "name": row.name,
        "path": row.path,
        "state": row.state,
        **dict.fromkeys(("created_at", "updated_at"), "2026-01-01T00:00:00.000Z"),
        **dict.fromkeys(("url", "html_url", "badge_url"), url),
    }
