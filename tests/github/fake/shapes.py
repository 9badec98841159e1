"""GitHub's documents, with every field that its description requires."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from tests.github.fake.state import Comment, Issue, Repository

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
    base_sha = repo.refs[f"refs/heads/{details.base_ref}"]
    here = details.head_sha in repo.objects.commits  # the objects of forks are not
    mergeable = None if details.merged_at else not here or repo.objects.merged(base_sha, details.head_sha) is not None
    alone: dict[str, object] = {
        **dict.fromkeys(counts, 0),
        "mergeable": mergeable,
        "mergeable_state": "clean" if mergeable else "dirty",
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


def listing(name: str, rows: Iterable[object], total: int) -> dict[str, object]:
    """Return one page of a list that says how long it is."""
    return {"total_count": total, name: list(rows)}
