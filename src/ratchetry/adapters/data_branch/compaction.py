"""Compacting the history of a remote: done on files, as on a laptop, and taken back as what came and what went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ratchetry.adapters.data_branch.local import local_files
from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.trees import LARGEST_FILE
from ratchetry.adapters.data_branch.union import month_of_part, month_of_single
from ratchetry.errors import StateError

Compact = Callable[[Path], tuple[str, ...]]
"""Compacts the history in a directory, and returns what was wrong with files that stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """The files that compacting has written, the paths of those that they replace, and what was wrong."""

    added: Mapping[str, Path]
    removed: tuple[str, ...]
    problems: tuple[str, ...]


def compacted(store: Store, files: Mapping[str, str], compact: Compact, directory: Path) -> Compacted:
    """Return what compacting changes in a history, given its files by the names of their contents.

    `directory`, which must not exist yet, holds the written files.  Raises StateError when a content is missing.
    """
    write_contents(store, files, directory)
    problems = compact(directory)
    after = local_files(directory).sizes
    # Names that nothing refers to any more stay: a batch that is on its way may have left them out, as known.
    gone = (path for path in files if path not in after and (month_of_single(path) or month_of_part(path)))
    return Compacted(
        added={path: directory / path for path in after if path not in files},
        removed=tuple(sorted(gone)),
        problems=problems,
    )


def write_contents(store: Store, files: Mapping[str, str], directory: Path) -> None:
    """Write the files of a history below a directory of our own; raises StateError when one cannot be had."""
    store.fetch_blobs(tuple(dict.fromkeys(files.values())))
    places: dict[str, list[str]] = {}
    for path, name in files.items():
        places.setdefault(name, []).append(path)
    for name, data in store.contents(tuple(places), LARGEST_FILE):
        if data is None:
            msg = f"{store.remote.shown}: {places[name][0]} is missing, or larger than {LARGEST_FILE} bytes"
            raise StateError(msg)
        for path in places[name]:
            place = directory / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
