"""Writing files so that a reader sees the old content or the new one, and opening files that nobody vouches for."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ratchetry.errors import StateError, UsageError
from ratchetry.state.codec import LIMIT

_READ: Final = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))


def open_for_reading(path: str) -> int:
    """Return a descriptor of a file; raises OSError for a link, and does not wait for the writer of a named pipe."""
    return os.open(path, _READ)


def read_bounded(path: str | Path, origin: str) -> bytes:
    """Return the content of a file that the user or the repository names, one byte past the limit of a state file.

    Raises StateError with the origin when it cannot be read; decoding refuses what is larger than the limit.
    """
    try:
        with Path(path).open("rb") as file:
            # Asking for the limit at once would reserve that much memory, which takes longer than reading.
            expected = min(os.fstat(file.fileno()).st_size, LIMIT) + 1
            data = file.read(expected)
            return data if len(data) < expected else data + file.read(LIMIT + 1 - len(data))
    except OSError as error:
        msg = f"{origin}: cannot be read: {error.strerror}"
        raise StateError(msg) from error


def write_atomic(path: str | Path, data: bytes) -> None:
    """Write a file in one step, its permissions kept; a symbolic link is replaced, never written through.

    Raises UsageError, and leaves the old file as it was, when the file cannot be written.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        mode = _mode_of(target)
        with _removed_on_failure(temporary):
            # An exclusive open with 0o666 lets the umask decide on a new file's permissions.
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror or error}; its directory must exist, be writable and have room"
        raise UsageError(msg) from error


def _mode_of(path: Path) -> int | None:
    """Return the permissions of a regular file, None when there is none yet."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


@contextlib.contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    """Remove a file when the body fails."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _sync_directory(path: Path) -> None:
    """Make a rename last through a power failure, where the system can: Windows cannot open directories."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
