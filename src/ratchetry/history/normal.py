"""The form in which a record is kept: rows in a fixed order, numbers with the digits that mean something.

It says the same in fewer bytes.  Taking the normal form again changes nothing, and a record in it survives its
document exactly.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from ratchetry.domain.record import (
    Benchmark,
    ChangedFile,
    Failure,
    Finding,
    Gate,
    Metric,
    RunRecord,
    StageResult,
    TestResult,
)
from ratchetry.history.numbers import MOST_PLACES, significant, to_the_microsecond

ROUNDS: Final = 5
"""Rounds that are kept of each benchmark, evenly spaced from the first to the last."""
MEASURED: Final = 6
"""Significant digits of what a clock measured."""
COMPUTED: Final = 9
"""Significant digits of everything else."""
SPREAD: Final = 3
"""Significant digits of an interquartile range."""
_ROUND: Final = 4
"""Significant digits of the shortest round of a benchmark; its others have as many decimal places."""
_FOLLOW: Final = frozenset(
    {
        *("median", "q1", "q3", "iqr", "ld15iqr", "hd15iqr", "outliers", "iqr_outliers", "stddev_outliers"),
        *("max", "ops", "rounds", "total"),
    }
)
"""Statistics of pytest-benchmark that follow from others, stand in the benchmark's metric, or are noise alone."""
TIMES: Final = ("mean", "min", "stddev")
"""Statistics in seconds, which have the decimal places of the rounds."""
_FOLLOW_FROM_ALL: Final = frozenset([*TIMES, "rounds_measured"])
"""Those that follow from the rounds as long as every one is kept."""
_NEAR: Final = 1e-6


def normalized(record: RunRecord, rounds: int = ROUNDS) -> RunRecord:
    """Return a record in the form in which it is kept, with at most so many rounds of each benchmark."""
    metrics = {name: _metric(metric) for name, metric in record.metrics.items()}
    return replace(
        record,
        run=replace(record.run, duration=to_the_microsecond(record.run.duration)),
        change=replace(record.change, files=tuple(sorted(record.change.files, key=_file_key))),
        stages={name: _stage(stage) for name, stage in record.stages.items()},
        metrics=metrics,
        tests=tuple(sorted(map(_test, record.tests), key=_test_key)),
        findings=tuple(sorted(record.findings, key=finding_key)),
        benchmarks=tuple(sorted((_benchmark(row, rounds) for row in record.benchmarks), key=_benchmark_key)),
        failures=tuple(sorted(record.failures, key=_failure_key)),
        gates=tuple(_gate(gate, metrics) for gate in record.gates),
    )


def finding_key(finding: Finding) -> tuple[str, str, str, str, str, int, str]:
    """Return what findings are sorted by: what they say before where they say it, as lines move."""
    what = (finding.path, finding.tool, finding.rule, finding.severity, finding.message)
    return (*what, finding.line, finding.fingerprint)


def derived_margin(gate: Gate) -> float | None:
    """Return the margin that follows from a gate's bound and value, None when there is none."""
    if gate.bound is None or gate.value is None:
        return None
    return gate.value - gate.bound if gate.kind == "minimum" else gate.bound - gate.value


def _file_key(file: ChangedFile) -> tuple[str, int, int]:
    """Return what changed files are sorted by."""
    return (file.path, file.added, file.deleted)


def _test_key(test: TestResult) -> tuple[str, str, float, int, str]:
    """Return what tests are sorted by."""
    return (test.id, test.outcome, test.duration, test.attempts, test.signature)


def _benchmark_key(row: Benchmark) -> tuple[str, tuple[float, ...], str]:
    """Return what benchmarks are sorted by."""
    return (row.name, row.rounds, repr(sorted(row.statistics.items())))


def _failure_key(failure: Failure) -> tuple[str, str, str]:
    """Return what failures are sorted by."""
    return (failure.signature, failure.category, failure.evidence)


def _stage(stage: StageResult) -> StageResult:
    """Return a stage with its duration to the microsecond."""
    return replace(stage, duration=to_the_microsecond(stage.duration))


def _test(test: TestResult) -> TestResult:
    """Return a test with its duration to the microsecond."""
    duration = to_the_microsecond(test.duration)
    return test if duration == test.duration else replace(test, duration=duration)


def _metric(metric: Metric) -> Metric:
    """Return a metric with the digits that its unit deserves."""
    digits = MEASURED if metric.unit == "seconds" else COMPUTED
    spread = None if metric.spread is None else significant(metric.spread, SPREAD)
    return replace(metric, value=significant(metric.value, digits), spread=spread)


def _benchmark(row: Benchmark, limit: int) -> Benchmark:
    """Return a benchmark with fewer rounds of fewer digits, without the statistics that follow from what is kept."""
    count = len(row.rounds)
    kept = row.rounds
    if count > limit:
        kept = tuple(row.rounds[index * (count - 1) // max(1, limit - 1)] for index in range(limit))
    every = 0 < count == len(kept) and row.statistics.get("rounds_measured", count) == count
    left_out = _FOLLOW | _FOLLOW_FROM_ALL if every else _FOLLOW
    given = row.statistics if every or not count else {"rounds_measured": float(count), **row.statistics}
    rounded = _rounded(kept)
    statistics = {name: _statistic(name, value, rounded) for name, value in given.items() if name not in left_out}
    return replace(row, rounds=rounded, statistics=statistics)


def _statistic(name: str, value: float, rounds: tuple[float, ...]) -> float:
    """Return a statistic with the digits that it deserves."""
    unit: int = 10 ** places(rounds)
    if rounds and name in TIMES and math.isfinite(value) and abs(value) * unit < 2**53:
        return round(value * unit) / unit
    return significant(value, MEASURED)


def places(rounds: tuple[float, ...]) -> int:
    """Return the decimal places that keep the significant digits of the shortest round that is not 0."""
    shortest = min((abs(value) for value in rounds if value), default=1.0)
    if not math.isfinite(shortest) or shortest < 10.0 ** (_ROUND - MOST_PLACES):
        return MOST_PLACES
    return max(0, _ROUND - 1 - math.floor(math.log10(shortest)))


def _rounded(rounds: tuple[float, ...]) -> tuple[float, ...]:
    """Return rounds with the decimal places of `places`, as long as that changes none beyond them."""
    digits = places(rounds)
    unit = 10**digits
    if not all(math.isfinite(value) and abs(value) * unit < 2**53 for value in rounds):
        return rounds
    shorter = tuple(round(value * unit) / unit for value in rounds)
    # 9.99996 becomes 10.0000, which deserves one place less
    return shorter if places(shorter) == digits else _rounded(shorter)


def _gate(gate: Gate, metrics: dict[str, Metric]) -> Gate:
    """Return a gate with the value of its metric and, where it says the same, the margin that follows from it."""
    if gate.value is None:
        return gate
    metric = metrics.get(gate.metric)
    digits = MEASURED if metric is not None and metric.unit == "seconds" else COMPUTED
    gate = replace(gate, value=significant(gate.value, digits))
    margin = derived_margin(gate)
    if margin is None or gate.margin is None or (margin >= 0) != (gate.margin >= 0):
        return gate
    near = math.isclose(margin, gate.margin, rel_tol=_NEAR, abs_tol=_NEAR * max(1.0, abs(gate.value or 0.0)))
    return replace(gate, margin=margin) if near else gate
