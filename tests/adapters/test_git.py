"""Git is asked about real repositories in every state; what it does not know is empty."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.git import GitFacts, inspect, parse_numstat, parse_trailers, repository_name
from tests.adapters.repositories import ENVIRON, commit, git, repository


def facts(root: Path, base: str = "", output_dir: str = "") -> GitFacts:
    """Return what git knows, whatever this machine's git is configured to do."""
    return inspect(str(root), base, output_dir=output_dir, environ=ENVIRON)


def test_no_repository(tmp_path: Path) -> None:
    """A directory without git has no commit and no problem, and goes by its name."""
    assert facts(tmp_path) == GitFacts(repository=tmp_path.name)


def test_no_git(tmp_path: Path) -> None:
    """Without git installed nothing is known, and the problem says so."""
    found = inspect(str(repository(tmp_path)), environ={"PATH": "/nonexistent"})
    assert found.commit == ""
    assert "git" in found.problem


def test_no_commit_yet(tmp_path: Path) -> None:
    """A repository without a commit knows its branch and whether files are waiting."""
    root = repository(tmp_path / "new")
    assert facts(root) == GitFacts(branch="main", repository="new")
    (root / "a.py").touch()
    assert facts(root).dirty


def test_first_commit_has_no_base(tmp_path: Path) -> None:
    """The first commit has nothing before it, which is no problem."""
    root = repository(tmp_path)
    head = commit(root, a__py="1\n")
    found = facts(root)
    assert (found.commit, found.branch, found.dirty, found.base) == (head, "main", False, None)
    assert found.base_problem == ""


def test_on_the_default_branch_the_first_parent_is_the_base(tmp_path: Path) -> None:
    """Changed, renamed, new, deleted and binary files are counted; untracked and staged ones are included."""
    root = repository(tmp_path)
    long = "".join(f"line {number}\n" for number in range(20))
    (root / "b.bin").write_bytes(b"\0\1")
    first = commit(root, a__py="1\n2\n3\n", old__py=long, gone__py="x\n")
    (root / "old.py").rename(root / "now.py")
    (root / "b.bin").write_bytes(b"\0\2")
    (root / "gone.py").unlink()
    commit(root, a__py="1\nnew\n3\n4\n", now__py=long + "more\n")
    (root / "staged é\t.py").write_text("s\n", encoding="utf-8")
    git(root, "add", "-A")
    (root / "un tracked.py").write_text("u\nv", encoding="utf-8")
    base = facts(root).base
    assert base is not None
    assert base.commit == first
    assert base.files == {
        "a.py": (2, 1),
        "b.bin": (0, 0),
        "gone.py": (0, 1),
        "now.py": (1, 0),
        "staged é\t.py": (1, 0),
        "un tracked.py": (2, 0),
    }
    assert base.added_lines == {
        "a.py": (2, 4),
        "now.py": (21,),
        "staged é\t.py": (1,),
        "un tracked.py": (1, 2),
    }


def test_a_branch_is_compared_with_where_it_left_the_default_branch(tmp_path: Path) -> None:
    """The base is the merge base, not the tip of the default branch; a given reference comes first."""
    root = repository(tmp_path)
    commit(root, a__py="1\n")
    fork = commit(root, a__py="2\n")
    git(root, "switch", "-q", "-c", "feature")
    middle = commit(root, "Do\n\nRatchetry-Decision: keep\nRatchetry-decision: drop", b__py="1\n")
    commit(root, "More\n\nReviewed-by: B\n wrapped", c__py="1\n")
    git(root, "switch", "-q", "main")
    commit(root, d__py="1\n")
    git(root, "switch", "-q", "feature")
    found = facts(root)
    assert found.base is not None
    assert found.base.commit == fork
    assert set(found.base.files) == {"b.py", "c.py"}
    assert found.trailers == {"Reviewed-by": ("B wrapped",), "Ratchetry-Decision": ("keep", "drop")}
    given_base = facts(root, middle).base
    assert given_base is not None
    assert (given_base.commit, set(given_base.files)) == (middle, {"c.py"})


@pytest.mark.parametrize("base", ["gone", "0" * 39 + "1", "--output=/tmp/x", "a b\n"])
def test_an_unknown_base_is_a_problem(tmp_path: Path, base: str) -> None:
    """A base that is not in the clone gives no base and a reason that tells what to do."""
    root = repository(tmp_path)
    commit(root, a__py="1\n")
    found = facts(root, base)
    assert found.base is None
    assert "is not in this clone; fetch the whole history" in found.base_problem


def test_a_branch_of_the_remote_serves_as_base(tmp_path: Path) -> None:
    """A name that is only known as a remote branch, as in Actions, is found there."""
    origin = repository(tmp_path / "origin")
    first = commit(origin, a__py="1\n")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "switch", "-q", "-c", "work")
    git(clone, "branch", "-q", "-D", "main")
    commit(clone, b__py="1\n")
    found = facts(clone, "main")
    assert found.base is not None
    assert found.base.commit == first
    assert found.repository == "clone"


def test_a_shallow_clone_says_what_it_misses(tmp_path: Path) -> None:
    """A clone of depth one has a commit and no base, and says that the history is missing."""
    origin = repository(tmp_path / "origin")
    first = commit(origin, a__py="1\n")
    commit(origin, a__py="2\n")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "clone")
    found = facts(tmp_path / "clone")
    assert found.shallow
    assert found.commit
    assert "shallow clone; fetch the whole history" in found.base_problem
    assert first[:12] in facts(tmp_path / "clone", first).base_problem


def test_a_detached_head_has_no_branch(tmp_path: Path) -> None:
    """A detached head, as Actions checks out, has a commit and a base but no branch."""
    root = repository(tmp_path)
    first = commit(root, a__py="1\n")
    commit(root, a__py="2\n")
    git(root, "checkout", "-q", "--detach")
    found = facts(root)
    assert found.branch == ""
    assert found.base is not None
    assert found.base.commit == first


def test_the_output_directory_does_not_count(tmp_path: Path) -> None:
    """What ratchetry itself writes neither makes the tree dirty nor counts as a change."""
    root = repository(tmp_path)
    commit(root, a__py="1\n")
    commit(root, a__py="2\n")
    (root / ".ratchetry").mkdir()
    (root / ".ratchetry" / "record.json").write_text("{}\n", encoding="utf-8")
    assert facts(root).dirty
    found = facts(root, output_dir=".ratchetry")
    assert not found.dirty
    assert found.base is not None
    assert set(found.base.files) == {"a.py"}


def test_a_directory_of_a_repository_is_measured_by_itself(tmp_path: Path) -> None:
    """Below the top of a repository only the directory's own files count, relative to it."""
    top = repository(tmp_path)
    sub = top / "sub é"
    sub.mkdir()
    commit(top, a__py="1\n")
    (sub / "in.py").write_text("1\n", encoding="utf-8")
    commit(top, b__py="1\n")
    (sub / "new.py").write_text("1\n", encoding="utf-8")
    found = facts(sub)
    assert found.dirty
    assert found.base is not None
    assert found.base.added_lines == {"in.py": (1,), "new.py": (1,)}
    (sub / "new.py").unlink()
    (top / "a.py").write_text("changed\n", encoding="utf-8")
    assert not facts(sub).dirty


def test_an_ignored_directory_is_no_part_of_the_repository_around_it(tmp_path: Path) -> None:
    """An archive unpacked in an ignored directory has no commit of its own."""
    top = repository(tmp_path)
    commit(top, __gitignore="build/\n")
    (top / "build").mkdir()
    assert facts(top / "build") == GitFacts(repository="build")


def test_submodules(tmp_path: Path) -> None:
    """A submodule counts as one changed entry; work in progress inside of it is its own affair."""
    inner = repository(tmp_path / "inner")
    commit(inner, a__py="1\n")
    root = repository(tmp_path / "outer")
    commit(root, b__py="1\n")
    git(root, "submodule", "-q", "add", str(inner), "lib")
    commit(root)
    (root / "lib" / "a.py").write_text("changed\n", encoding="utf-8")
    found = facts(root)
    assert not found.dirty
    assert found.base is not None
    assert found.base.files["lib"] == (1, 0)


def test_hostile_configuration_is_not_run(tmp_path: Path) -> None:
    """Programs that the repository's configuration names are not started, and its display settings do not matter."""
    root = repository(tmp_path)
    commit(root, a__py="1\n", __gitattributes="*.py diff=evil\n")
    commit(root, a__py="2\n")
    marker = root / ".git" / "marker"
    for name, value in {
        "core.fsmonitor": f"touch '{marker}'",
        "diff.external": f"touch '{marker}'",
        "diff.evil.textconv": f"touch '{marker}'",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "core.pager": f"touch '{marker}'",
    }.items():
        git(root, "config", name, value)
    found = facts(root)
    assert found.base is not None
    assert found.base.added_lines == {"a.py": (1,)}
    assert not marker.exists()


def test_variables_of_a_hook_do_not_mislead(tmp_path: Path) -> None:
    """GIT_DIR and its like, set while a hook runs, are not followed."""
    root, other = repository(tmp_path / "root"), repository(tmp_path / "other")
    head = commit(root, a__py="1\n")
    commit(other, b__py="1\n")
    found = inspect(str(root), environ={**ENVIRON, "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)})
    assert found.commit == head


def test_the_index_is_not_written(tmp_path: Path) -> None:
    """Asking changes nothing in the repository, not even the index."""
    root = repository(tmp_path)
    commit(root, a__py="1\n")
    os.utime(root / "a.py", (1, 1))
    before = (root / ".git" / "index").read_bytes()
    facts(root)
    assert (root / ".git" / "index").read_bytes() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_another_owner(tmp_path: Path) -> None:
    """A repository of another user, which git refuses, is a problem that tells what to do."""
    root = repository(tmp_path / "foreign")
    commit(root, a__py="1\n")
    for path in (root, root / ".git"):
        os.chown(path, 12345, 12345)
    found = facts(root)
    assert found.commit == ""
    assert "safe.directory" in found.problem


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/owner/name.git", "owner/name"),
        ("https://user:secret@github.com/owner/name", "owner/name"),  # pragma: allowlist secret
        ("https://secret@github.com/owner/name/", "owner/name"),
        ("git@github.com:owner/name.git", "owner/name"),
        ("ssh://git@github.com:22/owner/name.git", "owner/name"),
        ("https://gitlab.com/group/sub/name.git", "sub/name"),
        ("/srv/git/name.git", ""),
        ("../name", ""),
        ("file:///srv/git/name.git", ""),
        ("C:\\git\\name", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_repository_names(url: str, expected: str) -> None:
    """Owner and name are taken from every form of URL; credentials and local paths never are."""
    assert repository_name(url) == expected


def test_the_remote_names_the_repository(tmp_path: Path) -> None:
    """The remote called origin gives the name, without the credentials of its URL or of a rewriting rule."""
    root = repository(tmp_path)
    commit(root, a__py="1\n")
    git(root, "remote", "add", "origin", "https://me:token@example.org/owner/name.git")  # pragma: allowlist secret
    rewritten = "url.https://other:token@example.org/.insteadOf"  # pragma: allowlist secret
    git(root, "config", rewritten, "https://me:token@example.org/")  # pragma: allowlist secret
    found = facts(root)
    assert found.repository == "owner/name"
    assert "token" not in repr(found)


@given(st.binary(max_size=200))
def test_parsers_take_any_bytes(data: bytes) -> None:
    """No output of git makes the parsers raise."""
    assert all(added >= 0 and deleted >= 0 for added, deleted in parse_numstat(data).values())
    parse_trailers(data)


@given(st.text(max_size=60))
def test_repository_name_takes_any_text(url: str) -> None:
    """Any text as a URL gives owner/name or nothing."""
    name = repository_name(url)
    assert not name or name.count("/") == 1
