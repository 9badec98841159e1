"""What is left of runs whose rows are too old: everything but tests, findings and evidence, and sums over the tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal

from ratchetry.history.columns import RunColumns, TestPart
from ratchetry.history.document import RunDocument
from ratchetry.history.month import ChunkTests, MonthTests, body_of, written

Letter = Literal["P", "F", "E", "S", "R"]
LETTERS: Final[tuple[Letter, ...]] = ("P", "F", "E", "S", "R")
_ROWS: Final = ("tests", "findings", "failures")


def pruned(data: bytes, when: str) -> bytes:
    """Return the document of a run without its rows, which says since when; one without rows stays as it is.

    Raises ValueError for a file that is no document.
    """
    body = body_of(data)
    if not isinstance(body, dict) or not any(name in body for name in _ROWS):
        return data
    return written({name: value for name, value in body.items() if name not in _ROWS} | {"pruned": when})


def chunks_named(document: RunDocument) -> set[str]:
    """Return the chunks of names that a run's document refers to."""
    tables = (document.tests, document.findings, document.benchmarks, document.metrics)
    return {name for table in tables if table is not None for name in table.order}


class _Sums:
    """Sums over the tests under the names of one chunk, while runs are added."""

    def __init__(self, size: int) -> None:
        self.runs = 0
        self.counts: dict[Letter, list[int]] = {letter: [0] * size for letter in LETTERS}
        self.seconds = [0.0] * size
        self.longest = [0.0] * size
        self.passed: dict[str, set[int]] = defaultdict(set)
        self.failed: dict[str, set[int]] = defaultdict(set)

    def add(self, part: TestPart, commit: str) -> None:
        """Add one run."""
        self.runs += 1
        for letter in LETTERS:
            column = self.counts[letter]
            for at in part.positions(letter):
                column[at] += 1
        for at, seconds in enumerate(part.seconds()):
            self.seconds[at] += seconds
            self.longest[at] = max(self.longest[at], seconds)
        self.failed[commit] |= set(part.positions("FE"))
        self.passed[commit] |= set(part.positions("P"))

    def result(self) -> ChunkTests:
        """Return the sums."""
        disputed = [0] * len(self.seconds)
        for commit, failed in self.failed.items():
            for at in failed & self.passed[commit]:
                disputed[at] += 1
        return ChunkTests(
            runs=self.runs,
            outcomes={letter: column for letter, column in self.counts.items() if any(column)},
            seconds=[round(seconds, 6) for seconds in self.seconds],
            longest=self.longest,
            disputed=disputed,
        )


def summed(runs: Iterable[RunColumns]) -> MonthTests:
    """Return the sums over the tests of some runs, by the chunks of their names."""
    sums: dict[str, _Sums] = {}
    for run in runs:
        for part in run.tests:
            if not part.repeats:  # a name with several rows has no position of its own
                sums.setdefault(part.chunk, _Sums(len(part.outcomes))).add(part, run.run.commit)
    return MonthTests(chunks={chunk: sums[chunk].result() for chunk in sorted(sums)})
