"""What GitHub says of the event behind a run: the parts that workflows and commands read."""

from __future__ import annotations

from tests.github.fake import Issue, Repository, Run


def push(repository: Repository, sha: str) -> dict[str, object]:
    """Return the payload of a push to the default branch."""
    return {
        "ref": f"refs/heads/{repository.default_branch}",
        "before": "0" * 40,
        "after": sha,
        "repository": _repository(repository.full_name, repository.default_branch),
        "sender": {"login": "octocat"},
    }


def pull_request(repository: Repository, issue: Issue) -> dict[str, object]:
    """Return the payload of a pull request that was opened or changed."""
    pull = issue.pull
    if pull is None:
        msg = f"#{issue.number} is no pull request"
        raise ValueError(msg)
    head = pull.head_repository or ""
    return {
        "action": "synchronize",
        "number": issue.number,
        "pull_request": {
            "number": issue.number,
            "title": issue.title,
            "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": {"full_name": head, "fork": True}},
            "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": {"full_name": repository.full_name}},
        },
        "repository": _repository(repository.full_name, repository.default_branch),
        "sender": {"login": "stranger"},
    }


def workflow_run(repository: Repository, run: Run) -> dict[str, object]:
    """Return the payload of a run that has ended; of a fork's run it names no pull request."""
    head = run.head_repository or ""
    return {
        "action": "completed",
        "workflow_run": {
            "id": run.id,
            "name": run.name,
            "path": run.path,
            "event": run.event,
            "status": run.status,
            "conclusion": run.conclusion,
            "run_attempt": run.attempt,
            "run_number": 1,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "head_repository": {"full_name": head, "owner": {"login": head.partition("/")[0]}},
            "repository": {"full_name": repository.full_name},
            "pull_requests": [],
        },
        "workflow": {"name": run.name, "path": run.path},
        "repository": _repository(repository.full_name, repository.default_branch),
        "sender": {"login": "stranger"},
    }


def _repository(full_name: str, default_branch: str) -> dict[str, object]:
    """Return what every payload says of its repository."""
    owner, name = full_name.split("/")
    return {
        "full_name": full_name,
        "name": name,
        "owner": {"login": owner},
        "default_branch": default_branch,
        "html_url": f"https://github.com/{full_name}",
        "private": False,
        "fork": False,
    }
