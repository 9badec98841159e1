"""Large files that are written piece by piece, and are there whole or not."""

from __future__ import annotations

import contextlib
import csv
import secrets
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from ratchetry.errors import UsageError
from ratchetry.report.cells import for_csv


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write to, which gets its name when the body has ended well and is gone otherwise.

    Raises UsageError when it cannot be written.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; its directory must exist, be writable and have room"
        raise UsageError(msg) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_csv(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows as CSV in UTF-8 (RFC 4180, lines end in a line feed), the names of the columns first."""
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([for_csv(value) for value in row] for row in rows)
    text.flush()
    text.detach()
