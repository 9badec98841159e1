"""The scratch copy: what is in it, and that bringing it up to date gives what a new one would be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratchetry.adapters.scratch import CopySummary
from ratchetry.adapters.tree import WorkingTree
from ratchetry.errors import ReportError
from tests.adapters.trees import commit_all, git, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, modes and pipes are POSIX's")


def copy(root: Path, destination: Path | None = None) -> CopySummary:
    """Make the copy of a repository, in its output directory, and return what that took."""
    target = destination or root / "out" / "scratch"
    tree = WorkingTree(root, "out")
    assert tree.copy_to(target) == target
    return tree.summary_of(target)


def content(folder: Path) -> dict[str, tuple[str, object]]:
    """Return everything below a directory: kind and mode, content or target."""
    found: dict[str, tuple[str, object]] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = ("link", path.readlink())
        elif path.is_dir():
            found[name] = ("folder", path.stat().st_mode & 0o777)
        else:
            found[name] = (oct(path.stat().st_mode), path.read_bytes())
    return found


def test_copy_holds_what_a_suite_may_need(tmp_path: Path) -> None:
    """Ignored files such as a generated version are copied; environments, caches and the output are not."""
    write(
        tmp_path,
        {
            ".gitignore": "_version.py\n*.so\n*.egg-info\n",
            "src/pkg/__init__.py": "",
            "src/pkg/_version.py": "version = '1'",
            "src/pkg/fast.so": "binary",
            "src/pkg.egg-info/PKG-INFO": "Name: pkg",
            "späce é/data.txt": "d",
            ".coveragerc": "[run]",
            ".coverage": "old data",
            ".venv/pyvenv.cfg": "",
            ".venv/bin/python": "",
            "src/pkg/__pycache__/x.pyc": "",
            ".pytest_cache/x": "",
            "node_modules/x.js": "",
            "out/record.json": "",
        },
    )
    (tmp_path / "empty").mkdir()
    summary = copy(tmp_path)
    scratch = content(tmp_path / "out" / "scratch")
    assert sorted(name for name, (kind, _) in scratch.items() if kind != "folder") == [
        ".coveragerc",
        ".gitignore",
        "späce é/data.txt",
        "src/pkg.egg-info/PKG-INFO",
        "src/pkg/__init__.py",
        "src/pkg/_version.py",
        "src/pkg/fast.so",
    ]
    assert "empty" in scratch
    assert (summary.files, summary.copied, summary.removed, summary.left_out) == (7, 7, 0, ())


def test_modes_and_times_are_kept(tmp_path: Path) -> None:
    """A script stays executable, a read-only file read-only, and a change time the same to the nanosecond."""
    write(tmp_path, {"run.sh": "#!/bin/sh\n", "locked/fixed.txt": "x"})
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "locked" / "fixed.txt").chmod(0o444)
    os.utime(tmp_path / "run.sh", ns=(1, 1_234_567_890_123_456_789))
    (tmp_path / "locked").chmod(0o555)
    copy(tmp_path)
    scratch = tmp_path / "out" / "scratch"
    assert (scratch / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (scratch / "run.sh").stat().st_mtime_ns == 1_234_567_890_123_456_789
    assert (scratch / "locked" / "fixed.txt").stat().st_mode & 0o777 == 0o444
    assert (scratch / "locked").stat().st_mode & 0o777 == 0o755  # its owner must be able to renew it
    (tmp_path / "locked").chmod(0o755)


def test_links_lead_where_they_led_but_never_back_into_the_original(tmp_path: Path) -> None:
    """A link inside stays inside the copy, also an absolute one; a link that leaves leads to the same place."""
    root = tmp_path / "repo"
    write(tmp_path, {"repo/a/file": "original", "shared/data": "shared"})
    for name, target in {
        "relative": "a/file",
        "a/up": "../a/file",
        "absolute": str(root / "a" / "file"),
        "leaves": "../shared/data",
        "leaves-absolute": str(tmp_path / "shared" / "data"),
        "dangling": "nowhere",
        "folder": "a",
    }.items():
        (root / name).symlink_to(target)
    copy(root)
    scratch = root / "out" / "scratch"
    for name in ("relative", "a/up", "absolute"):
        assert (scratch / name).is_symlink()
        assert (scratch / name).resolve() == scratch / "a" / "file"
    assert os.readlink(scratch / "relative") == "a/file"  # noqa: PTH115
    assert (scratch / "leaves").read_text() == (scratch / "leaves-absolute").read_text() == "shared"
    assert os.readlink(scratch / "dangling") == "nowhere"  # noqa: PTH115
    assert (scratch / "folder" / "file").read_text() == "original"


def test_git_works_in_the_copy_and_the_original_is_untouched(tmp_path: Path) -> None:
    """Tests that ask git, tag or commit do so in the copy, whose objects take no space of their own."""
    write(tmp_path, {"a.py": "1\n", ".gitignore": "out/\n"})
    commit_all(tmp_path)
    write(tmp_path, {"a.py": "2\n"})
    write(tmp_path, {".git/index.lock": "", ".git/worktrees/x/HEAD": "", ".git/modules/sub/HEAD": ""})
    copy(tmp_path)
    (tmp_path / ".git" / "index.lock").unlink()
    scratch = tmp_path / "out" / "scratch"
    assert git(scratch, "status", "--porcelain") == " M a.py\n"
    assert git(scratch, "rev-parse", "--show-toplevel").strip() == str(scratch)
    assert not list(scratch.glob(".git/*.lock"))
    assert not (scratch / ".git" / "worktrees").exists()
    objects = [path for path in (tmp_path / ".git" / "objects").rglob("*") if path.is_file()]
    assert objects
    assert all(path.samefile(scratch / path.relative_to(tmp_path)) for path in objects)
    before = content(tmp_path / ".git")
    git(scratch, "commit", "-q", "-am", "second")
    git(scratch, "gc", "-q", "--prune=now", "--aggressive")
    assert content(tmp_path / ".git") == before
    assert copy(tmp_path).removed > 0
    assert git(scratch, "log", "--format=%s") == "first\n"


@pytest.mark.parametrize("kind", ["file", "link", "worktree"])
def test_git_directory_that_leads_elsewhere_is_left_out(tmp_path: Path, kind: str) -> None:
    """The .git of a worktree, a submodule or a fixed worktree would make the suite work on the original."""
    write(tmp_path, {"repo/a.py": "", "real/a.py": ""})
    commit_all(tmp_path / "real")
    if kind == "file":
        write(tmp_path / "repo", {".git": f"gitdir: {tmp_path / 'real' / '.git'}\n"})
    elif kind == "link":
        (tmp_path / "repo" / ".git").symlink_to(tmp_path / "real" / ".git")
    else:
        shutil.move(tmp_path / "real" / ".git", tmp_path / "repo" / ".git")
        git(tmp_path / "repo", "config", "core.worktree", str(tmp_path / "real"))
    copy(tmp_path / "repo")
    assert sorted(content(tmp_path / "repo" / "out" / "scratch")) == ["a.py"]


def test_second_copy_does_only_what_is_needed(tmp_path: Path) -> None:
    """Unchanged files are not copied again; new, changed and vanished ones are, and litter goes."""
    write(tmp_path, {f"src/{number}.py": "x" for number in range(50)})
    commit_all(tmp_path)
    assert copy(tmp_path).copied > 50
    assert copy(tmp_path).copied == 0
    scratch = tmp_path / "out" / "scratch"
    write(tmp_path, {"src/1.py": "longer", "src/new.py": ""})
    (tmp_path / "src" / "2.py").unlink()
    (tmp_path / "src" / "3.py").chmod(0o755)
    write(scratch, {"src/4.py": "overwritten by a test", "litter/x": "", "src/litter.txt": "", ".pytest_cache/x": ""})
    (scratch / "src" / "5.py").unlink()
    summary = copy(tmp_path)
    assert summary.copied == 5
    assert summary.removed == 4
    assert {name: kept for name, kept in content(scratch).items() if ".git" not in name} == {
        name: kept for name, kept in content(tmp_path).items() if name.startswith("src")
    }


def test_edit_within_the_same_second_is_seen(tmp_path: Path) -> None:
    """Python would run stale bytecode when second and size are equal: the compiled form goes with the old source."""
    write(tmp_path, {"pkg/a.py": "print('old')\n", "pkg/b.py": "print('b')\n"})
    run = (sys.executable, "-c", "import pkg.a, pkg.b")

    def said() -> str:
        environ = {"PYTHONPATH": "."}
        folder = tmp_path / "out" / "scratch"
        return subprocess.run(run, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout

    os.utime(tmp_path / "pkg" / "a.py", ns=(0, 10**18 + 1))
    copy(tmp_path)
    assert said() == "old\nb\n"
    write(tmp_path, {"pkg/a.py": "print('new')\n"})
    os.utime(tmp_path / "pkg" / "a.py", ns=(0, 10**18 + 2))
    copy(tmp_path)
    cache = [path.name.partition(".")[0] for path in (tmp_path / "out" / "scratch" / "pkg" / "__pycache__").iterdir()]
    assert cache == ["b"]  # what has not changed stays compiled
    assert said() == "new\nb\n"


def test_nothing_is_written_through_what_a_test_left(tmp_path: Path) -> None:
    """A suite that puts links in place of files and directories cannot make the next copy write elsewhere."""
    root = tmp_path / "repo"
    write(tmp_path, {"repo/sub/a.py": "good", "repo/b.py": "good", "victim/a.py": "precious", "repo/folder/x": ""})
    copy(root)
    scratch = root / "out" / "scratch"
    shutil.rmtree(scratch / "sub")
    (scratch / "sub").symlink_to(tmp_path / "victim")
    (scratch / "b.py").unlink()
    (scratch / "b.py").symlink_to(tmp_path / "victim" / "a.py")
    shutil.rmtree(scratch / "folder")
    (scratch / "folder").write_text("now a file")
    (scratch / "__pycache__").symlink_to(tmp_path / "victim")
    os.mkfifo(scratch / "pipe")
    copy(root)
    assert (tmp_path / "victim" / "a.py").read_text() == "precious"
    assert {name: kept for name, kept in content(scratch).items() if kept[0] != "folder"} == {
        name: kept for name, kept in content(root).items() if not name.startswith("out") and kept[0] != "folder"
    }


def test_locked_directories_of_a_test_are_no_obstacle(tmp_path: Path) -> None:
    """Directories that a suite has made unreadable are removed or made usable again."""
    write(tmp_path, {"kept/a.py": "a"})
    copy(tmp_path)
    scratch = tmp_path / "out" / "scratch"
    write(scratch, {"litter/deep/er/x": ""})
    for name in ("litter/deep/er", "litter/deep", "litter", "kept"):
        (scratch / name).chmod(0)
    copy(tmp_path)
    assert content(scratch) == {"kept": ("folder", 0o755), "kept/a.py": content(tmp_path)["kept/a.py"]}


def test_what_is_no_file_is_left_out_and_told(tmp_path: Path) -> None:
    """A pipe cannot be copied: it is named, and nobody waits for its writer."""
    write(tmp_path, {"a.py": ""})
    os.mkfifo(tmp_path / "pipe")
    assert copy(tmp_path).left_out == ("pipe",)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_in_other_encodings_are_copied(tmp_path: Path) -> None:
    """Test data may have names that are no UTF-8: they arrive, and what is left out of them can be shown."""
    for name in (b"/\xff\xfe.dat", b"/sub\xe9/x"):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    os.mkfifo(os.fsencode(tmp_path) + b"/pipe\xe9")
    summary = copy(tmp_path)
    assert sorted(os.listdir(os.fsencode(tmp_path / "out" / "scratch"))) == [b"sub\xe9", b"\xff\xfe.dat"]  # noqa: PTH208
    assert summary.left_out == ("pipe\\xe9",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    """Files and directories that are closed to us are named; the rest is copied."""
    write(tmp_path, {"a.py": "", "secret": "", "closed/x": ""})
    (tmp_path / "secret").chmod(0)
    (tmp_path / "closed").chmod(0)
    summary = copy(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert summary.left_out == ("closed/", "secret")
    assert (tmp_path / "out" / "scratch" / "a.py").exists()


def test_large_repository_is_refused_before_anything_is_copied(tmp_path: Path) -> None:
    """Over the limit the error names the largest part and the way out; git's objects do not count."""
    write(tmp_path, {"a.py": "x", "data/big.bin": ""})
    os.truncate(tmp_path / "data" / "big.bin", 6 * 1024**3)
    with pytest.raises(ReportError, match=r"holds 6.0 GiB .* the 4.0 GiB .*largest: data, 6.0 GiB.*in-place = true"):
        copy(tmp_path)
    assert not content(tmp_path / "out" / "scratch")


def test_directory_that_is_not_ours_is_never_emptied(tmp_path: Path) -> None:
    """A destination with somebody's files is refused and left as it is."""
    write(tmp_path, {"a.py": "", "out/scratch/precious": "x"})
    with pytest.raises(ReportError, match="was not made by ratchetry"):
        copy(tmp_path)
    assert (tmp_path / "out" / "scratch" / "precious").read_text() == "x"


@pytest.mark.parametrize("link", ["out", "out/scratch"])
def test_destination_that_leads_elsewhere_is_refused(tmp_path: Path, link: str) -> None:
    """A repository that holds a link in place of the output directory cannot have its copy written elsewhere."""
    root, victim = tmp_path / "repo", tmp_path / "victim"
    write(tmp_path, {"repo/a.py": ""})
    victim.mkdir()
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(victim)
    with pytest.raises(ReportError, match="remove the link"):
        copy(root)
    assert not list(victim.iterdir())


def test_destination_around_the_repository_is_refused(tmp_path: Path) -> None:
    """Emptying a directory that the repository lies in would remove the repository."""
    write(tmp_path, {"repo/a.py": ""})
    for destination in (tmp_path, tmp_path / "repo"):
        with pytest.raises(ReportError):
            copy(tmp_path / "repo", destination)
    assert (tmp_path / "repo" / "a.py").exists()


def test_destination_outside_of_the_repository_works(tmp_path: Path) -> None:
    """An output directory elsewhere gets the same copy."""
    write(tmp_path, {"repo/a.py": "x"})
    copy(tmp_path / "repo", tmp_path / "elsewhere" / "scratch")
    assert list(content(tmp_path / "elsewhere" / "scratch")) == ["a.py"]


def other_file_system(tmp_path: Path) -> Path | None:
    """Return a directory on another file system than a test's own, None where there is none."""
    place = Path("/dev/shm")
    if os.access(place, os.W_OK) and place.stat().st_dev != tmp_path.stat().st_dev:
        return place / f"ratchetry-test-{os.getpid()}"
    return None


@pytest.mark.parametrize("elsewhere", [False, True])
def test_large_files_and_history_arrive_on_every_file_system(tmp_path: Path, *, elsewhere: bool) -> None:
    """Where files can be neither shared nor copied by the kernel they are read and written, with the same result."""
    place = other_file_system(tmp_path) if elsewhere else tmp_path / "copies"
    if place is None:
        pytest.skip("there is only one file system here")
    root = tmp_path / "repo"
    write(root, {"a.py": "x"})
    (root / "large.bin").write_bytes(os.urandom(3_000_001))
    commit_all(root)
    try:
        copy(root, place / "scratch")
        assert content(place / "scratch") == content(root)
        assert git(place / "scratch", "--no-optional-locks", "status", "--porcelain") == ""
        assert copy(root, place / "scratch").copied == 0
    finally:
        shutil.rmtree(place)


def test_full_disk_is_told(tmp_path: Path) -> None:
    """A copy that cannot be written is a reason, not a crash."""
    write(tmp_path, {"a.py": "x"})
    with pytest.raises(ReportError, match=r"the scratch copy of the repository cannot be made: .*in-place = true"):
        copy(tmp_path, Path("/proc/none/scratch"))


def test_one_tree_is_copied_once(tmp_path: Path) -> None:
    """What is put into the copy during a run, such as metadata of an installation, stays for that run."""
    write(tmp_path, {"a.py": "x"})
    tree = WorkingTree(tmp_path, "out")
    scratch = tree.copy_to(tmp_path / "out" / "scratch")
    write(scratch, {"a.egg-info/PKG-INFO": ""})
    assert (tree.copy_to(str(scratch)) / "a.egg-info").exists()
    copy(tmp_path)
    assert not (scratch / "a.egg-info").exists()


NAMES = st.sampled_from(["a", "b", "c.py", "d/a", "d/b.py", "d/e/f.py", "e/x"])
CHANGES = st.lists(st.tuples(NAMES, st.sampled_from(["write", "remove", "link", "mode", "folder"])), max_size=12)


def change(root: Path, name: str, what: str) -> None:
    """Do something to a path, whatever stands there or on the way to it."""
    path = root / name
    if what == "mode" and path.is_file() and not path.is_symlink():
        path.chmod(0o755)
        return
    for place in (*reversed(path.relative_to(root).parents), path.relative_to(root)):
        clear(root / place, folder_too=place == path.relative_to(root))
    path.parent.mkdir(parents=True, exist_ok=True)
    if what == "write":
        path.write_text(f"{name}{len(list(root.iterdir()))}")
    elif what == "link":
        path.symlink_to("a")
    elif what == "folder":
        path.mkdir()


def clear(path: Path, *, folder_too: bool) -> None:
    """Remove a file or link, and a directory if that is wanted."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir() and folder_too:
        shutil.rmtree(path)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(before=CHANGES, in_source=CHANGES, in_copy=CHANGES)
def test_copy_brought_up_to_date_equals_a_new_one(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, str]],
    in_source: list[tuple[str, str]],
    in_copy: list[tuple[str, str]],
) -> None:
    """Whatever happened to the repository and to the copy since, the next copy is what a fresh one would be."""
    root = tmp_path_factory.mktemp("repo")
    try:
        for name, what in before:
            change(root, name, what)
        copy(root)
        for name, what in in_source:
            change(root, name, what)
        for name, what in in_copy:
            change(root / "out" / "scratch", name, what)
        copy(root)
        copy(root, root / "out" / "fresh")
        assert content(root / "out" / "scratch") == content(root / "out" / "fresh")
    finally:
        shutil.rmtree(root)
