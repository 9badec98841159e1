"""Files that are written once: a history's way to the disk."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from ratchetry.adapters.files import write_atomic
from ratchetry.errors import UsageError


def write_once(path: Path, data: bytes) -> bool:
    """Write a file whole and lastingly if there is none of that name; return whether there was none.

    Of several writers at the same time one writes.  Raises UsageError naming the file when it cannot be written.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.tmp")
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
