"""The repository, its branches and the account behind a token."""

from __future__ import annotations

from tests.github.fake import shapes
from tests.github.fake.routing import Call, Refusal, Response, route


@route("GET", "/user")
def get_user(call: Call) -> Response:
    """Get user."""
    if call.token.app:
        raise Refusal(403, "Resource not accessible by integration")
    return Response(body=shapes.account(call.token.login, call.base, call.state.time()))


@route("GET", "", metadata="read")
def get_repository(call: Call) -> Response:
    """Get repository."""
    return Response(body=shapes.repository(call.repo, call.base, "2026-01-01T00:00:00Z"))


@route("GET", "/branches/{branch}", contents="read")
def get_branch(call: Call) -> Response:
    """Get branch."""
    name, repo = call.params["branch"], call.repo
    if f"refs/heads/{name}" not in repo.refs:
        raise Refusal(404, "Branch not found")
    sha = repo.refs[f"refs/heads/{name}"]
    url = f"{call.base}/repos/{repo.full_name}/branches/{name}"
    commit = repo.objects.commits[sha]
    person = {"name": commit.author, "email": "octocat@example.com", "date": commit.date}
    detail = {
        "url": url,
        "author": person,
        "committer": person,
        "message": commit.message,
        "comment_count": 0,
        "tree": {"sha": commit.tree, "url": url},
    }
    links = dict.fromkeys(("url", "html_url", "comments_url"), url)
    whole: dict[str, object] = {
        "sha": sha,
        "node_id": "C_1",
        **links,
        "commit": detail,
        "author": {},
        "committer": {},
        "parents": [],
    }
    return Response(
        body={
            "name": name,
            "commit": whole,
            "_links": {"html": url, "self": url},
            "protected": name in repo.protected,
            "protection": {"enabled": name in repo.protected},
            "protection_url": f"{url}/protection",
        }
    )


@route("GET", "/rules/branches/{branch}", metadata="read")
def get_branch_rules(call: Call) -> Response:
    """Get branch rules."""
    rows = [{"type": kind} for kind in call.repo.rules.get(call.params["branch"], ())]
    part, headers = call.page(rows)
    return Response(body=list(part), headers=headers)
