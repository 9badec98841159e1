"""Records for the tests of the history: any that the types allow, and large realistic ones."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from ratchetry.domain.record import (
    Benchmark,
    Better,
    Change,
    ChangedFile,
    Failure,
    Finding,
    Gate,
    Metric,
    Outcome,
    RunInfo,
    Runner,
    RunRecord,
    Severity,
    StageResult,
    TestResult,
    Verdict,
)

_TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["a", "b", "a\x00b", "\u2028", "é" * 4096])
_DURATION = st.floats(min_value=0, allow_infinity=False) | st.sampled_from([0.0, -0.0, 5e-324, 1.7e308, 0.001, 0.0015])
_FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.1 + 0.2, 1e22, 2.0**53, -0.0, 1 / 3])
_COUNT = st.integers(min_value=0, max_value=2**63 - 1)
_RUNNERS = st.builds(Runner, os=_TEXT, cpu_model=_TEXT, cores=_COUNT, python=_TEXT)
_RUNS = st.builds(
    RunInfo,
    repository=_TEXT,
    run_id=_TEXT,
    attempt=st.integers(min_value=1, max_value=2**63 - 1),
    commit=_TEXT,
    dirty=st.booleans(),
    pull_request=st.none() | st.integers(min_value=1, max_value=99),
    started=_TEXT | st.sampled_from(["", "1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "2026-02-30"]),
    duration=_DURATION,
    runner=_RUNNERS,
)
_STAGES = st.builds(
    StageResult,
    status=st.sampled_from(["passed", "failed"]),
    reason=_TEXT,
    duration=_DURATION,
    tools=st.dictionaries(_TEXT, _TEXT, max_size=2),
    unmeasured=st.dictionaries(_TEXT, _TEXT, max_size=2),
    cached=st.booleans(),
)
_METRICS = st.builds(
    Metric,
    value=_FINITE,
    unit=st.sampled_from(["seconds", "count", ""]),
    better=st.sampled_from(get_args(Better)),
    stage=_TEXT,
    n=_COUNT,
    spread=st.none() | _FINITE,
)
_TESTS = st.builds(
    TestResult,
    id=_TEXT,
    outcome=st.sampled_from(get_args(Outcome)),
    duration=_DURATION,
    attempts=st.integers(min_value=1, max_value=9),
    signature=_TEXT,
)
_FINDINGS = st.builds(
    Finding,
    tool=_TEXT,
    rule=_TEXT,
    severity=st.sampled_from(get_args(Severity)),
    path=_TEXT,
    line=_COUNT,
    message=_TEXT,
    fingerprint=_TEXT,
)
_BENCHMARKS = st.builds(
    Benchmark,
    name=_TEXT,
    rounds=st.lists(_FINITE | st.floats(min_value=1e-7, max_value=2), max_size=12).map(tuple),
    statistics=st.dictionaries(_TEXT | st.sampled_from(["mean", "median", "rounds_measured"]), _FINITE, max_size=3),
)
_GATES = st.builds(
    Gate,
    metric=_TEXT,
    kind=st.sampled_from(["minimum", "maximum", "measured"]),
    bound=st.none() | _FINITE,
    value=st.none() | _FINITE,
    margin=st.none() | _FINITE,
    verdict=st.sampled_from(get_args(Verdict)),
    reason=_TEXT,
)


def records() -> st.SearchStrategy[RunRecord]:
    """Return any records, with texts and numbers of all kinds, and rows under the same name."""
    return st.builds(
        RunRecord,
        ratchetry=_TEXT,
        run=_RUNS,
        change=st.builds(
            Change,
            files=st.lists(st.builds(ChangedFile, path=_TEXT, added=_COUNT, deleted=_COUNT), max_size=3).map(tuple),
            trailers=st.dictionaries(_TEXT, st.lists(_TEXT, max_size=2).map(tuple), max_size=2),
        ),
        stages=st.dictionaries(_TEXT, _STAGES, max_size=2),
        metrics=st.dictionaries(_TEXT, _METRICS, max_size=3),
        tests=st.lists(_TESTS, max_size=6).map(tuple),
        findings=st.lists(_FINDINGS, max_size=4).map(tuple),
        benchmarks=st.lists(_BENCHMARKS, max_size=3).map(tuple),
        failures=st.lists(st.builds(Failure, signature=_TEXT, category=_TEXT, evidence=_TEXT), max_size=2).map(tuple),
        gates=st.lists(_GATES, max_size=3).map(tuple),
        verdict=st.sampled_from(get_args(Verdict)),
    )
