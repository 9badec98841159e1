"""Sources of other tools: their files, read and handed to the importer of their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from ratchetry.adapters.import_sources import files_of, read_file
from ratchetry.errors import ReportError, UsageError
from ratchetry.history.imports import action_benchmark, junit, octocov, pytest_benchmark
from ratchetry.history.imports.entries import About, File, Found, LeftOut, commit_of, moment, plain, said
from ratchetry.pipeline.importing.wish import ActionBenchmark, Octocov, Reports, StoredBenchmarks
from ratchetry.ports import Progress

Reader = Callable[[File, About], Iterator[Found]]

_SUFFIXES: Final = {
    Reports: (".xml",),
    Octocov: (".json",),
    ActionBenchmark: (".js", ".json"),
    StoredBenchmarks: (".json",),
}


def found_in_reports(
    wish: Reports | Octocov | ActionBenchmark | StoredBenchmarks,
    sources: Sequence[str],
    about: About,
    progress: Progress,
) -> Iterator[Found]:
    """Yield what the files of some sources hold; raises UsageError when a source is not there, or holds no file."""
    paths = [path for source in sources for path in _paths(source, _SUFFIXES[type(wish)])]
    paths = list(dict.fromkeys(paths))
    if isinstance(wish, Reports):
        yield from _junit(wish, paths, about, progress)
        return
    reader = _reader(wish)
    for path in paths:
        progress.preparing(f"importing {path}")
        try:
            yield from reader(read_file(path), about)
        except ReportError as error:
            yield _refused(path, error)


def _paths(source: str, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Return the files of a source; raises UsageError when there are none."""
    paths = files_of(source, suffixes)
    if not paths:
        msg = f"{source}: there is no file in it that ends in {' or '.join(suffixes)}"
        raise UsageError(msg)
    return paths


def _reader(wish: Octocov | ActionBenchmark | StoredBenchmarks) -> Reader:
    """Return what reads a file of a format."""
    match wish:
        case Octocov(better=better):
            return partial(octocov.read, better=better)
        case ActionBenchmark(suites=suites):
            return partial(action_benchmark.read, suites=suites)
        case StoredBenchmarks():
            return pytest_benchmark.read


def _junit(wish: Reports, paths: Sequence[Path], about: About, progress: Progress) -> Iterator[Found]:
    """Yield the runs that JUnit reports are of, one for each group of them."""
    groups: dict[str, Callable[[Path], str]] = {"file": str, "directory": lambda path: str(path.parent), "all": str}
    ordered = [paths] if wish.group == "all" else [list(rows) for _, rows in groupby(paths, groups[wish.group])]
    for group in ordered:
        progress.preparing(f"importing {group[0]}")
        files: list[File] = []
        for path in group:
            try:
                files.append(read_file(path))
            except ReportError as error:
                yield _refused(path, error)
        yield from junit.read(files, _known(wish, str(group[0]), about))


def _known(wish: Reports, path: str, about: About) -> About:
    """Return what is known of a report: what its path says, otherwise what whoever imports it says."""
    known = replace(wish.about, repository=about.repository)
    found = wish.pattern.search(path) if wish.pattern else None
    if found is None:
        return known
    named = found.groupdict()
    when = moment(named.get("started"))
    return replace(
        known,
        commit=commit_of(named.get("commit")) or known.commit,
        branch=plain(named.get("branch")) or known.branch,
        started=when.text if when else known.started,
    )


def _refused(path: Path, error: ReportError) -> LeftOut:
    """Return that a file was left out, its name not told twice."""
    return LeftOut(where=str(path), reason=said(error).removeprefix(f"{path}: "))
