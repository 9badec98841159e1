"""From a document and its chunks back to the run record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Final, Literal, TypeVar, get_args

from ratchetry.domain.record import (
    Benchmark,
    Better,
    Finding,
    Gate,
    Metric,
    Outcome,
    RunRecord,
    Severity,
    TestResult,
    Verdict,
)
from ratchetry.domain.thresholds import BoundKind
from ratchetry.errors import StateError
from ratchetry.history.chunks import Name
from ratchetry.history.document import (
    BenchmarkColumns,
    FindingColumns,
    GateColumns,
    MetricColumns,
    Part,
    RunDocument,
    Table,
    TestColumns,
    decode_document,
)
from ratchetry.history.encoding import KINDS, LETTERS, VERDICTS, follow
from ratchetry.history.normal import derived_margin
from ratchetry.history.numbers import from_units, unscaled, without_base

Names = Callable[[str], Sequence[Name]]
"""Gives the names in a chunk; raises StateError when it is not there or damaged."""

OUTCOMES: Final[Mapping[str, Outcome]] = {letter: outcome for outcome, letter in LETTERS.items()}
_KINDS: Final[Mapping[str, BoundKind | Literal["measured"]]] = {letter: kind for kind, letter in KINDS.items()}
_VERDICTS: Final[Mapping[str, Verdict]] = {letter: verdict for verdict, letter in VERDICTS.items()}

_SEVERITIES: Final[Mapping[str, Severity]] = {name: name for name in get_args(Severity)}
_DIRECTIONS: Final[Mapping[str, Better]] = {name: name for name in get_args(Better)}

P = TypeVar("P", bound=Part)
Row = TypeVar("Row")


def decode_record(data: bytes, origin: str, names: Names) -> RunRecord:
    """Return the record of a run's document; raises StateError naming the file when it cannot be read."""
    document = decode_document(data, origin, RunDocument)
    try:
        return record_of(document, names)
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        msg = f"{origin}: its columns do not fit together: {error}"
        raise StateError(msg) from error


def record_of(document: RunDocument, names: Names) -> RunRecord:
    """Return the record that a document holds; raises ValueError, IndexError or KeyError when its columns disagree."""
    metrics = dict(_rows(document.metrics, names, _metrics))
    return RunRecord(
        schema_version=document.record,
        ratchetry=document.ratchetry,
        run=document.run,
        change=document.change,
        stages=document.stages,
        metrics=metrics,
        tests=tuple(_rows(document.tests, names, _tests)),
        findings=_with_fingerprints(tuple(_rows(document.findings, names, _findings))),
        benchmarks=tuple(_rows(document.benchmarks, names, _benchmarks)),
        failures=document.failures,
        gates=tuple(_gates(document.gates, metrics)) if document.gates else (),
        verdict=document.verdict,
    )


def expanded(names: Sequence[Name], repeats: Mapping[str, int]) -> Iterable[Name]:
    """Return the name of each row, given the names in a chunk and how often some of them stand there."""
    if not repeats:
        return names
    counts = (repeats.get(str(at), 1) for at in range(len(names)))
    return chain.from_iterable(map(repeat, names, counts))


def _rows(table: Table[P] | None, names: Names, rows: Callable[[Iterable[Name], P], Iterator[Row]]) -> Iterator[Row]:
    """Yield the rows of a table; raises KeyError when a part of it is missing."""
    if table is None:
        return
    for identifier in table.order:
        part = table.chunks[identifier]
        yield from rows(expanded(names(identifier), part.repeats), part)


def _tests(names: Iterable[Name], part: TestColumns) -> Iterator[TestResult]:
    """Yield tests from their columns."""
    signatures = {at: signature for signature, places in part.signatures.items() for at in places}
    columns = zip(names, part.outcomes, unscaled(part.digits, part.durations), strict=True)
    for at, ((name,), letter, duration) in enumerate(columns):
        yield TestResult(
            id=name,
            outcome=OUTCOMES[letter],
            duration=duration,
            attempts=part.attempts.get(str(at), 1),
            signature=signatures.get(at, ""),
        )


def _findings(names: Iterable[Name], part: FindingColumns) -> Iterator[tuple[Finding, str | None]]:
    """Yield findings from their columns, each with its fingerprint if that does not follow from them."""
    for at, ((path, tool, rule, severity, message), line) in enumerate(zip(names, part.lines, strict=True)):
        finding = Finding(tool=tool, rule=rule, severity=_SEVERITIES[severity], path=path, line=line, message=message)
        yield finding, part.fingerprints.get(str(at))


def _with_fingerprints(rows: Sequence[tuple[Finding, str | None]]) -> tuple[Finding, ...]:
    """Return findings with their fingerprints."""
    following = follow([finding for finding, _ in rows])
    return tuple(
        replace(finding, fingerprint=following[at] if own is None else own) for at, (finding, own) in enumerate(rows)
    )


def _benchmarks(names: Iterable[Name], part: BenchmarkColumns) -> Iterator[Benchmark]:
    """Yield benchmarks from their columns."""
    for at, ((name,), row) in enumerate(zip(names, part.rounds, strict=True)):
        times = ((statistic, column[at]) for statistic, column in part.times.items())
        others = ((statistic, column[at]) for statistic, column in part.statistics.items())
        statistics = {
            statistic: from_units(number, row, less_first=statistic != "stddev")
            for statistic, number in times
            if number is not None
        }
        statistics |= {statistic: value for statistic, value in others if value is not None}
        yield Benchmark(name=name, rounds=without_base(row), statistics=statistics)


def _metrics(names: Iterable[Name], part: MetricColumns) -> Iterator[tuple[str, Metric]]:
    """Yield metrics from their columns."""
    for at, ((name, unit, better, stage), value) in enumerate(zip(names, part.values, strict=True)):
        yield (
            name,
            Metric(
                value=value,
                unit=unit,
                better=_DIRECTIONS[better],
                stage=stage,
                n=part.n[at] if part.n else 1,
                spread=part.spread[at] if part.spread else None,
            ),
        )


def _gates(columns: GateColumns, metrics: Mapping[str, Metric]) -> Iterator[Gate]:
    """Yield gates from their columns."""
    rows = zip(columns.metrics, columns.kinds, columns.verdicts, columns.bounds, strict=True)
    for at, (name, kind, verdict, bound) in enumerate(rows):
        metric = metrics.get(name)
        gate = Gate(
            metric=name,
            kind=_KINDS[kind],
            verdict=_VERDICTS[verdict],
            bound=bound,
            reason=columns.reasons.get(str(at), ""),
            value=columns.values.get(str(at), None if metric is None else metric.value),
        )
        yield replace(gate, margin=columns.margins.get(str(at), derived_margin(gate)))
