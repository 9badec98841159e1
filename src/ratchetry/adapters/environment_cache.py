"""What a cache of environments and tools keeps: the few that were used last, and all that are in use."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from ratchetry.adapters.leases import BUILDING, IN_USE, beside, exclusive

COMPLETE: Final = "ratchetry.json"
"""The file that is written last: a directory without it is not complete."""
KEPT: Final = 3


def prune(cache_dir: str) -> None:
    """Remove all but the most recently used environments and tools of a cache, and none in use."""
    for home in (Path(cache_dir, "environments"), Path(cache_dir, "tools")):
        if home.is_dir():
            with exclusive(home / ".lock"):
                remove_unused(home, None)


def remove_unused(home: Path, kept: Path | None) -> None:
    """Remove all but the most recently used directories, those left incomplete first of all, and none in use.

    `kept` is one that stays in any case.  Whoever calls this holds the lock of the home.
    """
    try:
        others = [path for path in home.iterdir() if path.is_dir() and path != kept]
    except OSError:
        return
    others.sort(key=_last_used, reverse=True)
    allowed = KEPT if kept is None else KEPT - 1
    for path in [path for index, path in enumerate(others) if index >= allowed or not _last_used(path)]:
        locks = beside(path, BUILDING), beside(path, IN_USE)
        with exclusive(locks[0], seconds=0) as unbuilt, exclusive(locks[1], seconds=0) as unused:
            if unbuilt and unused:
                shutil.rmtree(path, ignore_errors=True)
                for lock in locks:
                    lock.unlink(missing_ok=True)


def _last_used(place: Path) -> float:
    """Return when a directory was last used, 0 when it is not complete."""
    try:
        return (place / COMPLETE).stat().st_mtime
    except OSError:
        return 0.0
