"""The scratch copy in which the repository's code is executed, brought up to date instead of made anew."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading
from ratchetry.adapters.scratch_plan import Item, plan_copy, refuse_large
from ratchetry.errors import ReportError

_CHUNK: Final = 1024 * 1024
_COMPILED: Final = "__pycache__"
_MARKER_TEXT: Final = "The directory beside this file is a copy made by ratchetry, which empties and refills it.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySummary:
    """What a copy holds, and how much of it had to be done."""

    files: int
    bytes: int
    copied: int
    removed: int
    left_out: tuple[str, ...] = ()
    """What could not be read, or is no file, directory or link."""


def copy_workspace(root: str, destination: str, *, output: str | None, limit: int) -> CopySummary:
    """Make a directory a copy of a working tree; see `WorkingTree.copy_to`.

    Raises ReportError saying why the copy cannot be made.
    """
    inside = os.path.relpath(destination, root).replace(os.sep, "/")
    try:
        _claim(root, destination)
        plan = plan_copy(root, (output, inside))
        size = refuse_large(plan, limit)
        work = _Synchronizer(root=root, destination=destination, left_out=plan.left_out)
        for folder, items in plan.folders.items():
            work.synchronize(folder, items)
    except OSError as error:
        msg = f"the scratch copy of the repository cannot be made: {error}; make room, or set in-place = true"
        raise ReportError(msg) from error
    left_out = tuple(os.fsencode(path).decode("utf-8", "backslashreplace") for path in sorted(set(work.left_out)))
    return CopySummary(files=plan.files(), bytes=size, copied=work.copied, removed=work.removed, left_out=left_out)


def _claim(root: str, destination: str) -> None:
    """Make sure that a directory may be emptied; raises ReportError when it is not one of ours.

    A repository may hold anything at this place, links that lead elsewhere among it.
    """
    marker, path = Path(f"{destination}.ratchetry"), Path(destination)
    real = os.path.realpath(destination)
    leads_out = destination.startswith(f"{root}{os.sep}") and not real.startswith(f"{root}{os.sep}")
    if path.is_symlink() or leads_out or f"{root}{os.sep}".startswith(f"{real}{os.sep}"):
        msg = f"{destination} leads to {real}: remove the link, or choose another output-dir"
        raise ReportError(msg)
    if marker.is_file() and not marker.is_symlink() and path.is_dir():
        return
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        msg = f"{destination} was not made by ratchetry: remove it, or choose another output-dir"
        raise ReportError(msg)
    path.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)
    marker.write_text(_MARKER_TEXT, encoding="utf-8")


@dataclass(slots=True, kw_only=True)
class _Synchronizer:
    """Brings the directories of a copy up to date, one after the other, parents first.

    Nothing in the copy is trusted to be what an earlier run left there: links are never followed, files never
    written into.
    """

    root: str
    destination: str
    left_out: list[str]
    copied: int = 0
    removed: int = 0
    fresh: set[str] = field(default_factory=set)

    def synchronize(self, folder: str, items: Mapping[str, Item]) -> None:
        """Make one directory of the copy hold these items and nothing else but compiled modules."""
        present = {} if folder in self.fresh else {entry.name: entry for entry in _scan(self._target(folder))}
        compiled = _COMPILED in present and present[_COMPILED].is_dir(follow_symlinks=False)
        for name, entry in present.items():
            if name not in items and not (name == _COMPILED and compiled):
                remove(entry.path)
                self.removed += 1
        renewed = []
        for name, item in items.items():
            path = f"{folder}/{name}" if folder else name
            if not self._is_current(path, item, present.get(name)) and self._renew(path, item, name in present):
                renewed.append(name)
        if compiled:
            _forget_compiled(f"{self._target(folder)}/{_COMPILED}", renewed)
        self.copied += len(renewed)

    def _is_current(self, path: str, item: Item, present: os.DirEntry[str] | None) -> bool:
        """Tell whether what is there is what an item would put there."""
        if present is None:
            return False
        wanted, there = item.status, present.stat(follow_symlinks=False)
        if stat.S_ISLNK(wanted.st_mode):
            return stat.S_ISLNK(there.st_mode) and os.readlink(present.path) == self._link_text(path)
        if stat.S_ISDIR(wanted.st_mode):
            return there.st_mode == wanted.st_mode | stat.S_IRWXU
        if item.shared and os.path.samestat(wanted, there):
            return True
        same_time = there.st_mtime_ns == wanted.st_mtime_ns and there.st_size == wanted.st_size
        return same_time and there.st_mode == stat.S_IFREG | (wanted.st_mode & 0o777)

    def _renew(self, path: str, item: Item, present: bool) -> bool:  # noqa: FBT001
        """Put an item into the copy, and tell whether a file or link was made."""
        target, mode = self._target(path), item.status.st_mode
        if stat.S_ISDIR(mode):
            self._make_folder(path, target, mode)
            return False
        if present:
            remove(target)
        try:
            if stat.S_ISLNK(mode):
                os.symlink(self._link_text(path), target)
                return True
            return (item.shared and self._share(path, target)) or self._make_file(path, target)
        except FileNotFoundError:  # removed since the plan was made
            return False

    def _make_folder(self, path: str, target: str, mode: int) -> None:
        """Make a directory that its owner can write into, or give the one that is there its permissions."""
        if os.path.lexists(target) and not stat.S_ISDIR(os.lstat(target).st_mode):
            remove(target)
        if not os.path.lexists(target):
            os.mkdir(target)
            self.fresh.add(path)
        os.chmod(target, stat.S_IMODE(mode) | stat.S_IRWXU)

    def _share(self, path: str, target: str) -> bool:
        """Hard-link a file into the copy, and tell whether the file system can."""
        try:
            os.link(f"{self.root}/{path}", target, follow_symlinks=False)
        except FileNotFoundError:
            raise
        except (OSError, NotImplementedError):
            return False
        return True

    def _make_file(self, path: str, target: str) -> bool:
        """Copy a file with its permissions and time of change, and tell whether it could be read."""
        try:
            source = open_for_reading(f"{self.root}/{path}")
        except PermissionError:
            self.left_out.append(path)
            return False
        try:
            status = os.fstat(source)
            _copy_content(source, target, status.st_size)
        finally:
            os.close(source)
        # Last: a copy that was interrupted has another time than the original and is made again.
        os.chmod(target, status.st_mode & 0o777)
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        return True

    def _link_text(self, path: str) -> str:
        """Return where a link of the copy must lead: inside the copy if it led inside the original, else the same."""
        text = os.readlink(f"{self.root}/{path}")
        lexical = os.path.normpath(os.path.join(self.root, os.path.dirname(path), text))
        inside = lexical == self.root or lexical.startswith(f"{self.root}{os.sep}")
        if os.path.isabs(text):
            return f"{self.destination}{lexical[len(self.root) :]}" if inside else text
        return text if inside else lexical

    def _target(self, path: str) -> str:
        """Return where an item of the copy stands."""
        return f"{self.destination}/{path}" if path else self.destination


def _forget_compiled(cache: str, renewed: Iterable[str]) -> None:
    """Remove the compiled forms of modules that have changed.

    Python compares whole seconds and the size only: after an edit within the same second it would run the old code.
    """
    stems = {name.removesuffix(".py") for name in renewed if name.endswith(".py")}
    for entry in _scan(cache) if stems else ():
        if entry.name.partition(".")[0] in stems:
            remove(entry.path)


def _scan(folder: str) -> list[os.DirEntry[str]]:
    """Return the entries of a directory."""
    with os.scandir(folder) as scan:
        return list(scan)


def remove(target: str) -> None:
    """Remove whatever is at a path, directories that a test has locked included."""
    if not stat.S_ISDIR(os.lstat(target).st_mode):
        os.unlink(target)
        return
    with contextlib.suppress(PermissionError):
        shutil.rmtree(target)
        return
    os.chmod(target, stat.S_IRWXU)
    for folder, names, _ in os.walk(target):
        for name in names:
            if not os.path.islink(f"{folder}/{name}"):
                os.chmod(f"{folder}/{name}", stat.S_IRWXU)
    shutil.rmtree(target)


def _copy_content(source: int, target: str, size: int) -> None:
    """Copy an open file to a new one, large ones by reference where the file system can."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(target, flags, 0o600)
    try:
        if size >= _CHUNK and _copied_by_kernel(source, descriptor):
            return
        while chunk := os.read(source, _CHUNK):
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def _copied_by_kernel(source: int, target: int) -> bool:
    """Copy between two open files without passing through this process, and tell whether that went to the end."""
    if not hasattr(os, "copy_file_range"):
        return False
    try:
        while os.copy_file_range(source, target, 1 << 30):
            pass
    except OSError:  # another file system, or a kernel without it: reading goes on where this ended
        return False
    return True
