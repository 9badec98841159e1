"""The directory in which one command keeps its repository."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ratchetry.adapters.data_branch.calls import Git
from ratchetry.adapters.data_branch.environment import local_environ
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.remote import Remote
from ratchetry.adapters.data_branch.store import Store
from ratchetry.errors import UsageError

_PREFIX: Final = "data-branch-"
_STALE: Final = 6 * 3600.0


@contextlib.contextmanager
def temporary_store(
    cache: Path, remote: Remote, environ: Mapping[str, str], patience: Patience, *, timeout: float = 600.0
) -> Iterator[Store]:
    """Yield a store in a directory for things that may be deleted; killed commands' stores are removed some time later.

    Raises UsageError when none can be made there.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _remove_stale(cache)
        directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=cache))
    except OSError as error:
        msg = f"no working repository can be made in {cache}: {error.strerror}; it must be writable and have room"
        raise UsageError(msg) from error
    try:
        answer = Git(directory, local_environ(environ), timeout=60)("init", "--quiet", "--bare", "--template=", ".")
        if answer.code != 0:
            msg = f"no working repository can be made in {cache}: {answer.err.strip()[:300]}"
            raise UsageError(msg)
        yield Store(directory, remote, environ, patience, timeout=timeout)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _remove_stale(cache: Path) -> None:
    """Remove the stores of commands that were killed long ago."""
    now = time.time()
    for path in cache.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > _STALE:
                shutil.rmtree(path, ignore_errors=True)
