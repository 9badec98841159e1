"""Logs that are only appended to, a line at a time."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from ratchetry.errors import UsageError

_APPEND: Final = (
    os.O_WRONLY | os.O_APPEND | os.O_CREAT | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW"))
)


def append_lines(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Append objects to a log as JSON, one a line, all in one write, so that writers do not mix their lines.

    Raises UsageError when it cannot be written, or is a link or no regular file.
    """
    data = "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode("utf-8")
    if not data:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _APPEND, 0o666)  # the umask decides on a new file's permissions
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(0, "it is no regular file")
            os.write(descriptor, data)
        finally:
            os.close(descriptor)
    except OSError as error:
        msg = f"cannot append to {path}: {error.strerror or error}"
        raise UsageError(msg) from error
