"""The past of a branch and of tags, from real repositories of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.git import Git
from ratchetry.adapters.git_log import parse_changes, parse_log, read_branch, read_tags, with_declarations
from ratchetry.domain.commit import Branch, Commit
from ratchetry.errors import UsageError
from tests.adapters.repositories import ENVIRON, commit, git, repository


def past(root: Path, ref: str = "") -> Branch:
    """Return the past of a branch."""
    return read_branch(Git(str(root), ENVIRON), ref)


def names(root: Path, ref: str = "") -> list[str]:
    """Return the commits of a branch, newest first."""
    return [found.sha for found in past(root, ref).commits]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with one commit."""
    made = repository(tmp_path / "repo")
    commit(made, a__py="a = 1\n")
    return made


def test_only_first_parents_count(root: Path) -> None:
    """Of a merge, the branch that it was merged into is the past."""
    first = git(root, "rev-parse", "HEAD")
    git(root, "switch", "-q", "-c", "side")
    commit(root, side__py="s = 1\n")
    git(root, "switch", "-q", "main")
    second = commit(root, a__py="a = 2\n")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert names(root) == [git(root, "rev-parse", "HEAD"), second, first]


def test_the_default_branch_is_meant_wherever_one_stands(root: Path) -> None:
    """On a branch of one's own, or on none, the past is still that of the default branch; another can be named."""
    main = git(root, "rev-parse", "HEAD")
    git(root, "switch", "-q", "-c", "mine")
    mine = commit(root, a__py="a = 2\n")
    assert (past(root).name, names(root)) == ("main", [main])
    assert (past(root, "mine").name, names(root, "mine")) == ("mine", [mine, main])
    git(root, "switch", "-q", "--detach")
    assert past(root).name == "main"
    assert past(root, mine).name == ""


def test_the_default_branch_of_a_clone_is_origins_unless_ours_is_ahead(root: Path, tmp_path: Path) -> None:
    """A stale local branch does not hide what was fetched; commits that were not pushed yet count."""
    git(root, "switch", "-q", "-c", "trunk")
    git(tmp_path, "clone", "-q", str(root), "clone")
    clone = tmp_path / "clone"
    newest = commit(root, a__py="a = 2\n")
    git(clone, "fetch", "-q")
    assert (past(clone).name, names(clone)[0]) == ("trunk", newest)
    git(clone, "merge", "-q", "--ff-only", "origin/trunk")
    ahead = commit(clone, a__py="a = 3\n")
    assert names(clone)[0] == ahead


def test_nothing_to_go_back_on_is_an_error(tmp_path: Path, root: Path) -> None:
    """No commit yet, and no such branch, are told apart."""
    with pytest.raises(UsageError, match="there is no commit to measure yet"):
        past(repository(tmp_path / "unborn"))
    with pytest.raises(UsageError, match="nowhere: no such branch or commit here"):
        past(root, "nowhere")


def test_a_shallow_clone_says_that_it_ends(root: Path, tmp_path: Path) -> None:
    """What a shallow clone holds is its past, and why there is no more is told."""
    commit(root, a__py="a = 2\n")
    git(tmp_path, "clone", "-q", "--no-local", "--depth=1", str(root), "shallow")
    found = past(tmp_path / "shallow")
    assert len(found.commits) == 1
    assert "git fetch --unshallow" in found.cut_off
    assert past(root).cut_off == ""


def test_commits_with_equal_declarations_are_known(root: Path) -> None:
    """Only what declares needs counts, wherever it stands, and going back to it gives the same again."""
    one = commit(root, pyproject__toml="[project]\nname = 'a'\n")
    same = commit(root, a__py="a = 2\n")
    (root / "requirements").mkdir()
    (root / "requirements" / "tests.txt").write_text("pytest\n", encoding="utf-8")
    more = commit(root)
    git(root, "revert", "--no-edit", "HEAD")
    declared = {found.sha: found.declared for found in past(root).commits}
    assert declared[one] == declared[same] == declared[git(root, "rev-parse", "HEAD")]
    assert declared[more] not in {declared[one], ""}


def test_tags_lead_to_commits_or_are_told(root: Path) -> None:
    """Light, annotated and nested tags lead to their commits, once each; those of files and trees are named."""
    first = git(root, "rev-parse", "HEAD")
    git(root, "tag", "v1")
    git(root, "tag", "-a", "v1-signed", "-m", "x", "v1")
    git(root, "tag", "-a", "v1-nested", "-m", "x", "v1-signed")
    second = commit(root, a__py="a = 2\n")
    git(root, "tag", "v2")
    git(root, "tag", "v0-file", "HEAD:a.py")
    git(root, "tag", "v0-tree", "HEAD^{tree}")
    git(root, "tag", "other")
    tags = read_tags(Git(str(root), ENVIRON), "v*")
    assert {found.sha for found in tags.commits} == {first, second}
    assert tags.left_out == ("v0-file", "v0-tree")


def test_dates_out_of_range_are_kept_in_it() -> None:
    """Git keeps dates that no calendar has."""
    row = f"{'a' * 40} {'b' * 40} "
    assert [found.committed for found in parse_log(f"{row}-5\n".encode())] == [0]
    assert [found.committed for found in parse_log(f"{row}999999999999999\n".encode())] == [253_402_300_799]


@given(st.binary(max_size=400))
def test_any_output_is_read(output: bytes) -> None:
    """Whatever git prints, commits and changes come out, or nothing."""
    assert all(isinstance(found, Commit) for found in parse_log(output))
    assert all(isinstance(change, dict) for change in parse_changes(output).values())


@given(
    st.lists(st.sampled_from([b"a" * 40, b"b" * 40, b":1 2 33 44 M\tsetup.py", b":1 2 33 00 D\tsetup.py", b""])),
)
def test_any_changes_give_a_digest_for_each_commit(lines: list[bytes]) -> None:
    """In whatever order changes are told, every commit gets a digest of what it declares."""
    commits = tuple(Commit(sha=name * 40, tree="0" * 40, committed=1) for name in "abc")
    found = with_declarations(commits, parse_changes(b"\n".join(lines)))
    assert [commit.sha for commit in found] == [commit.sha for commit in commits]
    assert all(commit.declared for commit in found)
