"""Contents, and the objects and references of git."""

from __future__ import annotations

import base64

from tests.github.fake.objects import Commit, Entry
from tests.github.fake.routing import Call, Refusal, Response, route
from tests.github.fake.state import Repository


@route("GET", "/contents/{path}", contents="read")
def get_content(call: Call) -> Response:
    """Get content."""
    repo, path = call.repo, call.params["path"]
    commit = repo.objects.commits[resolve(repo, call.query.get("ref", repo.default_branch))]
    files = repo.objects.files(commit.tree)
    if path not in files:
        raise Refusal(404, "Not Found")
    data = repo.objects.blobs[files[path].sha]
    url = f"{call.base}/repos/{repo.full_name}/contents/{path}"
    links = dict.fromkeys(("git_url", "html_url", "download_url", "url"), url)
    return Response(
        body={
            **links,
            "_links": {"git": url, "html": url, "self": url},
            "type": "file",
            "name": path.rpartition("/")[2],
            "path": path,
            "sha": files[path].sha,
            "size": len(data),
            "encoding": "base64",
            "content": base64.encodebytes(data).decode(),
        }
    )


@route("GET", "/git/ref/{ref}", contents="read")
def get_ref(call: Call) -> Response:
    """Get ref."""
    name = f"refs/{call.params['ref']}"
    if name not in call.repo.refs:
        raise Refusal(404, "Not Found")
    return Response(body=_ref(call, name))


@route("POST", "/git/refs", contents="write")
def create_ref(call: Call) -> Response:
    """Create ref."""
    name, sha = call.text("ref") or "", call.text("sha") or ""
    if name in call.repo.refs:
        raise Refusal(422, "Reference already exists")
    if sha not in call.repo.objects.commits:
        raise Refusal(422, "Object does not exist")
    call.repo.refs[name] = sha
    return Response(status=201, body=_ref(call, name))


@route("PATCH", "/git/refs/{ref}", contents="write")
def update_ref(call: Call) -> Response:
    """Update ref."""
    name, sha, repo = f"refs/{call.params['ref']}", call.text("sha") or "", call.repo
    if name not in repo.refs:
        raise Refusal(422, "Reference does not exist")
    if not call.body.get("force") and repo.refs[name] not in repo.objects.ancestors(sha):
        raise Refusal(422, "Update is not a fast forward")
    call.state.move(repo, name, sha)
    return Response(body=_ref(call, name))


@route("DELETE", "/git/refs/{ref}", contents="write")
def delete_ref(call: Call) -> Response:
    """Delete ref."""
    name = f"refs/{call.params['ref']}"
    if name not in call.repo.refs:
        raise Refusal(422, "Reference does not exist")
    del call.repo.refs[name]
    return Response(status=204)


@route("POST", "/git/blobs", contents="write")
def create_blob(call: Call) -> Response:
    """Create blob."""
    text = call.text("content") or ""
    data = base64.b64decode(text) if call.text("encoding") == "base64" else text.encode()
    sha = call.repo.objects.blob(data)
    return Response(status=201, body={"sha": sha, "url": f"{call.base}/repos/{call.repo.full_name}/git/blobs/{sha}"})


@route("POST", "/git/trees", contents="write")
def create_tree(call: Call) -> Response:
    """Create tree."""
    objects, base, rows = call.repo.objects, call.text("base_tree"), call.body.get("tree")
    assert isinstance(rows, list)
    tree = objects.commits[base].tree if base in objects.commits else base
    files = objects.files(tree) if tree else {}
    for row in rows:
        if row.get("sha", "") is None:
            files.pop(row["path"], None)
            continue
        sha = row.get("sha") or objects.blob(row["content"].encode())
        files[row["path"]] = Entry(mode=row["mode"], kind="blob", sha=sha)
    name = objects.tree_of(files)
    entries = [
        {"path": path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha, "url": f"{call.base}/{entry.sha}"}
        for path, entry in objects.trees[name].items()
    ]
    return Response(status=201, body={"sha": name, "url": f"{call.base}/{name}", "truncated": False, "tree": entries})


@route("GET", "/git/commits/{commit_sha}", contents="read")
def get_commit(call: Call) -> Response:
    """Get commit."""
    sha = call.params["commit_sha"]
    if sha not in call.repo.objects.commits:
        raise Refusal(404, "Not Found")
    return Response(body=_commit(call, sha))


@route("POST", "/git/commits", contents="write")
def create_commit(call: Call) -> Response:
    """Create commit."""
    objects = call.repo.objects
    tree, parents = call.text("tree") or "", tuple(call.texts("parents") or ())
    if tree not in objects.trees or any(parent not in objects.commits for parent in parents):
        raise Refusal(422, "Tree SHA does not exist")
    commit = Commit(
        tree=tree, parents=parents, message=call.text("message") or "", author=call.token.login, date=call.state.time()
    )
    return Response(status=201, body=_commit(call, objects.commit(commit)))


def resolve(repo: Repository, name: str) -> str:
    """Return the commit that a branch's name, or a commit's, stands for."""
    sha = repo.refs.get(f"refs/heads/{name}", name)
    if sha not in repo.objects.commits:
        raise Refusal(404, "No commit found for the ref " + name)
    return sha


def _ref(call: Call, name: str) -> dict[str, object]:
    """Return a reference as GitHub describes it."""
    sha, url = call.repo.refs[name], f"{call.base}/repos/{call.repo.full_name}/git/{name}"
    return {"ref": name, "node_id": "REF_1", "url": url, "object": {"type": "commit", "sha": sha, "url": url}}


def _commit(call: Call, sha: str) -> dict[str, object]:
    """Return a commit as GitHub describes it."""
    commit = call.repo.objects.commits[sha]
    url = f"{call.base}/repos/{call.repo.full_name}/git/commits/"
    person = {"name": commit.author, "email": "octocat@example.com", "date": commit.date}
    nothing = {"signature": None, "payload": None, "verified_at": None}
    return {
        "sha": sha,
        "node_id": "C_1",
        "url": url + sha,
        "html_url": url + sha,
        "author": person,
        "committer": person,
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": url + commit.tree},
        "parents": [{"sha": parent, "url": url + parent, "html_url": url + parent} for parent in commit.parents],
        "verification": {"verified": False, "reason": "unsigned", **nothing},
    }
