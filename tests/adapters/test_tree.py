"""The files of repositories of every kind: which count, and how they are read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ratchetry.adapters.tree import WorkingTree
from ratchetry.errors import ReportError, UsageError
from ratchetry.ports import SourceTree
from tests.adapters.trees import commit_all, git, write

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX file systems")

LITTER = {
    ".venv/pyvenv.cfg": "",
    ".venv/bin/python": "",
    ".venv/lib/python3.11/site-packages/dep.py": "",
    "odd env/pyvenv.cfg": "",
    "odd env/Scripts/python.exe": "",
    "conda/conda-meta/history": "",
    "conda/lib/x.py": "",
    "src/pkg/__pycache__/a.cpython-311.pyc": "",
    ".mypy_cache/3.11/a.json": "",
    ".pytest_cache/README.md": "",
    ".tox/py311/x.py": "",
    ".nox/x/x.py": "",
    ".eggs/x.egg/x.py": "",
    "node_modules/left-pad/index.js": "",
    "src/pkg.egg-info/PKG-INFO": "",
    "out/record.json": "{}",
}
PROJECT = {
    "pyproject.toml": "[project]\nname='pkg'\n",
    "src/pkg/__init__.py": "",
    "src/pkg/with späce & ünï.py": "",
    ".github/workflows/ci.yml": "on: push\n",
    "tests/pyvenv.cfg": "a test's data, not an environment",
}


def tree_of(root: Path) -> WorkingTree:
    """Return the tree of a repository whose output directory is `out`."""
    return WorkingTree(root, "out")


@pytest.mark.parametrize("kind", ["git", "plain"])
def test_files_are_the_projects_own(tmp_path: Path, kind: str) -> None:
    """With and without git, environments, caches and the output never count, whatever their names are."""
    write(tmp_path, {**PROJECT, **LITTER})
    if kind == "git":
        commit_all(tmp_path)
    tree: SourceTree = tree_of(tmp_path)
    assert tree.files() == tuple(sorted(PROJECT))
    assert tree_of(tmp_path).listing.source == ("git" if kind == "git" else "walk")


def test_git_decides_what_is_ignored(tmp_path: Path) -> None:
    """Untracked files count, ignored and deleted ones do not."""
    write(tmp_path, {"kept.py": "", "deleted.py": "", ".gitignore": "*.log\n"})
    commit_all(tmp_path)
    write(tmp_path, {"new.py": "", "noise.log": ""})
    (tmp_path / "deleted.py").unlink()
    assert tree_of(tmp_path).files() == (".gitignore", "kept.py", "new.py")
    assert "noise.log" in tree_of(tmp_path).workspace_files


def test_subdirectory_of_a_repository_is_listed_alone(tmp_path: Path) -> None:
    """A root below the top of a repository has the paths and rules that it has there."""
    write(tmp_path, {".gitignore": "*.log\n", "top.py": "", "packages/one/a.py": "", "packages/one/x.log": ""})
    commit_all(tmp_path)
    assert tree_of(tmp_path / "packages" / "one").files() == ("a.py",)


def test_root_that_a_repository_around_it_ignores_is_walked(tmp_path: Path) -> None:
    """An unpacked project inside an ignored directory has files of its own."""
    write(tmp_path, {".gitignore": "build/\n", "build/sdist/setup.py": ""})
    commit_all(tmp_path)
    tree = tree_of(tmp_path / "build" / "sdist")
    assert (tree.files(), tree.listing.source) == (("setup.py",), "walk")


def test_repositories_inside_are_not_descended_into(tmp_path: Path) -> None:
    """Submodules and other repositories in the tree belong to someone else."""
    write(tmp_path, {"a.py": ""})
    commit_all(tmp_path)
    write(tmp_path / "vendored", {"b.py": ""})
    commit_all(tmp_path / "vendored")
    git(tmp_path, "add", "vendored")
    assert tree_of(tmp_path).files() == ("a.py",)


def test_variables_of_a_hook_do_not_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from a git hook of another repository, the tree is still the one it was given."""
    for name in ("one", "two"):
        write(tmp_path / name, {f"{name}.py": ""})
        commit_all(tmp_path / name)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "two" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "two" / ".git" / "index"))
    assert tree_of(tmp_path / "one").files() == ("one.py",)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to give files away")
def test_repository_of_another_user_is_listed_by_git(tmp_path: Path) -> None:
    """A checkout that belongs to someone else, as in containers, is no obstacle."""
    write(tmp_path, {"a.py": "", "x.log": "", ".gitignore": "*.log\n"})
    commit_all(tmp_path)
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    tree = tree_of(tmp_path)
    assert (tree.files(), tree.listing.source) == ((".gitignore", "a.py"), "git")


def test_configured_file_system_monitor_is_not_run(tmp_path: Path) -> None:
    """Listing a repository executes nothing that its configuration names."""
    write(tmp_path, {"a.py": ""})
    commit_all(tmp_path)
    git(tmp_path, "config", "core.fsmonitor", f"touch '{tmp_path / 'executed'}'; false")
    assert tree_of(tmp_path).files() == ("a.py",)


def test_without_git_installed_the_tree_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git lists the same project, with what git would ignore."""
    write(tmp_path, {"a.py": "", "x.log": "", ".gitignore": "*.log\n"})
    commit_all(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    tree = tree_of(tmp_path)
    assert (tree.files(), tree.listing.source) == ((".gitignore", "a.py", "x.log"), "walk")


def test_copies_that_setuptools_builds_do_not_count(tmp_path: Path) -> None:
    """`build` is left out when it is setuptools' output, and counts when it is a package."""
    write(tmp_path, {"a.py": "", "build/lib/a.py": "", "build/bdist.linux-x86_64/x": ""})
    assert tree_of(tmp_path).files() == ("a.py",)
    write(tmp_path, {"build/__init__.py": "", "build/lib/b.py": ""})
    assert "build/__init__.py" in tree_of(tmp_path).files()
    assert "build/lib/b.py" in tree_of(tmp_path).files()


@posix
@pytest.mark.parametrize("kind", ["git", "plain"])
def test_links_count_only_when_they_stay_inside(tmp_path: Path, kind: str) -> None:
    """A link to a file of the repository counts; one that leaves it, or leads to credentials or nowhere, does not."""
    root = tmp_path / "repo"
    write(root, {"a.py": "", "sub/b.py": "", "out/record.json": "{}"})
    write(tmp_path, {"outside/secret.py": ""})
    links = {
        "inside": "a.py",
        "sub/up": "../a.py",
        "leaves": "../outside/secret.py",
        "absolute": str(tmp_path / "outside" / "secret.py"),
        "dangling": "nowhere",
        "circle": "circle",
        "folder": "sub",
        "outside-folder": "../outside",
        "credentials": ".git/config",
        "results": "out/record.json",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    if kind == "git":
        commit_all(root)
    assert tree_of(root).files() == ("a.py", "inside", "sub/b.py", "sub/up")


@posix
def test_directory_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """Files that git tracks below a directory that now is a link are not the repository's."""
    root = tmp_path / "repo"
    write(root, {"sub/a.py": "", "b.py": ""})
    commit_all(root)
    shutil.move(root / "sub", tmp_path / "elsewhere")
    (root / "sub").symlink_to(tmp_path / "elsewhere")
    assert tree_of(root).files() == ("b.py",)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("kind", ["git", "plain"])
def test_names_that_are_no_utf8_are_left_out_and_told(tmp_path: Path, kind: str) -> None:
    """A name in another encoding crashes nothing: it is left out and can be shown."""
    write(tmp_path, {"a.py": ""})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/latin-\xe9.py")).touch()
    if kind == "git":
        commit_all(tmp_path)
    tree = tree_of(tmp_path)
    assert tree.files() == ("a.py",)
    assert tree.unreadable_names == ("latin-\\xe9.py",)


@posix
def test_special_files_do_not_count(tmp_path: Path) -> None:
    """Pipes are no files, and a line break in a name is one character like others."""
    write(tmp_path, {"a.py": "", "line\nbreak.py": ""})
    os.mkfifo(tmp_path / "pipe")
    assert tree_of(tmp_path).files() == ("a.py", "line\nbreak.py")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_closed_directory_is_told(tmp_path: Path) -> None:
    """A directory that cannot be listed is named instead of silently counting as empty."""
    write(tmp_path, {"a.py": "", "closed/b.py": ""})
    (tmp_path / "closed").chmod(0)
    tree = tree_of(tmp_path)
    assert (tree.files(), tree.unreadable_names) == (("a.py",), ("closed/",))
    (tmp_path / "closed").chmod(0o700)


@pytest.mark.parametrize("output", ["out", "deep/er/out", "absolute", "outside"])
def test_output_directory_never_counts(tmp_path: Path, output: str) -> None:
    """Wherever the output directory lies, its files are not the repository's."""
    root = tmp_path / "repo"
    place = {"absolute": str(root / "results"), "outside": str(tmp_path / "results")}.get(output, output)
    write(root, {"a.py": "", "outer/b.py": ""})
    write(root / place, {"record.json": "{}"})
    assert WorkingTree(root, place).files() == ("a.py", "outer/b.py")
    assert WorkingTree(root, place).workspace_files == ("a.py", "outer/b.py")


@posix
def test_root_reached_through_a_link_is_the_same(tmp_path: Path) -> None:
    """A repository given through a link keeps its output directory out, written either way."""
    write(tmp_path / "repo", {"a.py": "", "out/record.json": ""})
    (tmp_path / "link").symlink_to("repo")
    for output in ("out", tmp_path / "link" / "out", tmp_path / "repo" / "out"):
        tree = WorkingTree(tmp_path / "link", output)
        assert tree.root == str(tmp_path / "repo")
        assert tree.files() == ("a.py",)


def test_impossible_places_are_usage_errors(tmp_path: Path) -> None:
    """A root that is no directory and an output that is the root are told before anything runs."""
    write(tmp_path, {"file": ""})
    with pytest.raises(UsageError, match=r"file: no such directory"):
        WorkingTree(tmp_path / "file", "out")
    for output in (".", str(tmp_path), "a/.."):
        with pytest.raises(UsageError, match="output-dir is the repository itself"):
            WorkingTree(tmp_path, output)


def test_content_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """A file at the limit is read whole, a larger one is refused and never cut."""
    write(tmp_path, {"ünï/a b.txt": "12345"})
    tree = tree_of(tmp_path)
    assert tree.read("ünï/a b.txt", limit=5) == b"12345"
    with pytest.raises(ReportError, match=r"ünï/a b.txt: larger than the 4 bytes that are read"):
        tree.read("ünï/a b.txt", limit=4)


@posix
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "no such file"),
        ("folder", "no regular file"),
        ("pipe", "no regular file"),
        ("leaves", "no such file"),
        ("../outside", "no such file"),
        ("folder/../../outside", "no such file"),
        ("/etc/hostname", "no such file"),
        ("a\0b", "no such file"),
        ("x" * 300, "no such file"),
        ("\ud800", "no such file"),
        ("", "no regular file"),
        (".git/config", "no such file"),
        ("credentials", "no such file"),
    ],
)
def test_what_must_not_be_read_is_refused(tmp_path: Path, path: str, reason: str) -> None:
    """Nothing outside the repository is read, nothing in version control, and nothing that is no regular file."""
    root = tmp_path / "repo"
    write(tmp_path, {"outside": "secret", "repo/folder/a": "", "repo/.git/config": "token"})
    (root / "leaves").symlink_to("../outside")
    (root / "credentials").symlink_to(".git/config")
    os.mkfifo(root / "pipe")
    with pytest.raises(ReportError, match=reason):
        tree_of(root).read(path)


@posix
def test_existence_is_told_inside_only(tmp_path: Path) -> None:
    """Files and directories inside exist; what lies outside does not, even when it is there."""
    root = tmp_path / "repo"
    write(tmp_path, {"outside": "", "repo/folder/a": ""})
    (root / "leaves").symlink_to("../outside")
    tree = tree_of(root)
    assert all(tree.exists(path) for path in ("folder", "folder/a", "folder/", "./folder/../folder/a", "."))
    assert not any(tree.exists(path) for path in ("b", "../outside", "leaves", "/etc/hostname", "a\0b", "\ud800"))


def test_listing_does_not_touch_the_index(tmp_path: Path) -> None:
    """Looking at a repository writes nothing into it."""
    write(tmp_path, {"a.py": ""})
    commit_all(tmp_path)
    os.utime(tmp_path / "a.py", (1, 1))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    tree_of(tmp_path).files()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_import_is_cheap() -> None:
    """Listing files needs no library that is slow to import."""
    program = "import sys, ratchetry.adapters.tree; print(sorted({'requests', 'numpy', 'rich'} & set(sys.modules)))"
    answer = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
