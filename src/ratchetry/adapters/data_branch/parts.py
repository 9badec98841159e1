"""Which runs and events the parts of compacted months stand for; what is in a part is not for this package to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.trees import LARGEST_FILE
from ratchetry.adapters.data_branch.union import Coverage, Files
from ratchetry.errors import StateError

Covered = Callable[[bytes, str], frozenset[str]]
"""Returns what a part stands for, given its content and path: runs and events by the paths of files of their own.

To be without the rows of `runs/X` is to hold `pruned/X` as well, and sums over them are called `tests/X`: so what was
pruned stands for more than what it came from.  Raises StateError for a damaged part.
"""
DROPPED: Final = ("pruned/", "tests/")
"""How the names begin of what a part holds instead of the rows of a run."""


def coverage_of(store: Store, parts: Files, covered: Covered) -> Coverage:
    """Return what parts at the remote stand for, without those that are damaged or too large."""
    if not parts:
        return {}
    store.fetch_blobs(tuple(parts.values()))
    places = {name: path for path, name in parts.items()}
    found = store.contents(tuple(places), LARGEST_FILE)
    return readable_coverage({places[name]: data for name, data in found if data is not None}, covered)


def readable_coverage(parts: Mapping[str, bytes], covered: Covered) -> Coverage:
    """Return what parts stand for, given their contents, without those that are damaged."""
    coverage: dict[str, frozenset[str]] = {}
    for path, data in parts.items():
        try:
            coverage[path] = covered(data, path)
        except StateError:
            continue
    return coverage
