"""Files that are written once: a history's way to the disk."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import write_atomic
from ratchetry.errors import UsageError

_DATED: Final = re.compile(r"\d{4}|\d{2}|\d{4}-\d{2}", re.ASCII)


def write_once(path: Path, data: bytes) -> bool:
    """Write a file whole and lastingly if there is none of that name; return whether there was none.

    Of several writers at the same time one writes.  Raises UsageError naming the file when it cannot be written.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return False
        return _linked(temporary, path, data)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; its directory must exist, be writable and have room"
        raise UsageError(msg) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _linked(temporary: Path, path: Path, data: bytes) -> bool:
    """Write a temporary file and give it its name, unless another file has got it meanwhile; return whether not."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    sync_directory(path.parent)
    return True


def sync_directory(path: Path) -> None:
    """Make names in a directory last through a power failure, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def keep_content(path: Path, data: bytes) -> None:
    """See to it that a file named after its content holds it, mending one that was damaged."""
    if not write_once(path, data) and not _holds(path, data):
        write_atomic(path, data)


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether a file holds exactly some bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(data) + 1) == data
    except OSError:
        return False


@contextlib.contextmanager
def locked(path: Path, *, shared: bool) -> Iterator[None]:
    """Hold a lock on a file, which the system takes back when the process ends, however it ends.

    Raises UsageError when the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; its directory must exist, be writable and have room"
        raise UsageError(msg) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def files_below(root: Path, *, depth: int, suffix: str) -> Iterator[Path]:
    """Yield the files with a suffix so many directories below a root, in the order of their names."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        msg = f"{root}: cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    for entry in entries:
        if depth and entry.is_dir(follow_symlinks=False):
            yield from files_below(Path(entry.path), depth=depth - 1, suffix=suffix)
        elif not depth and entry.name.endswith(suffix) and entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def names_in(directory: Path) -> list[str]:
    """Return the names of the directories in a directory that are numbers or months, none where there is none."""
    try:
        entries = list(os.scandir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        msg = f"{directory}: cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    return sorted(
        entry.name for entry in entries if _DATED.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
    )
