"""GitHub's documents, with every field that its description requires."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from tests.github.fake.state import Artifact, Comment, Issue, Repository, Run, Workflow

_USER_LINKS: Final = [
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "organizations",
    "repos",
    "events",
    "received_events",
]
_REPOSITORY_LINKS: Final = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
]


def user(login: str, base: str) -> dict[str, object]:
    """Return an account."""
    name_in_addresses = quote(login)
    url = f"{base}/users/{name_in_addresses}"
    return {
        "login": login,
        "id": sum(login.encode()) + 1,
        "node_id": "U_1",
        "avatar_url": f"{base}/avatars/{name_in_addresses}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{base}/{name_in_addresses}",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": False,
        **{f"{name}_url": f"{url}/{name}" for name in _USER_LINKS},
    }


def account(login: str, base: str, time: str) -> dict[str, object]:
    """Return an account as it sees itself."""
    nothing = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
    zeros = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    return {**user(login, base), **nothing, **zeros, "user_view_type": "public", "created_at": time, "updated_at": time}


def minimal_repository(full_name: str, base: str, *, number: int = 1, private: bool = False) -> dict[str, object]:
    """Return a repository as it stands in other documents."""
    url = f"{base}/repos/{full_name}"
    owner, _, name = full_name.partition("/")
    return {
        "id": number,
        "node_id": "R_1",
        "name": name,
        "full_name": full_name,
        "owner": user(owner, base),
        "private": private,
        "html_url": f"{base}/{full_name}",
        "description": None,
        "fork": False,
        "url": url,
        **{f"{link}_url": f"{url}/{link}" for link in _REPOSITORY_LINKS},
    }


def repository(row: Repository, base: str, time: str) -> dict[str, object]:
    """Return a repository in full."""
    zeros = [
        "forks",
        "forks_count",
        "open_issues",
        "open_issues_count",
        "size",
        "stargazers_count",
        "watchers",
        "watchers_count",
    ]
    return {
        **minimal_repository(row.full_name, base, number=row.id, private=row.private),
        **dict.fromkeys((*zeros, "network_count", "subscribers_count"), 0),
        **dict.fromkeys(("has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads"), False),
        **dict.fromkeys(("homepage", "language", "mirror_url", "license")),
        **dict.fromkeys(("clone_url", "git_url", "ssh_url", "svn_url"), f"{base}/{row.full_name}.git"),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), time),
        "fork": row.fork,
        "default_branch": row.default_branch,
        "has_issues": row.has_issues,
        "archived": row.archived,
        "disabled": False,
    }


def label(name: str, base: str) -> dict[str, object]:
    """Return a label."""
    return {
        "id": sum(name.encode()) + 1,
        "node_id": "L_1",
        "url": f"{base}/labels/{quote(name)}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }


def issue(row: Issue, comments: int, repo: Repository, base: str) -> dict[str, object]:
    """Return an issue, or a pull request as lists of issues show it."""
    url = f"{base}/repos/{repo.full_name}/issues/{row.number}"
    pull = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), f"{base}/pull/{row.number}")
    return {
        "id": repo.id * 1000 + row.number,
        "node_id": "I_1",
        "number": row.number,
        "url": url,
        "repository_url": f"{base}/repos/{repo.full_name}",
        **{f"{name}_url": f"{url}/{name}" for name in ("labels", "comments", "events")},
        "html_url": f"{base}/{repo.full_name}/{'pull' if row.pull else 'issues'}/{row.number}",
        "title": row.title,
        "body": row.body,
        "state": row.state,
        "state_reason": row.state_reason,
        "locked": False,
        "user": user(row.author, base),
        "author_association": "NONE",
        "labels": [label(name, base) for name in row.labels],
        "assignee": user(row.assignees[0], base) if row.assignees else None,
        "assignees": [user(name, base) for name in row.assignees],
        "milestone": None,
        "comments": comments,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "closed_at": row.closed_at,
        **({"pull_request": pull} if row.pull else {}),
    }


def comment(row: Comment, full_name: str, base: str) -> dict[str, object]:
    """Return a comment."""
    return {
        "id": row.id,
        "node_id": "IC_1",
        "url": f"{base}/repos/{full_name}/issues/comments/{row.id}",
        "html_url": f"{base}/{full_name}/issues/{row.number}#issuecomment-{row.id}",
        "issue_url": f"{base}/repos/{full_name}/issues/{row.number}",
        "body": row.body,
        "user": user(row.author, base),
        "author_association": "NONE",
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def pull(row: Issue, repo: Repository, base: str, *, whole: bool) -> dict[str, object]:
    """Return a pull request, as a list shows it or in whole."""
    details = row.pull
    assert details is not None
    url = f"{base}/repos/{repo.full_name}/pulls/{row.number}"
    links = ["self", "html", "issue", "comments", "review_comments", "review_comment", "commits", "statuses"]
    counts = ["additions", "changed_files", "comments", "commits", "deletions", "review_comments"]
    alone: dict[str, object] = {
        **dict.fromkeys(counts, 0),
        "mergeable": details.mergeable,
        "mergeable_state": "clean" if details.mergeable else "dirty",
        "merged": details.merged_at is not None,
        "merged_by": None,
        "maintainer_can_modify": False,
    }
    shared = {
        name: value
        for name, value in issue(row, 0, repo, base).items()
        if name not in {"pull_request", "labels_url", "events_url", "repository_url", "state_reason", "comments"}
    }
    named = ["comments", "commits", "diff", "issue", "patch", "review_comment", "review_comments", "statuses"]
    return {
        **shared,
        "url": url,
        **{f"{name}_url": f"{url}/{name}" for name in named},
        "_links": {name: {"href": f"{url}/{name}"} for name in links},
        "head": _side(details.head_repository, details.head_ref, details.head_sha, base),
        "base": _side(repo.full_name, details.base_ref, details.base_sha, base),
        "draft": details.draft,
        "merge_commit_sha": None,
        "merged_at": details.merged_at,
        "auto_merge": None,
        **(alone if whole else {}),
    }


def _side(full_name: str | None, ref: str, sha: str, base: str) -> dict[str, object]:
    """Return the head or base of a pull request."""
    owner = (full_name or "ghost/gone").partition("/")[0]
    stand_in = Repository(full_name=full_name or "", id=1)
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(owner, base),
        "repo": repository(stand_in, base, "2026-01-01T00:00:00Z") if full_name else None,
    }


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


def listing(name: str, rows: Iterable[object], total: int) -> dict[str, object]:
    """Return one page of a list that says how long it is."""
    return {"total_count": total, name: list(rows)}
