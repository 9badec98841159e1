"""Which files of a directory count: those that git knows or would add, or those that a walk finds."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

VERSION_CONTROL: Final = frozenset({".git", ".hg", ".svn", ".bzr", ".jj", ".pijul", "_darcs", "CVS"})
CACHES: Final = frozenset({
    "__pycache__", "__pypackages__", "node_modules", "site-packages",
    ".cache", ".eggs", ".hypothesis", ".import_linter_cache", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pixi",
    ".pyre", ".pytest_cache", ".pytype", ".ruff_cache", ".scannerwork", ".tox", "htmlcov",
})  # fmt: skip
_BUILD_OUTPUTS: Final = re.compile(r"lib|(lib|bdist|temp)\..+|scripts-.+")
_GIT_SECONDS: Final = 120
_GIT_LOCATION: Final = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_WORK_TREE",
})  # fmt: skip
"""Variables a git hook inherits: they would point git at the repository of the hook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files that count, sorted, and what had to be left out: names that are no UTF-8 and closed directories."""

    files: tuple[str, ...]
    unreadable_names: tuple[str, ...]
    source: Literal["git", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One directory of a walk, relative to its root ("" for the root itself), with the entries that stay in."""

    path: str
    entries: tuple[os.DirEntry[str], ...]
    readable: bool = True

    def path_of(self, entry: os.DirEntry[str]) -> str:
        """Return the path of an entry relative to the root of the walk."""
        return _join(self.path, entry.name)


def list_files(root: str, output: str | None) -> Listing:
    """Return the files below a root that count; `output` is a directory, relative to it, that never does.

    Git is asked first.  Where there is none, or where the root lies in a directory that a repository around it
    ignores, everything counts but environments, caches and build outputs.
    """
    known = _known_to_git(root)
    found = _counted(root, output, known) if known else ()
    closed: tuple[str, ...] = ()
    listed_by: Literal["git", "walk"] = "git"
    if not found:
        listed_by = "walk"
        folders = tuple(walk(root, (output,)))
        found = tuple(_walked(root, output, folders))
        closed = tuple(f"{folder.path}/" for folder in folders if not folder.readable)
    readable = tuple(sorted(path for path in found if _is_text(path)))
    left_out = sorted((*closed, *(path for path in found if not _is_text(path))))
    return Listing(
        files=readable,
        unreadable_names=tuple(os.fsencode(path).decode("utf-8", "backslashreplace") for path in left_out),
        source=listed_by,
    )


def walk(root: str, left_out: Iterable[str | None] = ()) -> Iterator[Folder]:
    """Yield the directories below a root, parents first, without environments, caches and version control.

    Links are entries like files and never followed; `left_out` are further directories, relative to the root.
    """
    unwanted = frozenset(left_out)
    pending = [""]
    while pending:
        path = pending.pop()
        try:
            with os.scandir(_join(root, path)) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError:
            yield Folder(path=path, entries=(), readable=False)
            continue
        if path and _is_environment({entry.name for entry in entries}):
            continue
        kept = (entry for entry in entries if not _is_leftover(entry) and _join(path, entry.name) not in unwanted)
        folder = Folder(path=path, entries=tuple(kept))
        pending += [folder.path_of(entry) for entry in folder.entries if entry.is_dir(follow_symlinks=False)]
        yield folder


def locate(root: str, path: str) -> str | None:
    """Return where a path below a root leads to, relative to the root with /, None when it leads out or nowhere."""
    try:
        real = os.path.realpath(_join(root, path), strict=True)
    except (OSError, ValueError):
        return None
    relative = os.path.relpath(real, root).replace(os.sep, "/")
    return None if relative == ".." or relative.startswith("../") or os.path.isabs(path) else relative


def _known_to_git(root: str) -> tuple[str, ...]:
    """Return what git tracks or would add below a root, nothing where git cannot tell."""
    # The owner of a checkout in a container is often someone else: only files are listed, nothing of it is run.
    trust = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false")
    argv = ("git", *trust, "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    environ = {name: value for name, value in os.environ.items() if name not in _GIT_LOCATION}
    try:
        answer = subprocess.run(
            argv,
            env={**environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    if answer.returncode != 0:
        return ()
    return tuple(sorted({os.fsdecode(name) for name in answer.stdout.split(b"\0") if name}))


def _counted(root: str, output: str | None, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that are files now and lie in no environment, cache or output, tracked or not."""
    environments = _environments(root, paths)
    folders: dict[str, bool] = {}
    counted = []
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in folders:
            folders[folder] = _folder_counts(root, output, folder, environments)
        if folders[folder] and _is_file(root, output, path):
            counted.append(path)
    return tuple(counted)


def _folder_counts(root: str, output: str | None, folder: str, environments: frozenset[str]) -> bool:
    """Tell whether the files of a directory count: a link on the way to it, for one, leads out of git's sight."""
    parts = folder.split("/")
    ancestors = {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    if output in ancestors or not environments.isdisjoint(ancestors):
        return False
    if any(part in CACHES or part in VERSION_CONTROL or part.endswith(".egg-info") for part in parts):
        return False
    expected = _join(root, folder)
    return os.path.realpath(expected) == os.path.normpath(expected)


def _walked(root: str, output: str | None, folders: Iterable[Folder]) -> Iterator[str]:
    """Yield the files that a walk found and that count."""
    for folder in folders:
        if any(part.endswith(".egg-info") for part in folder.path.split("/")) or _is_build_output(root, folder.path):
            continue
        for entry in folder.entries:
            path = folder.path_of(entry)
            if not entry.is_dir(follow_symlinks=False) and _is_file(root, output, path):
                yield path


def _is_file(root: str, output: str | None, path: str) -> bool:
    """Tell whether a path is a regular file, or a link to one of the same repository."""
    try:
        mode = os.lstat(_join(root, path)).st_mode
    except (OSError, ValueError):
        return False
    if not stat.S_ISLNK(mode):
        return stat.S_ISREG(mode)
    # A link into version control could show credentials, one into the output the results of another run.
    target = locate(root, path)
    if target is None or _lies_in(target, output) or not VERSION_CONTROL.isdisjoint(target.split("/")):
        return False
    return os.path.isfile(_join(root, target))


def _lies_in(path: str, folder: str | None) -> bool:
    """Tell whether a path is a directory or lies below it."""
    return folder is not None and f"{path}/".startswith(f"{folder}/")


def _join(folder: str, name: str) -> str:
    """Return the path of an entry of a directory; both may be empty."""
    return f"{folder}/{name}" if folder and name else folder or name


def _environments(root: str, paths: Iterable[str]) -> frozenset[str]:
    """Return the directories, among those of some paths, that are virtual environments nobody has ignored."""
    homes = {path.rpartition("/")[0] for path in paths if path.endswith("/pyvenv.cfg")}
    homes |= {path.rpartition("/conda-meta/")[0] for path in paths if "/conda-meta/" in path}
    return frozenset(
        home for home in homes if any(Path(root, home, name).is_dir() for name in ("bin", "Scripts", "conda-meta"))
    )


def _is_environment(names: set[str]) -> bool:
    """Tell whether a directory with these entries is a virtual (or conda) environment."""
    return ("pyvenv.cfg" in names and not names.isdisjoint({"bin", "Scripts"})) or "conda-meta" in names


def _is_leftover(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a cache, version control, or coverage data that a tool left behind."""
    name = entry.name
    if name == ".coverage" or name.startswith(".coverage."):
        return True
    return name in VERSION_CONTROL or (name in CACHES and entry.is_dir(follow_symlinks=False))


def _is_build_output(root: str, path: str) -> bool:
    """Tell whether a directory lies in the one that setuptools builds in: it holds copies of the sources."""
    if path.partition("/")[0] != "build":
        return False
    names = [child.name for child in Path(root, "build").iterdir()]
    return bool(names) and all(_BUILD_OUTPUTS.fullmatch(name) for name in names)


def _is_text(path: str) -> bool:
    """Tell whether a name is valid Unicode: others cannot stand in a report."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
