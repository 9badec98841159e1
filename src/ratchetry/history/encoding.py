"""From a run record to its document and the chunks with its names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from msgspec.structs import replace as with_fields

from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Benchmark, Finding, Gate, Metric, Outcome, RunRecord, TestResult, Verdict
from ratchetry.domain.thresholds import BoundKind
from ratchetry.history.chunks import Name, chunk_bytes, chunk_id, cut
from ratchetry.history.document import (
    BenchmarkColumns,
    FindingColumns,
    GateColumns,
    MetricColumns,
    Part,
    RunDocument,
    Table,
    TestColumns,
    encode_document,
)
from ratchetry.history.normal import TIMES, derived_margin, places
from ratchetry.history.numbers import scaled, to_units, with_base

LETTERS: Final[Mapping[Outcome, str]] = {"passed": "P", "failed": "F", "error": "E", "skipped": "S", "flaky": "R"}
KINDS: Final[Mapping[BoundKind | Literal["measured"], str]] = {"minimum": "N", "maximum": "X", "measured": "M"}
VERDICTS: Final[Mapping[Verdict, str]] = {"pass": "P", "warn": "W", "fail": "F", "not_measured": "N"}

Row = TypeVar("Row")
C = TypeVar("C", bound=Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A run as it is kept: its document, and the chunks that it names, by their identifiers."""

    document: bytes
    chunks: Mapping[str, bytes]


def encode_record(record: RunRecord) -> Encoded:
    """Return the document and chunks of a record in normal form."""
    chunks: dict[str, bytes] = {}
    metrics = sorted(record.metrics.items(), key=metric_name)
    document = RunDocument(
        record=record.schema_version,
        ratchetry=record.ratchetry,
        run=record.run,
        change=record.change,
        stages=dict(record.stages),
        metrics=_table(metrics, metric_name, _metric_columns, chunks),
        tests=_table(record.tests, _test_name, _test_columns, chunks),
        findings=_table(_with_fingerprints(record.findings), _finding_name, _finding_columns, chunks),
        benchmarks=_table(record.benchmarks, _benchmark_name, _benchmark_columns, chunks),
        failures=record.failures,
        gates=_gates(record.gates, record.metrics) if record.gates else None,
        verdict=record.verdict,
    )
    return Encoded(document=encode_document(document), chunks=chunks)


def metric_name(row: tuple[str, Metric]) -> Name:
    """Return what never changes of a metric: its name, unit, direction and stage."""
    name, metric = row
    return (name, metric.unit, metric.better, metric.stage)


def _test_name(test: TestResult) -> Name:
    """Return what a test is called."""
    return (test.id,)


def _finding_name(row: tuple[Finding, str]) -> Name:
    """Return what a finding says, without where."""
    finding, _ = row
    return (finding.path, finding.tool, finding.rule, finding.severity, finding.message)


def _benchmark_name(row: Benchmark) -> Name:
    """Return what a benchmark is called."""
    return (row.name,)


def _table(
    rows: Sequence[Row], name_of: Callable[[Row], Name], columns: Callable[[Sequence[Row]], C], chunks: dict[str, bytes]
) -> Table[C] | None:
    """Return rows in the order of their names as a table, None without any; adds the chunks with the names."""
    counts = Counter(map(name_of, rows))
    names = list(counts)
    parts: dict[str, C] = {}
    start = 0
    for place in cut(names):
        data = chunk_bytes(names[place])
        repeats = {str(at): counts[name] for at, name in enumerate(names[place]) if counts[name] > 1}
        end = start + sum(counts[name] for name in names[place])
        chunks[chunk_id(data)] = data
        parts[chunk_id(data)] = with_fields(columns(rows[start:end]), repeats=repeats)
        start = end
    return Table(order=list(parts), chunks=parts) if parts else None


def _test_columns(tests: Sequence[TestResult]) -> TestColumns:
    """Return tests as columns."""
    digits, durations = scaled(test.duration for test in tests)
    signatures: dict[str, list[int]] = {}
    for at, test in enumerate(tests):
        if test.signature:
            signatures.setdefault(test.signature, []).append(at)
    return TestColumns(
        outcomes="".join(LETTERS[test.outcome] for test in tests),
        durations=durations,
        digits=digits,
        attempts={str(at): test.attempts for at, test in enumerate(tests) if test.attempts != 1},
        signatures=signatures,
    )


def _with_fingerprints(findings: Sequence[Finding]) -> list[tuple[Finding, str]]:
    """Return findings, each with the fingerprint that follows from all of them."""
    following = follow(findings)
    return list(zip(findings, following, strict=True))


def follow(findings: Sequence[Finding]) -> list[str]:
    """Return the fingerprints that `fingerprinted` gives to findings, in the order of these."""
    keys = [(finding.path, finding.line, finding.tool, finding.rule, finding.message) for finding in findings]
    order = sorted(range(len(findings)), key=keys.__getitem__)
    prints = [""] * len(findings)
    for at, finding in zip(order, fingerprinted(findings), strict=True):
        prints[at] = finding.fingerprint
    return prints


def _finding_columns(rows: Sequence[tuple[Finding, str]]) -> FindingColumns:
    """Return findings as columns."""
    return FindingColumns(
        lines=[finding.line for finding, _ in rows],
        fingerprints={
            str(at): finding.fingerprint
            for at, (finding, following) in enumerate(rows)
            if finding.fingerprint != following
        },
    )


def _benchmark_columns(rows: Sequence[Benchmark]) -> BenchmarkColumns:
    """Return benchmarks as columns."""
    rounds = [with_base(row.rounds, places(row.rounds)) for row in rows]
    times = [
        {
            name: to_units(value, base, less_first=name != "stddev")
            for name, value in row.statistics.items()
            if name in TIMES and math.isfinite(value)
        }
        for row, base in zip(rows, rounds, strict=True)
    ]
    others = [
        {name: shorter(value) for name, value in row.statistics.items() if scaled_ones.get(name) is None}
        for row, scaled_ones in zip(rows, times, strict=True)
    ]
    return BenchmarkColumns(rounds=rounds, times=_columns(times), statistics=_columns(others))


def _columns(rows: Sequence[Mapping[str, float | None]]) -> dict[str, list[float | None]]:
    """Return what rows say by name, one list for each name that any of them knows."""
    names = sorted({name for row in rows for name, value in row.items() if value is not None})
    return {name: [row.get(name) for row in rows] for name in names}


def _metric_columns(rows: Sequence[tuple[str, Metric]]) -> MetricColumns:
    """Return metrics as columns."""
    metrics = [metric for _, metric in rows]
    return MetricColumns(
        values=[shorter(metric.value) for metric in metrics],
        n=[metric.n for metric in metrics] if any(metric.n != 1 for metric in metrics) else [],
        spread=[_shorter(metric.spread) for metric in metrics]
        if any(metric.spread is not None for metric in metrics)
        else [],
    )


def shorter(value: float) -> float:
    """Return a whole number as an integer, which is written without a decimal point."""
    return int(value) if abs(value) < 2**53 and value == int(value) else value


def _shorter(value: float | None) -> float | None:
    """Return a number, if there is one, as `shorter` does."""
    return None if value is None else shorter(value)


def _gates(gates: Sequence[Gate], metrics: Mapping[str, Metric]) -> GateColumns:
    """Return gates as columns."""
    known = {name: metric.value for name, metric in metrics.items()}
    return GateColumns(
        metrics=[gate.metric for gate in gates],
        kinds="".join(KINDS[gate.kind] for gate in gates),
        verdicts="".join(VERDICTS[gate.verdict] for gate in gates),
        bounds=[_shorter(gate.bound) for gate in gates],
        reasons={str(at): gate.reason for at, gate in enumerate(gates) if gate.reason},
        values={str(at): _shorter(gate.value) for at, gate in enumerate(gates) if gate.value != known.get(gate.metric)},
        margins={
            str(at): _shorter(gate.margin) for at, gate in enumerate(gates) if gate.margin != derived_margin(gate)
        },
    )
