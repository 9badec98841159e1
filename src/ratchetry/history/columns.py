"""Runs as columns, for analyses that look at millions of tests: no row is built, names are looked up for hits only.

An analysis goes through `HistoryDirectory.columns(since, until)`, one `RunColumns` for each run in the order of their
start.  Position i in `TestPart.outcomes` and in `TestPart.seconds()` is that of row i under the chunk's names,
`HistoryDirectory.names(part.chunk)`; runs that share a chunk share these positions.  For example, how often each test
failed, over any number of runs:

    failed: Counter[tuple[str, int]] = Counter()
    for run in history.columns():
        for part in run.tests:
            failed.update((part.chunk, at) for at in part.positions("FE"))
    by_name = {history.names(chunk)[at][0]: count for (chunk, at), count in failed.items()}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
from msgspec import Raw, Struct

from ratchetry.domain.record import Change, Failure, RunInfo, Verdict
from ratchetry.errors import StateError
from ratchetry.history.decoding import Names
from ratchetry.history.document import decode_document
from ratchetry.history.numbers import Places, unscaled


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPart:
    """The tests of a run whose names are in one chunk, in the order of the names."""

    __test__ = False

    chunk: str
    outcomes: str
    """One letter each: P passed, F failed, E error, S skipped, R passed only when run again (flaky)."""
    seconds: Callable[[], Sequence[float]]
    """Gives the durations, which are only decoded when they are asked for."""
    repeats: Mapping[str, int] = field(default_factory=dict)
    """How many rows there are under a name, by its position in the chunk, where there is more than one."""
    signatures: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """The positions of the tests that failed in one way, by its signature."""

    def positions(self, letters: str) -> Iterator[int]:
        """Yield the positions of the tests whose outcome is one of some letters."""
        for letter in letters:
            at = self.outcomes.find(letter)
            while at >= 0:
                yield at
                at = self.outcomes.find(letter, at + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPart:
    """The metrics of a run whose names are in one chunk: each name is (name, unit, direction, stage)."""

    chunk: str
    values: Sequence[float]
    n: Sequence[int]
    """Observations that each rests on; empty when all rest on one."""
    spread: Sequence[float | None]
    """Interquartile ranges; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunColumns:
    """One run attempt: where it comes from, its verdict, its metrics and tests."""

    run: RunInfo
    verdict: Verdict
    metrics: tuple[MetricPart, ...] = ()
    tests: tuple[TestPart, ...] = ()
    changed: tuple[str, ...] = ()
    """The files that the run changes against its base."""
    failures: tuple[Failure, ...] = ()
    """Each distinct way of failing."""
    reused: tuple[str, ...] = ()
    """The stages whose results are those of an earlier run with the same inputs: no observations of their own."""
    trailers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values of the trailers of the commits that the run measured against its base, by name."""
    unkept: tuple[str, ...] = ()
    """The metrics and stages whose gates failed, in their order."""
    pruned: bool = False
    """Whether tests and findings of the run have been dropped: their absence then says nothing."""

    def values(self, names: Names) -> dict[str, float]:
        """Return the values of the metrics by their names."""
        return {
            name[0]: value for part in self.metrics for name, value in zip(names(part.chunk), part.values, strict=True)
        }


class _Tests(Struct, frozen=True):
    """The columns of tests, the durations left as they are."""

    outcomes: str
    durations: Raw
    digits: Places = 3
    repeats: dict[str, int] = {}
    signatures: dict[str, list[int]] = {}


class _Metrics(Struct, frozen=True):
    """The columns of metrics."""

    values: list[float]
    n: list[int] = []
    spread: list[float | None] = []


class _TestTable(Struct, frozen=True):
    """Tests in parts."""

    order: list[str] = []
    chunks: dict[str, _Tests] = {}


class _MetricTable(Struct, frozen=True):
    """Metrics in parts."""

    order: list[str] = []
    chunks: dict[str, _Metrics] = {}


class _Gates(Struct, frozen=True):
    """What analyses read of the gates."""

    metrics: list[str] = []
    verdicts: str = ""


class _Stage(Struct, frozen=True):
    """What analyses read of how a stage ended."""

    cached: bool = False


class _Document(Struct, frozen=True):
    """What analyses read of a run's document."""

    run: RunInfo
    verdict: Verdict
    metrics: _MetricTable = _MetricTable()
    tests: _TestTable = _TestTable()
    change: Change = Change()
    failures: tuple[Failure, ...] = ()
    stages: dict[str, _Stage] = {}
    gates: _Gates | None = None
    pruned: str = ""


def columns_of(data: bytes, origin: str) -> RunColumns:
    """Return a run as columns, from its document; raises StateError naming the file when it cannot be read."""
    document = decode_document(data, origin, _Document)
    try:
        return RunColumns(
            run=document.run,
            verdict=document.verdict,
            metrics=tuple(_metric_part(name, document.metrics.chunks[name]) for name in document.metrics.order),
            tests=tuple(_test_part(name, document.tests.chunks[name], origin) for name in document.tests.order),
            changed=tuple(file.path for file in document.change.files),
            failures=document.failures,
            reused=tuple(sorted(name for name, stage in document.stages.items() if stage.cached)),
            trailers=document.change.trailers,
            unkept=failed_gates(document.gates.metrics, document.gates.verdicts) if document.gates else (),
            pruned=bool(document.pruned),
        )
    except KeyError as error:
        msg = f"{origin}: its columns do not fit together: there are none for the chunk {error}"
        raise StateError(msg) from error


def failed_gates(metrics: Sequence[str], verdicts: str) -> tuple[str, ...]:
    """Return what the gates that failed are about, given what all are about and the letters of their verdicts."""
    return tuple(metric for metric, verdict in zip(metrics, verdicts, strict=False) if verdict == "F")


def _test_part(chunk: str, part: _Tests, origin: str) -> TestPart:
    """Return the tests under the names of one chunk."""
    return TestPart(
        chunk=chunk,
        outcomes=part.outcomes,
        seconds=partial(_seconds, part.durations, part.digits, origin),
        repeats=part.repeats,
        signatures=part.signatures,
    )


def _metric_part(chunk: str, part: _Metrics) -> MetricPart:
    """Return the metrics under the names of one chunk."""
    return MetricPart(chunk=chunk, values=part.values, n=part.n, spread=part.spread)


def _seconds(durations: Raw, digits: Places, origin: str) -> list[float]:
    """Return durations in seconds; raises StateError naming the file when they are none."""
    try:
        return unscaled(digits, msgspec.json.decode(durations, type=list[float]))
    except msgspec.MsgspecError as error:
        msg = f"{origin}: durations: {error}"
        raise StateError(msg) from error
