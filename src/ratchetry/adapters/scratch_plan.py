"""What a copy of the working tree is to hold: all that executed code may need, nothing that can be made again."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ratchetry.adapters.listing import walk
from ratchetry.errors import ReportError

_GIB: Final = 1024**3
_CONFIG_LIMIT: Final = 1024 * 1024
_GIT_SHARED: Final = frozenset({"objects", "lfs"})
_GIT_LEFT_OUT: Final = frozenset({"modules", "worktrees"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of the copy; a shared one is hard-linked, because nobody ever writes into it."""

    status: os.stat_result
    shared: bool = False


@dataclass(slots=True, kw_only=True)
class Plan:
    """The items of each directory of a copy by name, parents first, and what cannot be copied."""

    folders: dict[str, dict[str, Item]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add_folder(self, root: str, path: str) -> bool:
        """Add a directory, and itself as an item of its parent; tell whether it is still there."""
        parent, _, name = path.rpartition("/")
        try:
            status = os.lstat(f"{root}/{path}")
        except FileNotFoundError:
            return False
        if path:
            if parent not in self.folders:
                return False
            self.folders[parent][name] = Item(status=status)
        self.folders[path] = {}
        return True

    def add(self, folder: str, entry: os.DirEntry[str], *, shared: bool = False) -> None:
        """Add a file or link that is still there; pipes, sockets and devices are left out."""
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            self.folders[folder][entry.name] = Item(status=status, shared=shared)
        else:
            self.left_out.append(f"{folder}/{entry.name}".lstrip("/"))

    def files(self) -> int:
        """Return how many files and links the copy is to hold."""
        return sum(not stat.S_ISDIR(item.status.st_mode) for items in self.folders.values() for item in items.values())

    def sizes(self) -> Counter[str]:
        """Return how many bytes each entry of the root takes in the copy."""
        sizes: Counter[str] = Counter()
        for folder, items in self.folders.items():
            for name, item in items.items():
                if stat.S_ISREG(item.status.st_mode) and not item.shared:
                    sizes[(folder or name).partition("/")[0]] += item.status.st_size
        return sizes


def plan_copy(root: str, left_out: tuple[str | None, ...]) -> Plan:
    """Return what the copy of a working tree is to hold; raises OSError when its root cannot be listed."""
    plan = Plan()
    for folder in walk(root, left_out):
        if not folder.readable and not folder.path:
            msg = f"{root} cannot be listed"
            raise PermissionError(msg)
        if not plan.add_folder(root, folder.path):
            continue
        if not folder.readable:
            plan.left_out.append(f"{folder.path}/")
        for entry in folder.entries:
            if not entry.is_dir(follow_symlinks=False):
                plan.add(folder.path, entry)
    if _git_can_move(Path(root, ".git")):
        _plan_git(plan, root)
    return plan


def refuse_large(plan: Plan, limit: int) -> int:
    """Return how many bytes a copy takes; raises ReportError naming the largest part when that is over the limit."""
    sizes = plan.sizes()
    if sizes.total() > limit:
        name, largest = sizes.most_common(1)[0]
        msg = (
            f"the repository holds {sizes.total() / _GIB:.1f} GiB besides its environments and caches, more than the "
            f"{limit / _GIB:.1f} GiB that are copied to run its code in (largest: {name}, {largest / _GIB:.1f} GiB); "
            "set in-place = true to run its code in the repository itself"
        )
        raise ReportError(msg)
    return sizes.total()


def _git_can_move(git: Path) -> bool:
    """Tell whether a .git works elsewhere: a file, a link or a fixed worktree would lead back to the original."""
    if git.is_symlink() or not git.is_dir():
        return False
    try:
        with git.joinpath("config").open("rb") as config:
            return b"worktree" not in config.read(_CONFIG_LIMIT).lower()
    except OSError:
        return False


def _plan_git(plan: Plan, root: str) -> None:
    """Add the repository's history: git writes an object once and then only reads or removes it."""
    pending = [".git"]
    while pending:
        path = pending.pop()
        if not plan.add_folder(root, path):
            continue
        shared = not _GIT_SHARED.isdisjoint(path.split("/")[1:2])
        for entry in _listed(f"{root}/{path}"):
            if entry.is_dir(follow_symlinks=False):
                pending += [] if path == ".git" and entry.name in _GIT_LEFT_OUT else [f"{path}/{entry.name}"]
            elif not entry.name.endswith(".lock"):
                plan.add(path, entry, shared=shared)


def _listed(path: str) -> list[os.DirEntry[str]]:
    """Return the entries of a directory, none when git has just removed it."""
    try:
        with os.scandir(path) as scan:
            return sorted(scan, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
