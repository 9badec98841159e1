"""Builders of values with sensible defaults, and the strategies that property tests draw them from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from ratchetry.domain.record import (
    Benchmark,
    Failure,
    Finding,
    Fragment,
    Metric,
    RunInfo,
    Runner,
    RunRecord,
    StageResult,
    TestResult,
)

RUNNER: Final = Runner(os="Linux", cpu_model="A CPU", cores=2, python="3.11.2")
RUN: Final = RunInfo(repository="owner/name", run_id="7", started="2026-01-02T03:04:05Z", runner=RUNNER)


def metric(value: float = 1.0, *, better: str = "higher", unit: str = "count", stage: str = "test") -> Metric:
    """Return a metric."""
    return Metric(value=value, unit=unit, better="lower" if better == "lower" else "higher", stage=stage)


def record(**changes: object) -> RunRecord:
    """Return a record with some fields set."""
    return replace(RunRecord(run=RUN), **changes)  # type: ignore[arg-type]  # a wrong field fails the test


_NAMES = st.sampled_from(["a", "b", "c"])
_NUMBERS = st.floats(min_value=0, max_value=3, allow_nan=False, width=16)
_SMALL = st.integers(min_value=1, max_value=3)

_STAGES = st.builds(
    StageResult,
    status=st.sampled_from(["passed", "failed", "not_measured", "skipped"]),
    reason=st.sampled_from(["x", "y"]),
    duration=_NUMBERS,
    tools=st.dictionaries(_NAMES, st.sampled_from(["1", "2"]), max_size=2),
    unmeasured=st.dictionaries(_NAMES, st.sampled_from(["p", "q"]), max_size=2),
    cached=st.booleans(),
)


def _metrics() -> st.SearchStrategy[dict[str, Metric]]:
    """Return metrics whose direction is fixed by their name, as the catalog fixes it."""
    lower = st.builds(Metric, value=_NUMBERS, unit=st.just("u"), better=st.just("lower"), stage=_NAMES, n=_SMALL)
    higher = st.builds(Metric, value=_NUMBERS, unit=st.just("u"), better=st.just("higher"), stage=_NAMES, n=_SMALL)
    return st.fixed_dictionaries({}, optional={"low": lower, "high": higher})


def fragments() -> st.SearchStrategy[Fragment]:
    """Return fragments that overlap often."""
    tests = st.builds(
        TestResult,
        id=_NAMES,
        outcome=st.sampled_from(["passed", "failed", "error", "skipped", "flaky"]),
        duration=_NUMBERS,
        attempts=_SMALL,
    )
    findings = st.builds(
        Finding,
        tool=_NAMES,
        rule=_NAMES,
        severity=st.sampled_from(["high", "low"]),
        path=_NAMES,
        line=st.integers(min_value=0, max_value=2),
        message=_NAMES,
        fingerprint=_NAMES,
    )
    return st.builds(
        Fragment,
        stages=st.dictionaries(_NAMES, _STAGES, max_size=2),
        metrics=_metrics(),
        tests=st.lists(tests, max_size=3, unique_by=lambda test: test.id).map(tuple),
        findings=st.lists(findings, max_size=3).map(tuple),
        benchmarks=st.lists(
            st.builds(Benchmark, name=_NAMES, rounds=st.lists(_NUMBERS, max_size=2).map(tuple)),
            max_size=2,
            unique_by=lambda benchmark: benchmark.name,
        ).map(tuple),
        failures=st.lists(
            st.builds(Failure, signature=_NAMES, category=_NAMES, evidence=_NAMES),
            max_size=2,
            unique_by=lambda failure: failure.signature,
        ).map(tuple),
    )
