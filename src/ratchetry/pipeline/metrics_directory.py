"""A directory with what runs have measured, as a history: one that it is, or one made of the records in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.errors import UsageError
from ratchetry.pipeline.fleet import is_history
from ratchetry.pipeline.history import add_records, history_at
from ratchetry.settings import Settings


@contextmanager
def history_in(directory: str, settings: Settings) -> Iterator[HistoryDirectory]:
    """Yield the history that a directory is, or one of the run records (*.json) in it, for as long as the body lasts.

    Raises UsageError when there is no directory or no record in it, StateError naming a file that cannot be read.
    """
    place = Path(directory)
    if not place.is_dir():
        msg = f"{directory}: there is no such directory; name a history, or a directory with run records (*.json)"
        raise UsageError(msg)
    if is_history(place):
        yield history_at(place, settings)
        return
    with TemporaryDirectory(prefix="ratchetry-") as scratch:
        made = history_at(Path(scratch), settings)
        add_records(made, [directory])
        yield made
