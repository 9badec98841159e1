"""Records whose every text was chosen by somebody who means harm, and whose numbers are out of the ordinary."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ratchetry.domain.record import (
    Benchmark,
    Failure,
    Finding,
    Gate,
    Metric,
    RunInfo,
    Runner,
    RunRecord,
    StageResult,
    TestResult,
)

steady = settings(derandomize=True, deadline=None)
few = settings(steady, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

HOSTILE_TEXTS = (
    "](https://evil.example) [x](javascript:alert(1))",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a | b | c \\| d `e` ``f``",
    "@octocat @acme/admins #1 acme/parcel#2 GH-3 www.evil.example https://evil.example evil@evil.example",
    "\n\n# heading\n- item\n\n<details>\n```\n::error::x\n",
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \u202egnp.exe\u2066 \u200b\ufeff \ud800",
    "::set-output name=verdict::pass ##[set-output name=verdict;]pass\r\n::error file=a,line=1::x",
    "</td></tr></table></details><!-- --> &lt;b&gt; $x^2$ ~~no~~ **b** __i__ {{ 7*7 }} {% raw %}",
    "x" * 4096,
    "| " * 2000,
    "",
)

texts = st.one_of(
    st.sampled_from(HOSTILE_TEXTS),
    st.text(st.characters(), max_size=60),
    st.text(st.sampled_from("|`\\[]()<>&@#:/\n\r*_~$-+=.1 aw"), max_size=40),
)
numbers = st.one_of(st.sampled_from((0.0, -0.0, 1e308, -1e308, 1e-308, 99.9999999, 3.0)), st.floats(-1e9, 1e9))
seconds = st.floats(0, 1e9)
metrics = st.builds(
    Metric,
    value=numbers,
    unit=st.one_of(st.sampled_from(("percent", "ratio", "seconds", "count")), texts),
    better=st.sampled_from(("higher", "lower")),
    stage=st.one_of(st.sampled_from(("test", "security", "score")), texts),
    n=st.integers(0, 10**6),
    spread=st.none() | numbers.filter(math.isfinite),
)
stages = st.builds(
    StageResult,
    status=st.sampled_from(("passed", "failed", "not_measured", "skipped")),
    reason=texts.filter(bool),
    duration=seconds,
    tools=st.dictionaries(texts, texts, max_size=2),
    unmeasured=st.dictionaries(texts, texts, max_size=2),
    cached=st.booleans(),
)
verdicts = st.sampled_from(("pass", "warn", "fail", "not_measured"))


def _rows(strategy: st.SearchStrategy[object], most: int = 4) -> st.SearchStrategy[object]:
    """Return tuples of a few values."""
    return st.lists(strategy, max_size=most).map(tuple)


hostile = st.builds(
    RunRecord,
    ratchetry=texts,
    run=st.builds(
        RunInfo,
        repository=texts,
        run_id=texts,
        event=texts,
        workflow=texts,
        commit=texts,
        base_commit=texts,
        branch=texts,
        started=texts,
        duration=seconds,
        pull_request=st.none() | st.integers(1, 10**12),
        dirty=st.booleans(),
        runner=st.builds(Runner, os=texts, cpu_model=texts, cores=st.integers(0, 10**6), python=texts),
    ),
    stages=st.dictionaries(st.one_of(st.sampled_from(("test", "security")), texts), stages, max_size=3),
    metrics=st.dictionaries(
        st.one_of(st.sampled_from(("tests.total", "coverage.line", "score.total")), texts), metrics, max_size=4
    ),
    tests=_rows(
        st.builds(
            TestResult,
            id=texts,
            outcome=st.sampled_from(("passed", "failed", "error", "skipped", "flaky")),
            duration=seconds,
            signature=texts,
        )
    ),
    findings=_rows(
        st.builds(
            Finding,
            tool=st.one_of(st.just("pytest"), texts),
            rule=texts,
            severity=st.sampled_from(("critical", "high", "medium", "low", "info", "unknown")),
            path=texts,
            line=st.integers(0, 10**9),
            message=texts,
        )
    ),
    benchmarks=_rows(
        st.builds(
            Benchmark,
            name=texts,
            rounds=st.lists(numbers, max_size=5).map(tuple),
            statistics=st.dictionaries(texts, numbers, max_size=2),
        ),
        2,
    ),
    failures=_rows(st.builds(Failure, signature=texts, category=texts, evidence=texts), 2),
    gates=_rows(
        st.builds(
            Gate,
            metric=st.one_of(st.sampled_from(("stage.test", "coverage.line")), texts),
            kind=st.sampled_from(("minimum", "maximum", "measured")),
            bound=st.none() | numbers,
            value=st.none() | numbers,
            margin=st.none() | numbers,
            verdict=verdicts,
            reason=texts,
        )
    ),
    verdict=verdicts,
)
