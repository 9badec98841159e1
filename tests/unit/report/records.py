"""Records to report on: a realistic one, variations of it, and an empty one."""

from __future__ import annotations

import random
from dataclasses import replace

from ratchetry.collect.stage import measured
from ratchetry.domain.record import (
    Benchmark,
    Change,
    ChangedFile,
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

RUNNER = Runner(os="Linux-6.8-x86_64", cpu_model="AMD EPYC 7763 64-Core Processor", cores=4, python="3.12.4")


def empty() -> RunRecord:
    """Return a record in which nothing was measured."""
    return RunRecord(run=RunInfo(repository="", run_id="1", runner=Runner(os="", cpu_model="", cores=0, python="")))


def realistic() -> RunRecord:
    """Return the record of a run in which tests and gates fail and the advisory service is away."""
    return RunRecord(
        ratchetry="0.1.0",
        run=RunInfo(
            repository="acme/parcel",
            run_id="9182736455",
            attempt=2,
            event="pull_request",
            workflow=".github/workflows/ci.yml",
            commit="4c1f0d2b9e8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d",
            base_commit="aa11bb22cc33dd44ee55ff66aa77bb88cc99dd00",
            branch="feature/faster-routing",
            pull_request=128,
            started="2026-03-14T09:26:53Z",
            duration=41.8,
            runner=RUNNER,
        ),
        change=Change(files=(ChangedFile(path="src/parcel/route.py", added=84, deleted=31),)),
        stages=_stages(),
        metrics=_metrics(),
        tests=_tests(),
        findings=_findings(),
        benchmarks=_benchmarks(),
        failures=_failures(),
        gates=_gates(),
        verdict="fail",
    )


def passing() -> RunRecord:
    """Return the record of a run in which everything was measured and holds."""
    record = realistic()
    stages = {name: replace(stage, status="passed", reason="", unmeasured={}) for name, stage in record.stages.items()}
    fine = {"tests.failed": 0.0, "tests.passed": 1197.0, "coverage.line": 91.2, "tests.pass_rate": 1.0}
    return replace(
        record,
        stages=stages,
        metrics={name: replace(metric, value=fine.get(name, metric.value)) for name, metric in record.metrics.items()},
        tests=tuple(replace(test, outcome="passed", signature="") for test in record.tests),
        findings=(),
        failures=(),
        gates=(
            Gate(metric="coverage.line", kind="minimum", bound=90.0, value=91.2, margin=1.2, verdict="pass"),
            Gate(metric="stage.test", kind="measured", verdict="pass"),
            Gate(metric="tests.pass_rate", kind="minimum", bound=1.0, value=1.0, margin=0.0, verdict="pass"),
        ),
        verdict="pass",
    )


def warning() -> RunRecord:
    """Return the record of a run that passes although something optional was not measured."""
    record = passing()
    why = "the advisory service at https://api.osv.dev did not answer"
    gate = Gate(metric="stage.security", kind="measured", verdict="warn", reason=why)
    stage = replace(
        record.stages["security"], status="not_measured", reason=why, unmeasured={"security.vulnerabilities": why}
    )
    return replace(record, stages={**record.stages, "security": stage}, gates=(*record.gates, gate), verdict="warn")


def _stages() -> dict[str, StageResult]:
    """Return the six stages: one failed, one not measured, one reused."""
    away = "no advisory service could be reached: https://api.osv.dev did not answer within 15 seconds"
    return {
        "validate": StageResult(status="passed", duration=0.62, tools={"check-jsonschema": "0.39.0"}),
        "quality": StageResult(status="failed", duration=6.9, tools={"ruff": "0.17.5", "mypy": "2.4.1"}, cached=True),
        "test": StageResult(
            status="failed",
            duration=38.4,
            tools={"pytest": "9.2.0", "coverage": "7.17.3", "pytest-rerunfailures": "16.7"},
        ),
        "security": StageResult(
            status="not_measured",
            reason=f"security.vulnerabilities: {away}",
            duration=17.2,
            tools={"pip-audit": "2.10.1", "bandit": "1.9.4", "detect-secrets": "1.5.0", "cyclonedx-bom": "7.5.0"},
            unmeasured={"security.vulnerabilities": away},
        ),
        "benchmark": StageResult(status="passed", duration=9.3, tools={"pytest-benchmark": "5.3.1"}),
        "score": StageResult(
            status="not_measured",
            reason="score.selector_accuracy_at_1: no decision log at .ratchetry/decisions.jsonl",
            duration=0.2,
            unmeasured={"score.selector_accuracy_at_1": "no decision log at .ratchetry/decisions.jsonl"},
        ),
    }


def _metrics() -> dict[str, Metric]:
    """Return about as many metrics as a run measures."""
    rows = (
        ("validate.errors", 0, "validate"),
        ("validate.warnings", 2, "validate"),
        ("lint.findings", 14, "quality"),
        ("format.files", 0, "quality"),
        ("types.errors", 3, "quality"),
        ("complexity.max", 17, "quality"),
        ("complexity.mean", 2.4183, "quality"),
        ("size.source_lines", 8412, "quality"),
        ("tests.total", 1204, "test"),
        ("tests.passed", 1192, "test"),
        ("tests.failed", 5, "test"),
        ("tests.skipped", 7, "test"),
        ("tests.flaky", 2, "test"),
        ("tests.pass_rate", 1192 / 1197, "test"),
        ("tests.duration", 61.37, "test"),
        ("coverage.line", 87.9993, "test"),
        ("coverage.branch", 79.42, "test"),
        ("coverage.changed", 63.16, "test"),
        ("security.bandit.high", 1, "security"),
        ("security.bandit.medium", 2, "security"),
        ("security.bandit.low", 41, "security"),
        ("security.secrets", 0, "security"),
        ("security.unaudited", 4, "security"),
        ("sbom.components", 23, "security"),
        ("score.total", 0.8127, "score"),
        ("score.test_pass_rate", 0.9958, "score"),
        ("score.semantic_relevance", 0.71, "score"),
        ("score.syntactic_correctness", 0.97, "score"),
        ("score.structure", 0.8, "score"),
        ("score.efficiency", 0.44, "score"),
        ("ci.duration", 41.8, "run"),
        ("ci.duration.test", 38.4, "run"),
        ("ci.duration.quality", 6.9, "run"),
    )
    benchmarks = tuple(
        measured(
            f"benchmark.speed.{row.name.rpartition('::')[2]}",
            row.statistics["median"],
            "benchmark",
            n=len(row.rounds),
            spread=row.statistics["iqr"],
        )
        for row in _benchmarks()
    )
    return dict((*(measured(name, value, stage) for name, value, stage in rows), *benchmarks))


def _tests() -> tuple[TestResult, ...]:
    """Return 1,204 tests, five of which fail in two ways and two of which are flaky."""
    chance = random.Random(7)  # noqa: S311 -- figures to show, the same ones every time
    passed = tuple(
        TestResult(
            id=f"tests/unit/test_{module}.py::test_{what}[{number}]",
            outcome="passed",
            duration=round(chance.lognormvariate(-5.2, 1.4), 4),
        )
        for module, what in (("route", "shortest"), ("label", "prints"), ("tariff", "rounds"), ("store", "keeps"))
        for number in range(298 if module in {"route", "label"} else 297)
    )
    return (
        *passed,
        *(
            TestResult(
                id=f"tests/unit/test_tariff.py::test_total[{code}]", outcome="failed", duration=0.031, signature="a1b2"
            )
            for code in ("CH", "DE-BY", "FR", "日本")
        ),
        TestResult(
            id="tests/integration/test_store.py::TestStore::test_reopens",
            outcome="error",
            duration=2.9,
            signature="c3d4",
        ),
        TestResult(id="tests/integration/test_http.py::test_retries", outcome="flaky", duration=1.84, attempts=2),
        TestResult(id="tests/integration/test_http.py::test_times_out", outcome="flaky", duration=3.02, attempts=3),
        *(TestResult(id=f"tests/unit/test_windows.py::test_paths[{row}]", outcome="skipped") for row in range(7)),
    )


def _failures() -> tuple[Failure, ...]:
    """Return the two ways in which the tests fail."""
    return (
        Failure(
            signature="a1b2",
            category="assertion",
            evidence=(
                "tests/unit/test_tariff.py:33\nAssertionError: assert Decimal('12.41') == Decimal('12.40')\n"
                " +  where Decimal('12.41') = total('CH')"
            ),
        ),
        Failure(
            signature="c3d4",
            category="error",
            evidence="src/parcel/store.py:57\nsqlite3.OperationalError: unable to open database file",
        ),
    )


def _findings() -> tuple[Finding, ...]:
    """Return what five tools found."""
    lint = tuple(
        Finding(tool="ruff", rule=rule, severity="low", path=path, line=line, message=message)
        for rule, path, line, message in (
            ("F401", "src/parcel/label.py", 3, "`os` imported but unused"),
            ("E711", "src/parcel/route.py", 88, "Comparison to `None` should be `cond is None`"),
            *(("ANN201", "src/parcel/store.py", 20 + 9 * row, "Missing return type annotation") for row in range(12)),
        )
    )
    types = tuple(
        Finding(tool="mypy", rule=rule, severity="medium", path=path, line=line, message=message)
        for rule, path, line, message in (
            (
                "arg-type",
                "src/parcel/route.py",
                141,
                'Argument 1 to "cost" has incompatible type "str | None"; expected "str"',
            ),
            ("return-value", "src/parcel/route.py", 164, 'Incompatible return value type (got "int", expected "Leg")'),
            ("attr-defined", "src/parcel/tariff.py", 52, '"Tariff" has no attribute "zone"'),
        )
    )
    return (
        Finding(
            tool="bandit",
            rule="B602",
            severity="high",
            path="src/parcel/label.py",
            line=71,
            message="subprocess call with shell=True identified, security issue.",
        ),
        Finding(
            tool="bandit",
            rule="B608",
            severity="medium",
            path="src/parcel/store.py",
            line=112,
            message="Possible SQL injection vector through string-based query construction.",
        ),
        Finding(
            tool="bandit",
            rule="B301",
            severity="medium",
            path="src/parcel/store.py",
            line=203,
            message="Pickle can be unsafe when used to deserialize untrusted data.",
        ),
        Finding(
            tool="links",
            rule="broken-link",
            severity="low",
            path="docs/guide.md",
            line=14,
            message="docs/install.md does not exist",
        ),
        *types,
        *lint,
        *(
            Finding(
                tool="pip-audit",
                rule="unaudited",
                severity="unknown",
                path="pyproject.toml",
                message=f"{name}: not audited: the advisory service did not answer",
            )
            for name in ("click", "requests", "rich", "urllib3")
        ),
        *(
            Finding(
                tool="pytest",
                rule="assertion",
                severity="high",
                path="tests/unit/test_tariff.py",
                line=33,
                message=f"test_total[{code}]: AssertionError: assert Decimal('12.41') == Decimal('12.40')",
            )
            for code in ("CH", "DE-BY", "FR", "日本")
        ),
        Finding(
            tool="pytest",
            rule="error",
            severity="high",
            path="tests/integration/test_store.py",
            line=18,
            message="TestStore.test_reopens: sqlite3.OperationalError: unable to open database file",
        ),
    )


def _benchmarks() -> tuple[Benchmark, ...]:
    """Return three benchmarks of different scales, with the long tails that real ones have."""
    chance = random.Random(11)  # noqa: S311 -- figures to show, the same ones every time
    rows = []
    for name, scale, count in (("parse", 4.1e-5, 4000), ("route[large]", 0.0123, 80), ("import", 0.31, 9)):
        rounds = tuple(
            scale * (1 + chance.expovariate(12) + (0.4 if chance.randrange(40) == 0 else 0)) for _ in range(count)
        )
        ordered = sorted(rounds)
        quartile = [ordered[int(part * (count - 1))] for part in (0.25, 0.5, 0.75)]
        statistics = {"median": quartile[1], "iqr": quartile[2] - quartile[0], "min": ordered[0], "max": ordered[-1]}
        rows.append(Benchmark(name=f"benchmarks/test_speed.py::test_{name}", rounds=rounds, statistics=statistics))
    return tuple(rows)


def _gates() -> tuple[Gate, ...]:
    """Return gates of every kind and verdict."""
    away = "no advisory service could be reached: https://api.osv.dev did not answer within 15 seconds"
    bounds = (
        ("coverage.line", "minimum", 88.0, 87.9993),
        ("coverage.branch", "minimum", 75.0, 79.42),
        ("tests.pass_rate", "minimum", 1.0, 1192 / 1197),
        ("types.errors", "maximum", 0.0, 3.0),
        ("lint.findings", "maximum", 20.0, 14.0),
        ("complexity.max", "maximum", 20.0, 17.0),
        ("security.bandit.high", "maximum", 1.0, 1.0),
        ("security.secrets", "maximum", 0.0, 0.0),
        ("score.total", "minimum", 0.8, 0.8127),
        ("ci.duration", "maximum", 600.0, 41.8),
    )
    held = tuple(
        Gate(
            metric=metric,
            kind="minimum" if kind == "minimum" else "maximum",
            bound=bound,
            value=value,
            margin=(value - bound) * (1 if kind == "minimum" else -1),
            verdict="pass" if (value - bound) * (1 if kind == "minimum" else -1) >= 0 else "fail",
        )
        for metric, kind, bound, value in bounds
    )
    return (
        Gate(metric="stage.validate", kind="measured", verdict="pass"),
        Gate(metric="stage.quality", kind="measured", verdict="fail", reason="quality failed"),
        Gate(metric="stage.test", kind="measured", verdict="fail", reason="test failed"),
        Gate(
            metric="stage.security", kind="measured", verdict="not_measured", reason=f"security.vulnerabilities: {away}"
        ),
        Gate(metric="stage.benchmark", kind="measured", verdict="pass"),
        Gate(
            metric="stage.score",
            kind="measured",
            verdict="warn",
            reason="score.selector_accuracy_at_1: no decision log at .ratchetry/decisions.jsonl",
        ),
        *held,
        Gate(
            metric="security.vulnerabilities.critical", kind="maximum", bound=0.0, verdict="not_measured", reason=away
        ),
    )
