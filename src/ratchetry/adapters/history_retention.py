"""Retention: months that are too old keep their runs without tests and findings, and sums over the tests for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ratchetry.adapters.history_compaction import blocks, compact_alone
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_files import files_below, write_once
from ratchetry.adapters.history_months import Entry, Part, read_part
from ratchetry.errors import StateError
from ratchetry.history import layout, month
from ratchetry.history.document import RunDocument, decode_document, is_document
from ratchetry.history.retention import chunks_named, pruned, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was dropped from one month, or would be."""

    month: str
    runs: int
    """Runs whose tests and findings are gone."""
    tests: int
    """Results of tests that are only in the sums now."""
    problems: tuple[str, ...] = ()
    """Files that stay as they are, because they cannot be read."""


def prune(history: HistoryDirectory, name: str, when: str, *, write: bool = True) -> Pruned:
    """Drop the tests and findings of a month's runs, after adding up the tests; the month is compacted on the way.

    Killed at any instant it leaves every run with its rows or without, and no run added up twice.
    """
    with history.exclusive():
        done = compact_alone(history, name, write=write)
        problems: list[str] = list(done.problems)
        entries = list(_prunable(history, name, when, problems))
        tests = sum(len(part.outcomes) for entry in entries for part in history.columns_of(entry).tests)
        if entries and write:
            _sum_up(history, name, entries)
            _drop(history, name, when)
    return Pruned(month=name, runs=len(entries), tests=tests, problems=tuple(dict.fromkeys(problems)))


def remove_orphans(history: HistoryDirectory) -> int:
    """Remove the chunks of names that nothing refers to any more and return how many there were.

    None is removed when a file cannot be read: it might refer to any of them.
    """
    with history.exclusive():
        try:
            named = set(_named(history))
        except StateError:
            return 0
        found = 0
        for path in files_below(history.root / "catalog", depth=1, suffix=".json"):
            if path.stem not in named:
                path.unlink(missing_ok=True)
                found += 1
        return found


def _prunable(history: HistoryDirectory, name: str, when: str, problems: list[str]) -> Iterator[Entry]:
    """Yield the runs of a month that have something to drop, and note why others cannot be read."""
    for entry in history.months.readable("runs", name, lambda _path, error: problems.append(str(error))):
        if entry.pruned:
            continue
        try:
            history.columns_of(entry)
            data = history.months.data("runs", entry)
            if pruned(data, when) != data:
                yield entry
        except (StateError, ValueError) as error:
            problems.append(str(error))


def _sum_up(history: HistoryDirectory, name: str, entries: list[Entry]) -> None:
    """Write the sums over the tests of those runs that are not in any yet."""
    done = {key for part in _parts(history, name, "tests") for key in part.header.keys}
    fresh = [entry for entry in entries if entry.key not in done]
    if fresh:
        sums = summed(history.columns_of(entry) for entry in fresh)
        data = month.packed_tests(name, [entry.key for entry in fresh], [entry.time for entry in fresh], sums)
        write_once(history.root / layout.part_path(name, month.part_checksum(data)), data)


def _drop(history: HistoryDirectory, name: str, when: str) -> None:
    """Write the parts of a month anew without the rows of its runs, then remove the old ones."""
    before = _parts(history, name, "runs")
    entries = history.months.readable("runs", name, _pass)
    new: set[Path] = set()
    kept: set[str] = set()
    for block in blocks(history, "runs", entries, []):
        documents = [replace(document, data=pruned(document.data, when)) for document in block]
        data = month.packed("runs", name, documents)
        path = history.root / layout.part_path(name, month.part_checksum(data))
        write_once(path, data)
        new.add(path)
        kept |= {document.key for document in documents}
    for part in before:
        if part.path not in new and kept.issuperset(part.header.keys):
            part.path.unlink(missing_ok=True)


def _parts(history: HistoryDirectory, name: str, kind: month.Kind) -> list[Part]:
    """Return the parts of a kind of a month that can be read."""
    return [part for part in history.months.parts(name, _pass) if part.header.kind == kind]


def _named(history: HistoryDirectory) -> Iterator[str]:
    """Yield every chunk of names that something refers to; raises StateError naming a file that cannot be read."""
    for name in history.months.all("runs"):
        for entry in history.months.entries("runs", name):
            data = history.months.data("runs", entry)
            if is_document(data):
                yield from chunks_named(decode_document(data, str(entry.path), RunDocument))
        for part in history.months.parts(name):
            if part.header.kind == "tests":
                yield from month.tests_of(read_part(part.path), str(part.path)).chunks


def _pass(_path: Path, _error: StateError) -> None:
    """Let a file that cannot be read stand where it is: `verify` names it."""
