"""The state files of ratchetry itself, against their own schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ratchetry.collect.validate.findings import error, not_checked
from ratchetry.domain.record import Finding
from ratchetry.errors import ReportError, StateError
from ratchetry.ports import SourceTree
from ratchetry.settings import Settings

Loader = Callable[[bytes, str], object]

_FIELDS: Final[Mapping[str, Callable[[Settings], str]]] = {
    "thresholds": lambda settings: settings.thresholds,
    "score_model": lambda settings: settings.score_model,
    "weights": lambda settings: settings.weights,
}


def state_paths(settings: Settings, loaders: Mapping[str, Loader]) -> dict[str, Loader]:
    """Return the paths of the state files with the loader of each.

    Raises KeyError for a loader of a setting that names no state file.
    """
    return {_FIELDS[name](settings): loader for name, loader in loaders.items()}


def check_state(tree: SourceTree, loaders: Mapping[str, Loader]) -> tuple[Finding, ...]:
    """Return an error for each state file (by path) that is there and that its loader refuses."""
    return tuple(
        finding for path, loader in loaders.items() if tree.exists(path) for finding in _check_one(tree, path, loader)
    )


def _check_one(tree: SourceTree, path: str, loader: Loader) -> tuple[Finding, ...]:
    """Return what is wrong with one state file."""
    try:
        loader(tree.read(path), path)
    except StateError as problem:
        return (error("invalid-state-file", path, str(problem)),)
    except ReportError as problem:
        return (not_checked(path, str(problem)),)
    return ()
