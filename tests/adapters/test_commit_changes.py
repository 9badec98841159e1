"""What each commit changed, from real repositories and from anything that looks like a log."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.commit_changes import commit_changes, file_at, parse_changes
from ratchetry.adapters.git import Git
from tests.adapters.repositories import ENVIRON, commit, git, repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with one commit."""
    made = repository(tmp_path / "repo")
    commit(made, a__py="a = 1\n")
    return made


def test_commits_with_their_files(root: Path) -> None:
    """Oldest first; a merge has what it brings in, an empty commit nothing, a renamed file is gone and new."""
    first = git(root, "rev-parse", "HEAD")
    git(root, "switch", "-q", "-c", "side")
    commit(root, side__py="s = 1\nt = 2\n")
    git(root, "switch", "-q", "main")
    empty = commit(root)
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    git(root, "mv", "a.py", "b\tc.py")
    last = commit(root)
    found = commit_changes(Git(str(root), ENVIRON), "main")
    assert [one.sha for one in found[:2]] == [first, empty]
    assert found[3].sha == last
    assert [(file.path, file.added, file.deleted) for file in found[2].files] == [("side.py", 2, 0)]
    assert {file.path for file in found[3].files} == {"a.py", "b\tc.py"}
    assert (found[1].files, found[2].lines) == ((), 2)
    assert found[0].time == "2024-01-01T00:00:00Z"


def test_from_a_commit_on(root: Path) -> None:
    """The first commit is part of it, also when it is the first of all."""
    first = git(root, "rev-parse", "HEAD")
    second, third = commit(root, b__py="b\n"), commit(root, c__py="c\n")
    client = Git(str(root), ENVIRON)
    assert [one.sha for one in commit_changes(client, "main", first=second)] == [second, third]
    assert [one.sha for one in commit_changes(client, third, first=first)] == [first, second, third]


@pytest.mark.parametrize(
    ("tip", "first"), [("", ""), ("gone", ""), ("main", "f" * 40), ("--output=x", ""), ("main", "-x")]
)
def test_what_git_does_not_know_is_empty(root: Path, tip: str, first: str) -> None:
    """Nothing is raised, and nothing that looks like an option is one."""
    assert commit_changes(Git(str(root), ENVIRON), tip, first=first) == ()
    assert not (root / "x").exists()


def test_a_file_as_a_commit_has_it(root: Path) -> None:
    """Empty where there is none."""
    client, first = Git(str(root), ENVIRON), git(root, "rev-parse", "HEAD")
    commit(root, a__py="a = 2\n")
    assert file_at(client, first, "a.py") == b"a = 1\n"
    assert file_at(client, first, "gone.py") == file_at(client, "HEAD", "a.py") == file_at(client, first, "") == b""


@given(st.one_of(st.binary(max_size=300), st.text("0a f\t\n\0", max_size=300).map(str.encode)))
def test_any_bytes_are_read(data: bytes) -> None:
    """Whatever is no commit is left out."""
    for one in parse_changes(data):
        assert len(one.sha) >= 40
