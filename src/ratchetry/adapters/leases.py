"""Locks of the operating system on directories in a cache: one process fills one, several use it, none removes it then.

They are advisory locks of open files (flock): when a process dies, however it dies, its locks are gone.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

BUILDING: Final = ".building"
IN_USE: Final = ".in-use"

_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How several checkouts of one repository share environments: under whose name, and held until when.

    `identity` stands for the directory of the repository in the key of an environment; `leases` hold what is in use.
    """

    identity: str
    leases: ExitStack = field(default_factory=ExitStack)


@contextlib.contextmanager
def exclusive(path: Path, *, seconds: float | None = None) -> Iterator[bool]:
    """Hold a lock alone for as long as the body lasts, and tell whether it could be had within some seconds.

    Without `seconds` it is waited for until whoever holds it lets go or dies.
    """
    descriptor = _acquired(path, shared=False, seconds=seconds)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


@contextlib.contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold a lock together with others for as long as the body lasts."""
    descriptor = _acquired(path, shared=True, seconds=None)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def beside(place: Path, suffix: str) -> Path:
    """Return the file that a lock on a directory is taken on."""
    return place.with_name(f"{place.name}{suffix}")


def _acquired(path: Path, *, shared: bool, seconds: float | None) -> int | None:
    """Return the descriptor of a locked file, None when the time was up first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        if _try_lock(descriptor, shared=shared) and _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)
        if deadline is not None and time.monotonic() >= deadline:
            return None
        time.sleep(_PAUSE)


def _is_still(path: Path, descriptor: int) -> bool:
    """Tell whether a path still leads to an open file: whoever removes a directory removes its locks as well."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


if sys.platform == "win32":

    def _try_lock(descriptor: int, *, shared: bool) -> bool:
        """Lock an open file unless another process has, and tell whether that worked; nothing is shared here."""
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return shared
        return True

else:

    def _try_lock(descriptor: int, *, shared: bool) -> bool:
        """Lock an open file unless another process has, and tell whether that worked."""
        import fcntl

        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
