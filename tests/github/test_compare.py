"""What changed between two commits, as far as GitHub tells it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.compare import compare
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.project import Base
from ratchetry.errors import GitHubError, RatchetryError, UsageError
from ratchetry.pipeline.survey import places_of, survey
from ratchetry.settings import Settings
from tests.adapters.repositories import commit, repository
from tests.github.conftest import FakeTime, opened
from tests.github.fake import TOKEN, FakeGitHub, Fault, Response

BASE, HEAD, MERGED = "a" * 40, "b" * 40, "c" * 40


def file(
    name: str, status: str = "modified", added: int = 1, deleted: int = 0, *, patch: str | None = None
) -> dict[str, object]:
    """Return one file of a comparison, as GitHub describes it."""
    row = {"filename": name, "status": status, "additions": added, "deletions": deleted, "changes": added + deleted}
    return row if patch is None else {**row, "patch": patch}


def comparison(*files: object) -> dict[str, object]:
    """Return a comparison with these files, as GitHub answers it."""
    return {"merge_base_commit": {"sha": MERGED}, "total_commits": 1, "commits": [], "files": list(files)}


def ask(fake: FakeGitHub, client: GitHubClient, content: object) -> Base:
    """Return the comparison that an answer is read as."""
    fake.mounts["/repos/octocat/hello/compare/"] = lambda _: Response(body=content)
    return compare(client, BASE, HEAD)


def test_files_and_lines(fake: FakeGitHub, client: GitHubClient) -> None:
    """Counts are taken for every file, lines from the patches, all lines of an added file without a patch."""
    content = comparison(
        file("a.py", added=2, deleted=1, patch="@@ -1,2 +1,3 @@\n x\n-y\n+z\n+w"),
        file("dir/é b.py", "renamed", patch="@@ -7,0 +8 @@ def f():\n+x\n\\ No newline at end of file"),
        file("gone.py", "removed", 0, 3, patch="@@ -1,3 +0,0 @@\n-x\n-y\n-z"),
        file("logo.png", added=0),
        file("big.json", added=5000),
        file("new.py", "added", added=3),
    )
    base = ask(fake, client, content)
    assert base.commit == MERGED
    assert base.files["a.py"] == (2, 1)
    assert base.files["gone.py"] == (0, 3)
    assert base.added_lines == {"a.py": (2, 3), "dir/é b.py": (8,), "new.py": (1, 2, 3)}
    assert [request.path for request in fake.requests] == [f"/repos/octocat/hello/compare/{BASE}...{HEAD}"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (comparison(*(file(f"{number}.py") for number in range(300))), "only the first 300 files"),
        (comparison(file("huge.py", added=9000)), "leaves out the changes of huge.py"),
        (comparison(file("a.py", patch="@@ -1 +1 @@\n+x\n+y\n+z")), "cannot be read"),
        ({"files": [{"filename": 3}], "merge_base_commit": None}, "cannot be read"),
        ({"files": "many"}, "cannot be read"),
        ({"merge_base_commit": {"sha": MERGED}}, "cannot be read"),
        (b"[]", "cannot be read"),
        (b"no json", "did not answer"),
    ],
)
def test_an_incomplete_answer_is_no_comparison(
    fake: FakeGitHub, client: GitHubClient, content: object, said: str
) -> None:
    """What GitHub leaves out, and an answer that makes no sense, is an error and never an empty change."""
    with pytest.raises(RatchetryError, match=said):
        ask(fake, client, content)


def test_a_refusal_says_what_to_do(fake: FakeGitHub, client: GitHubClient) -> None:
    """A token that may not read the contents is told what its job lacks."""
    refused = Response(status=403, body={"message": "Resource not accessible by integration"})
    fake.faults.append(Fault(kind="answer", response=refused))
    with pytest.raises(GitHubError, match="add `contents: read` under `permissions:`"):
        compare(client, BASE, HEAD)


def test_patience_can_be_short(fake: FakeGitHub, time: FakeTime) -> None:
    """A measurement does not wait for long: it can do without the comparison."""
    fake.faults.append(Fault(kind="answer", times=9))
    with opened(fake.environ, time, patience=2) as client, pytest.raises(GitHubError, match="status 502"):
        compare(client, BASE, HEAD)
    assert time.seconds <= 2


@pytest.mark.parametrize("base", ["../../user", "a?x=1", "-x", "a/b"])
def test_names_stay_in_their_place(fake: FakeGitHub, client: GitHubClient, base: str) -> None:
    """No name of a commit changes what is asked, and none is refused."""
    fake.mounts["/repos/octocat/hello/compare/"] = lambda _: Response(body=comparison())
    assert compare(client, base, HEAD).commit == MERGED
    assert [request.path.count("/") for request in fake.requests] == [5]
    with pytest.raises(UsageError):
        compare(client, "", HEAD)


def test_a_shallow_checkout_asks_github(fake: FakeGitHub, time: FakeTime, tmp_path: Path) -> None:
    """A survey takes the base from GitHub when git does not have it, and does without when GitHub refuses."""
    root = repository(tmp_path / "checkout")
    sha = commit(root, **{"a.py": "x = 1\n"})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"before": BASE, "repository": {"default_branch": "main"}}), encoding="utf-8")
    told = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event), "GITHUB_SHA": sha, "PATH": os.environ["PATH"]}
    fake.mounts["/repos/octocat/hello/compare/"] = lambda _: Response(body=comparison(file("a.py", "added")))

    def base_commit(token: str) -> str | None:
        environ = {**fake.environ, **told, "GITHUB_TOKEN": token}
        places = places_of(str(root), Settings())
        found = survey(places, Settings(), environ=environ, clock=time, progress=SilentProgress(), look_only=True)
        return found.base.commit if found.base else None

    assert base_commit(TOKEN) == MERGED
    fake.mounts.clear()
    fake.faults.append(Fault(kind="answer", path="/compare/", response=Response(status=404, body={}), times=9))
    assert base_commit(TOKEN) is None
    assert base_commit("no token\n at all") is None
