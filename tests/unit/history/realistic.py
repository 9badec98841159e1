"""Runs like those of a grown project: names, durations, noise, failures and growth as its history shows them."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.domain.fingerprint import fingerprinted
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

_RUNNER: Final = Runner(
    os="Ubuntu 24.04.1 LTS (x86_64)", cpu_model="AMD EPYC 7763 64-Core Processor", cores=4, python="3.13.1"
)
_TOOLS: Final = {
    "quality": {"mypy": "1.14.1", "ruff": "0.12.12"},
    "test": {"coverage": "7.6.10", "pytest": "8.3.5"},
    "security": {"bandit": "1.8.0", "cyclonedx-bom": "7.0.0", "detect-secrets": "1.5.0", "pip-audit": "2.10.0"},
    "benchmark": {"pytest": "8.3.5", "pytest-benchmark": "5.1.0"},
    "validate": {"check-jsonschema": "0.31.0"},
    "score": {},
}
_WORDS: Final = (
    *("parse", "load", "save", "merge", "split", "render", "encode", "decode"),
    *("read", "write", "open", "close", "match", "build", "plan", "check"),
)
_METRICS: Final = (
    *(f"tests.{name}" for name in ("total", "passed", "failed", "skipped", "pass_rate", "duration")),
    *("coverage.line", "coverage.branch", "lint.findings", "format.files", "types.errors", "complexity.max"),
    *("complexity.mean", "size.source_lines", "security.bandit.high", "security.bandit.medium"),
    *("security.bandit.low", "security.secrets", "sbom.components", "validate.errors", "validate.warnings"),
    *("score.total", "score.structure", "ci.duration", "ci.duration.test", "ci.duration.quality"),
    *("ci.duration.security", "ci.duration.benchmark", "ci.duration.validate", "ci.duration.score"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """What stays the same from run to run: tests with their usual durations, benchmarks, findings."""

    tests: dict[str, float]
    benchmarks: dict[str, float]
    findings: tuple[Finding, ...]


def runs(count: int, *, tests: int = 2000, seed: int = 7) -> Iterator[RunRecord]:
    """Yield runs of one month, two for each commit, with 100 benchmarks, 50 findings and 30 metrics besides theirs.

    Durations are those that pytest reports, in milliseconds: log-normal over the tests as measured in published
    packages, each within a tenth of its own from run to run and all slower or faster together with the machine.
    """
    rng = random.Random(seed)  # noqa: S311  # made-up data
    project = _project(rng, tests)
    for number in range(count):
        if number % 10 == 9:
            project = _developed(project, rng, number)
        yield _run(project, rng, number)


def _project(rng: random.Random, tests: int) -> _Project:
    """Return a project."""
    names = [_test_name(rng, number) for number in range(tests)]
    findings = [_finding(rng, number) for number in range(50)]
    benchmarks = {
        f"tests/benchmarks/test_speed_{number % 7}.py::test_{rng.choice(_WORDS)}_{number}[{10 ** (number % 4)}]": (
            math.exp(rng.uniform(math.log(2e-6), math.log(0.2)))
        )
        for number in range(100)
    }
    return _Project(
        tests={name: rng.lognormvariate(math.log(0.0015), 1.6) for name in names},
        benchmarks=benchmarks,
        findings=tuple(findings),
    )


def _test_name(rng: random.Random, number: int) -> str:
    """Return the identifier of a test."""
    module = f"tests/unit/{rng.choice(_WORDS)}/test_{_WORDS[number % 16]}_{number // 40}.py"
    what = "_".join(rng.sample(_WORDS, 3))
    parameters = f"[{rng.choice(_WORDS)}-{rng.randrange(20)}]" if rng.random() < 0.3 else ""
    return f"{module}::Test{rng.choice(_WORDS).title()}::test_{what}_{number}{parameters}"


def _finding(rng: random.Random, number: int) -> Finding:
    """Return a finding of a linter."""
    return Finding(
        tool=rng.choice(["ruff", "mypy", "bandit"]),
        rule=f"{rng.choice('EFSB')}{rng.randrange(100, 999)}",
        severity=rng.choice(["low", "medium", "high"]),
        path=f"src/package/{rng.choice(_WORDS)}/{rng.choice(_WORDS)}.py",
        line=rng.randrange(1, 900),
        message=f"`{rng.choice(_WORDS)}_{number}` is {rng.choice(_WORDS)} but never {rng.choice(_WORDS)} as it should",
    )


def _developed(project: _Project, rng: random.Random, number: int) -> _Project:
    """Return the project with two tests more, and the lines of one file's findings moved."""
    added = {_test_name(rng, 10_000 + 2 * number + more): rng.lognormvariate(math.log(0.0015), 1.6) for more in (0, 1)}
    moved = project.findings[number % 50].path
    findings = tuple(
        replace(finding, line=finding.line + 3) if finding.path == moved else finding for finding in project.findings
    )
    return replace(project, tests={**project.tests, **added}, findings=findings)


def _run(project: _Project, rng: random.Random, number: int) -> RunRecord:
    """Return one run of a project."""
    speed = rng.lognormvariate(0, 0.1)
    tests = tuple(_test(rng, name, usual * speed) for name, usual in project.tests.items())
    benchmarks = tuple(_benchmark(rng, name, usual * speed) for name, usual in project.benchmarks.items())
    metrics = {**_metrics(rng, tests, speed), **dict(map(_benchmark_metric, benchmarks))}
    commit, base = (hashlib.sha1(b"%d" % (number // 2 + less)).hexdigest() for less in (0, -1))  # noqa: S324  # as git
    return RunRecord(
        ratchetry="0.2.0",
        run=RunInfo(
            repository="owner/project",
            run_id=f"{9_876_543_210 + number * 7919}",
            event="push",
            workflow=".github/workflows/ci.yml",
            commit=commit,
            base_commit=base,
            branch="main",
            started=f"2026-10-{1 + number * 28 // 500:02}T{number * 7 % 24:02}:{number * 13 % 60:02}:{number % 60:02}Z",
            duration=95 * speed,
            runner=_RUNNER,
        ),
        change=Change(
            files=tuple(
                ChangedFile(path=f"src/package/{rng.choice(_WORDS)}/{word}.py", added=rng.randrange(40), deleted=3)
                for word in sorted(rng.sample(_WORDS, rng.randrange(1, 5)))
            )
        ),
        stages={
            name: StageResult(status="passed", duration=20 * speed * rng.random(), tools=tools)
            for name, tools in _TOOLS.items()
        },
        metrics=metrics,
        tests=tests,
        findings=fingerprinted(project.findings),
        benchmarks=benchmarks,
        failures=tuple(
            Failure(
                signature=test.signature, category="assertion", evidence=f"{test.id}\nAssertionError: assert 1 == 2"
            )
            for test in tests
            if test.signature
        ),
        gates=(
            *(Gate(metric=f"stage.{name}", kind="measured", verdict="pass") for name in _TOOLS),
            *(_gate(name, metrics[name].value) for name in _METRICS[::2]),
        ),
        verdict="pass",
    )


def _test(rng: random.Random, name: str, usual: float) -> TestResult:
    """Return one result of a test: nearly all pass, one in a hundred is always skipped."""
    duration = round(usual * rng.lognormvariate(0, 0.1), 3)
    chance = rng.random()
    if hash_of(name) % 100 == 0:
        return TestResult(id=name, outcome="skipped")
    if chance < 0.0003:
        return TestResult(id=name, outcome="failed", duration=duration, signature=f"{hash_of(name):016x}")
    if chance < 0.0008:
        return TestResult(id=name, outcome="flaky", duration=duration, attempts=2)
    return TestResult(id=name, outcome="passed", duration=duration)


def hash_of(name: str) -> int:
    """Return a number that follows from a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def _benchmark(rng: random.Random, name: str, usual: float) -> Benchmark:
    """Return a benchmark of as many rounds as fit a second, up to a thousand here."""
    count = max(5, min(1000, int(1 / usual)))
    kept = [usual * (1 + abs(rng.gauss(0, 0.01))) for _ in range(min(count, 40))]
    mean = sum(kept) / len(kept)
    statistics = {
        "min": min(kept),
        "max": max(kept) * 1.3,
        "mean": mean,
        "stddev": mean * 0.01 * rng.random(),
        "ops": 1 / mean,
        "median": sorted(kept)[len(kept) // 2],
        "q1": kept[0],
        "q3": kept[-1],
        "iqr": mean * 0.01,
        "total": mean * 9,
        "rounds": count,
        "rounds_measured": count,
        "iterations": 1 if usual > 1e-4 else 100,
    }
    return Benchmark(name=name, rounds=tuple(kept), statistics=statistics)


def _benchmark_metric(row: Benchmark) -> tuple[str, Metric]:
    """Return the metric of a benchmark."""
    name = row.name.replace("/", ".").replace("::", ".").replace(".py", "")
    middle = sorted(row.rounds)[len(row.rounds) // 2]
    count = int(row.statistics["rounds_measured"])
    return f"benchmark.{name}", Metric(
        value=middle, unit="seconds", better="lower", stage="benchmark", n=count, spread=middle * 0.01 * row.rounds[0]
    )


def _metrics(rng: random.Random, tests: tuple[TestResult, ...], speed: float) -> dict[str, Metric]:
    """Return thirty metrics: counts, percentages and durations."""
    values: dict[str, float] = dict.fromkeys(_METRICS, 0.0)
    passed = sum(test.outcome in {"passed", "flaky"} for test in tests)
    values |= {"tests.total": len(tests), "tests.passed": passed, "tests.pass_rate": passed / len(tests)}
    values |= {
        "coverage.line": 91 + rng.random(),
        "coverage.branch": 84 + rng.random(),
        "complexity.mean": 2.345 + speed,
    }
    values |= {name: rng.random() * 90 * speed for name in _METRICS if name.startswith("ci.") or name.endswith("tion")}
    units = {name: "seconds" if "duration" in name else "percent" if "coverage" in name else "count" for name in values}
    return {
        name: Metric(value=value, unit=units[name], better="lower", stage="test", n=len(tests))
        for name, value in values.items()
    }


def _gate(name: str, value: float) -> Gate:
    """Return a gate that a metric passes."""
    return Gate(metric=name, kind="maximum", bound=100.0, value=value, margin=100.0 - value, verdict="pass")
