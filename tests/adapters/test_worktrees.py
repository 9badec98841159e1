"""Checkouts of past commits are complete, cheap to move, and leave nothing in the repository they come from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from ratchetry.adapters.git import Git
from ratchetry.adapters.worktrees import Checkout, original_of
from ratchetry.errors import ReportError, UsageError
from tests.adapters.repositories import ENVIRON, commit, git, repository


def files(place: Path) -> dict[str, str]:
    """Return the content of the files of a checkout, without its .git."""
    paths = (path for path in place.rglob("*") if path.is_file() and ".git" not in path.relative_to(place).parts)
    return {path.relative_to(place).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def state(root: Path) -> Mapping[str, tuple[int, int, bytes]]:
    """Return mode, time of change and content of everything in a repository, its .git included."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path.relative_to(root))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def checkout_of(root: Path, place: Path) -> Checkout:
    """Return a checkout that borrows from a repository."""
    return Checkout(place, original_of(Git(str(root), ENVIRON)), ENVIRON)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository at a path that means something to git's list of alternates."""
    return repository(tmp_path / '#re"po\\ é\n')


def test_moving_touches_only_what_differs(root: Path, tmp_path: Path) -> None:
    """Between two commits an equal file stays the file it was, and what neither has is removed."""
    first = commit(root, a__py="a = 1\n", b__py="b = 1\n")
    second = commit(root, b__py="b = 2\n")
    checkout = checkout_of(root, tmp_path / "out")
    assert checkout.move_to(second) == ""
    kept = (tmp_path / "out" / "a.py").stat()
    (tmp_path / "out" / "litter").mkdir()
    (tmp_path / "out" / "litter" / "x").touch()
    (tmp_path / "out" / "a.txt").touch()
    assert checkout.move_to(first) == ""
    assert files(tmp_path / "out") == {"a.py": "a = 1\n", "b.py": "b = 1\n"}
    assert os.path.samestat((tmp_path / "out" / "a.py").stat(), kept)
    assert (tmp_path / "out" / "a.py").stat().st_mtime_ns == kept.st_mtime_ns


def test_the_original_stays_as_it_is_byte_for_byte(root: Path, tmp_path: Path) -> None:
    """Files, index, HEAD, stash, reflogs and objects keep content, mode and time, whatever a checkout goes through."""
    first = commit(root, a__py="a = 1\n")
    git(root, "tag", "v1")
    commit(root, a__py="a = 2\n")
    (root / "a.py").write_text("stashed = 1\n", encoding="utf-8")
    git(root, "stash")
    (root / "a.py").write_text("dirty = 1\n", encoding="utf-8")
    (root / "new.py").touch()
    git(root, "add", "new.py")
    before = state(root)
    checkout = checkout_of(root, tmp_path / "out")
    checkout.move_to(first)
    with pytest.raises(ReportError):
        checkout.move_to("0" * 40)
    checkout.move_to(git(root, "rev-parse", "HEAD"))
    checkout.remove()
    assert state(root) == before
    assert not (tmp_path / "out").exists()


def test_tags_are_known_in_a_checkout(root: Path, tmp_path: Path) -> None:
    """Builds that take their version from git find it."""
    first = commit(root, a__py="a = 1\n")
    git(root, "tag", "-a", "v1.0", "-m", "one")
    checkout_of(root, tmp_path / "out").move_to(first)
    assert git(tmp_path / "out", "describe") == "v1.0"


def test_a_linked_worktree_and_a_bare_repository_can_be_borrowed_from(tmp_path: Path) -> None:
    """It does not matter how the repository that is named keeps its objects."""
    root = repository(tmp_path / "plain")
    first = commit(root, a__py="a = 1\n")
    git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    git(root, "clone", "-q", "--bare", str(root), str(tmp_path / "bare.git"))
    git(root, "clone", "-q", "--shared", str(root), str(tmp_path / "shared"))
    for name in ("linked", "bare.git", "shared"):
        checkout_of(tmp_path / name, tmp_path / f"out of {name}").move_to(first)
        assert files(tmp_path / f"out of {name}") == {"a.py": "a = 1\n"}


def test_a_repository_of_sha256_can_be_borrowed_from(tmp_path: Path) -> None:
    """The objects are found in a repository whose names are longer."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    first = commit(root, a__py="a = 1\n")
    checkout_of(root, tmp_path / "out").move_to(first)
    assert len(first) == 64
    assert files(tmp_path / "out") == {"a.py": "a = 1\n"}


def test_a_missing_file_is_named_and_nothing_is_fetched(root: Path, tmp_path: Path) -> None:
    """A partial clone lacks contents: the commit cannot be checked out, the next one can."""
    first = commit(root, a__py="a = 1\n")
    second = commit(root, a__py="a = 2\n")
    git(root, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--no-local", "--filter=blob:none", str(root), str(partial))
    checkout = checkout_of(partial, tmp_path / "out")
    with pytest.raises(ReportError, match="not everything of it is in this clone, and nothing is fetched"):
        checkout.move_to(first)
    checkout.move_to(second)
    assert files(tmp_path / "out") == {"a.py": "a = 2\n"}


def test_a_shallow_clone_gives_what_it_has(root: Path, tmp_path: Path) -> None:
    """The newest commit of a shallow clone can be checked out, one beyond its end cannot."""
    first = commit(root, a__py="a = 1\n")
    second = commit(root, a__py="a = 2\n")
    git(tmp_path, "clone", "-q", "--no-local", "--depth=1", str(root), str(tmp_path / "shallow"))
    checkout = checkout_of(tmp_path / "shallow", tmp_path / "out")
    checkout.move_to(second)
    assert git(tmp_path / "out", "log", "--format=%H") == second
    with pytest.raises(ReportError):
        checkout.move_to(first)


def test_submodules_and_large_files_are_told_and_not_fetched(tmp_path: Path) -> None:
    """What a commit keeps elsewhere is named; configured filters are programs, and do not run."""
    root = repository(tmp_path / "plain")
    inner = repository(tmp_path / "inner")
    commit(inner, x__py="x = 1\n")
    commit(root, a__py="a = 1\n")
    git(root, "submodule", "add", "-q", str(inner), "vendor/inner")
    (root / ".gitattributes").write_text("*.bin filter=lfs\n", encoding="utf-8")
    (root / "large.bin").write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    last = commit(root)
    git(root, "config", "filter.lfs.smudge", "touch ran; cat")
    told = checkout_of(root, tmp_path / "out").move_to(last)
    assert told == (
        "the submodule vendor/inner is not part of the checkout; the file of Git LFS large.bin is not part of the "
        "checkout"
    )
    assert list((tmp_path / "out" / "vendor" / "inner").iterdir()) == []
    assert not (tmp_path / "out" / "ran").exists()


def test_a_path_that_git_refuses_is_named(root: Path, tmp_path: Path) -> None:
    """A commit with a file inside of a .git is not checked out."""
    commit(root, a__py="a = 1\n")
    blob = git(root, "rev-parse", "HEAD:a.py")
    made = git_input(root, "hash-object", "-w", "-t", "tree", "--stdin", "--literally", data=entry("hooks", blob))
    tree = git_input(
        root, "hash-object", "-w", "-t", "tree", "--stdin", "--literally", data=entry(".git", made, mode="40000")
    )
    evil = git(root, "commit-tree", tree, "-m", "evil")
    with pytest.raises(ReportError, match=r"git refuses to write '\.git/hooks', a path that could do harm"):
        checkout_of(root, tmp_path / "out").move_to(evil)


def test_links_stay_links(root: Path, tmp_path: Path) -> None:
    """A link that leads out of the repository is checked out as the link it is, and not followed."""
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to("loop")
    first = commit(root)
    (root / "out").unlink()
    second = commit(root, a__py="a = 1\n")
    (tmp_path / "kept").touch()
    checkout = checkout_of(root, tmp_path / "place")
    checkout.move_to(first)
    assert (tmp_path / "place" / "out").is_symlink()
    checkout.move_to(second)
    assert not (tmp_path / "place" / "out").is_symlink()
    assert (tmp_path / "kept").exists()


def test_uncommitted_files_become_a_commit_of_the_checkout_alone(root: Path, tmp_path: Path) -> None:
    """Changed, new and removed files are in it, ignored ones are not, and the repository stays as it is."""
    first = commit(root, a__py="a = 1\n", gone__py="", __gitignore="*.log\n")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("private\n")
    checkout = checkout_of(root, tmp_path / "out")
    checkout.move_to(first)
    assert checkout.commit_of(root) == first
    (root / "a.py").write_text("a = 2\n")
    (root / "gone.py").unlink()
    (root / "new.py").write_text("new = 1\n")
    for name in ("x.log", "private"):
        (root / name).write_text("x\n")
    before = state(root)
    second = checkout.commit_of(root)
    assert second == checkout.commit_of(root) != first
    assert state(root) == before
    checkout.move_to(second)
    assert files(tmp_path / "out") == {".gitignore": "*.log\n", "a.py": "a = 2\n", "new.py": "new = 1\n"}


def test_a_configured_filter_is_not_run(root: Path, tmp_path: Path) -> None:
    """What a repository's own configuration calls on files is a program, which taking them as they are must not run."""
    first = commit(root, __gitattributes="*.py filter=evil\n", a__py="a = 1\n")
    git(root, "config", "filter.evil.clean", f"touch '{tmp_path / 'evil'}'; cat")
    checkout = checkout_of(root, tmp_path / "out")
    checkout.move_to(first)
    (root / "a.py").write_text("a = 2\n")
    checkout.move_to(checkout.commit_of(root))
    assert files(tmp_path / "out")["a.py"] == "a = 2\n"
    assert not (tmp_path / "evil").exists()


def test_a_directory_without_git_says_what_to_do(tmp_path: Path) -> None:
    """There is no past without version control."""
    with pytest.raises(UsageError, match="name a directory under version control by git"):
        original_of(Git(str(tmp_path), {**ENVIRON, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}))


def entry(name: str, sha: str, *, mode: str = "100644") -> bytes:
    """Return a tree of one entry, as git keeps it."""
    return f"{mode} {name}\0".encode() + bytes.fromhex(sha)


def git_input(root: Path, *arguments: str, data: bytes) -> str:
    """Return what git printed after reading some bytes."""
    command = ("git", *arguments)
    done = subprocess.run(command, cwd=root, env=ENVIRON, input=data, check=True, capture_output=True)
    return done.stdout.decode().strip()
