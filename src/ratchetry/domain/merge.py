"""Merging fragments is a join in a semilattice: associative, commutative and idempotent.

So fragments of a matrix, of retried jobs or of several downloads of the same artifact may arrive in any
order and any number of times.  Where two fragments speak of the same thing, the worse statement wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import TypeVar

from ratchetry.domain.record import (
    Benchmark,
    Failure,
    Finding,
    Fragment,
    Metric,
    StageResult,
    TestResult,
)

T = TypeVar("T")

_STATUS_RANK = {"skipped": 0, "passed": 1, "not_measured": 2, "failed": 3}
_OUTCOME_RANK = {"skipped": 0, "passed": 1, "flaky": 2, "failed": 3, "error": 4}


def merge(fragments: Iterable[Fragment]) -> Fragment:
    """Return the one fragment that says what all of them say, the worse statement winning."""
    return reduce(_join, fragments, Fragment())


def _join(left: Fragment, right: Fragment) -> Fragment:
    """Return the join of two fragments."""
    return Fragment(
        stages=_join_maps(left.stages, right.stages, _join_stages),
        metrics=_join_maps(left.metrics, right.metrics, _worse_metric),
        tests=_join_rows(left.tests, right.tests, lambda row: row.id, _worse_test),
        findings=_join_rows(left.findings, right.findings, _finding_key, _first_finding),
        benchmarks=_join_rows(left.benchmarks, right.benchmarks, lambda row: row.name, _longer_benchmark),
        failures=_join_rows(left.failures, right.failures, lambda row: row.signature, _first_failure),
    )


def _join_maps(left: Mapping[str, T], right: Mapping[str, T], join: Callable[[T, T], T]) -> dict[str, T]:
    """Return both mappings in key order, values of common keys joined."""
    both = {**left, **right}
    return {key: join(left[key], right[key]) if key in left and key in right else both[key] for key in sorted(both)}


def _join_rows(
    left: tuple[T, ...], right: tuple[T, ...], key: Callable[[T], object], join: Callable[[T, T], T]
) -> tuple[T, ...]:
    """Return the union of two tables in key order, rows of the same key joined."""
    rows: dict[object, T] = {}
    for row in (*left, *right):
        seen = rows.get(key(row))
        rows[key(row)] = row if seen is None else join(seen, row)
    return tuple(rows[name] for name in sorted(rows, key=repr))


def _join_stages(left: StageResult, right: StageResult) -> StageResult:
    """Return the worse status with every reason; it counts as cached only if both were."""
    worse = max(left, right, key=lambda stage: (_STATUS_RANK[stage.status], stage.reason))
    return replace(
        worse,
        duration=max(left.duration, right.duration),
        tools=_join_maps(left.tools, right.tools, max),
        unmeasured=_join_maps(left.unmeasured, right.unmeasured, max),
        cached=left.cached and right.cached,
    )


def _worse_metric(left: Metric, right: Metric) -> Metric:
    """Return the worse of two measurements of one metric."""
    sign = 1 if left.better == "lower" else -1
    return max(left, right, key=lambda metric: (sign * metric.value, metric.n, metric.spread or 0.0, repr(metric)))


def _worse_test(left: TestResult, right: TestResult) -> TestResult:
    """Return the worse of two results of one test."""
    return max(
        left, right, key=lambda test: (_OUTCOME_RANK[test.outcome], test.attempts, test.duration, test.signature)
    )


def _finding_key(finding: Finding) -> tuple[str, ...]:
    """Return what makes two findings the same one."""
    return (finding.path, f"{finding.line:09}", finding.tool, finding.rule, finding.fingerprint)


def _first_finding(left: Finding, right: Finding) -> Finding:
    """Return one of two equal findings, always the same one."""
    return min(left, right, key=repr)


def _longer_benchmark(left: Benchmark, right: Benchmark) -> Benchmark:
    """Return the measurement of a benchmark that rests on more rounds."""
    return max(left, right, key=lambda row: (len(row.rounds), repr(row)))


def _first_failure(left: Failure, right: Failure) -> Failure:
    """Return one of two failures of the same signature, always the same one."""
    return min(left, right, key=repr)
