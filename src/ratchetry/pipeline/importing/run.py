"""Importing a past: find what the sources hold, keep it, say what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from ratchetry.adapters.git import Git, repository_of
from ratchetry.domain.event import Event
from ratchetry.history.imports.entries import About, Found
from ratchetry.pipeline.history import open_history
from ratchetry.pipeline.importing.keep import Outcome, keep
from ratchetry.pipeline.importing.own import found_in_files, found_on_branch, found_on_github
from ratchetry.pipeline.importing.reports import found_in_reports
from ratchetry.pipeline.importing.wish import (
    ActionBenchmark,
    Artifacts,
    Branch,
    Octocov,
    OnGitHub,
    Records,
    Reports,
    StoredBenchmarks,
    Wish,
)
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where is imported to: the repository, its settings, the history, and what the world must lend."""

    path: str
    settings: Settings
    history: str | None
    environ: Mapping[str, str]
    clock: Clock
    progress: Progress


def import_runs(
    place: Place, wish: Wish, sources: Sequence[str], *, repository: str = "", write: bool = True
) -> Outcome:
    """Return what became of the runs of some sources; with a `repository`, others are left out.

    Runs whose source does not say its repository are of that one or, where none is named, of the checkout.
    Raises UsageError when a source is not there or nothing can be written, UnreachableError when one cannot be asked.
    """
    history = open_history(place.path, place.settings, place.history)
    found = _found(place, wish, sources, repository)
    return keep(history, found, repository=repository, now=place.clock.now(), progress=place.progress, write=write)


def _found(place: Place, wish: Wish, sources: Sequence[str], repository: str) -> Iterator[Found | Event]:
    """Yield what some sources hold."""
    match wish:
        case Reports() | Octocov() | ActionBenchmark() | StoredBenchmarks():
            here = repository or repository_of(Git(str(Path(place.path).resolve()), place.environ))
            yield from found_in_reports(wish, sources, About(repository=here), place.progress)
        case Records() | Artifacts():
            yield from found_in_files(wish, sources, place.progress)
        case Branch(ref=ref):
            for source in sources:
                yield from found_on_branch(
                    source,
                    ref,
                    path=place.path,
                    settings=place.settings,
                    environ=place.environ,
                    progress=place.progress,
                )
        case OnGitHub():
            yield from found_on_github(wish, repository, place.clock.now(), place.environ, place.progress)
        case _:
            assert_never(wish)
