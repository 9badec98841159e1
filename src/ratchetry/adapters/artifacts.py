"""The files that a stage leaves for the user, read and written as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading, write_atomic

LIMIT: Final = 32 * 1024 * 1024
"""The most bytes that all artifacts of a stage may have together to be kept for a later run."""


def read_artifacts(directory: Path) -> dict[str, bytes] | None:
    """Return the content of every file of a directory by name, None when they are too large to be kept."""
    contents: dict[str, bytes] = {}
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            with os.fdopen(open_for_reading(str(path)), "rb") as file:
                contents[path.name] = file.read(LIMIT + 1)
    return contents if sum(map(len, contents.values())) <= LIMIT else None


def write_artifacts(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by name into a directory, which is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        write_atomic(directory / name, data)
