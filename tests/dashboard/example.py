"""A repository with a history that shows something on every page: seeded, as a real project's would be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import (
    Change,
    ChangedFile,
    Failure,
    Gate,
    Metric,
    Outcome,
    RunInfo,
    Runner,
    RunRecord,
    StageResult,
    TestResult,
)
from ratchetry.pipeline.bandit.fold import refresh
from ratchetry.pipeline.dashboard.build import Asked, build
from ratchetry.settings import Settings
from tests.dashboard.decisions import ARMS, learned

START: Final = datetime(2026, 1, 5, 6, tzinfo=UTC)
REPOSITORY: Final = "acme/anvil"
MODULES: Final = ("forge", "hammer", "ledger", "planner", "render", "store")
SIGNATURE: Final = short_hash("assert [1, 3, 2] == [1, 2, 3]")
SLOWED: Final = 128
"""The run from which on the store is slower and the pipeline takes longer."""
THRESHOLDS: Final = """{
  "coverage": {"minimum": 88, "ratchet_increment": 1, "target": 95},
  "metrics": {
    "ci.duration": {"maximum": 480},
    "complexity.max": {"maximum": 14, "ratchet_increment": 1, "target": 10},
    "lint.findings": {"maximum": 30, "ratchet_increment": 2, "target": 0}
  },
  "version": 1
}
"""
HOSTILE_TEST: Final = (
    "tests/store/test_<img src=x onerror=alert(1)>.py::test_\u202egnp.exe[</script><script>boom()</script>]"
)
LONG_TEST: Final = f"tests/store/test_long.py::test_{'a' * 3900}"
HOSTILE_NOTE: Final = '=HYPERLINK("https://example.org") <b onclick=alert(1)>bold</b> \u2066@everyone\u2069 #1'
HOSTILE_BRANCH: Final = "fix/<svg/onload=alert(1)>-\u05d0\u05d1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How large the example is, and whether some of its names are hostile."""

    runs: int = 180
    hostile: bool = False


def write_site(root: Path, example: Example) -> Path:
    """Write the example's repository and history below a directory, and return the dashboard made of it."""
    repository = root / "anvil"
    repository.mkdir(parents=True)
    (repository / "quality-thresholds.json").write_text(THRESHOLDS, encoding="utf-8")
    settings = Settings(arms=tuple(ARMS))
    place = repository / ".ratchetry"
    history = HistoryDirectory(place)
    for record in records(example):
        history.add(record)
    for event in learned(START, example.runs, HOSTILE_NOTE if example.hostile else ""):
        history.add_event(event)
    refresh(str(repository), settings, history=str(place))
    target = root / "site"
    build(history, Asked(root=repository, settings=settings, environ={"PATH": ""}, branch="main"), target)
    return target


def records(example: Example) -> Iterator[RunRecord]:
    """Yield the runs, four a day: the last five days of a project whose store has become slow and untested."""
    chance = np.random.default_rng(7)
    flaky = dict(zip(names(example)[5:60:9], (0.22, 0.06, 0.12, 0.03, 0.3, 0.08, 0.05), strict=True))
    for number in range(example.runs):
        yield _run(example, number, chance, flaky)


def names(example: Example) -> tuple[str, ...]:
    """Return the names of the tests."""
    plain = tuple(
        f"tests/{module}/test_{part}.py::test_{what}[{case}]"
        for module in MODULES
        for part in ("api", "core")
        for what in ("keeps_order", "refuses_damaged_input", "round_trip")
        for case in ("empty", "large", "small")
    )
    return (*plain, HOSTILE_TEST, LONG_TEST) if example.hostile else plain


def _run(example: Example, number: int, chance: np.random.Generator, flaky: dict[str, float]) -> RunRecord:
    """Return one run."""
    pull = number % 7 == 6 and number != example.runs - 1
    late = number >= SLOWED
    tests = tuple(_test(name, number, chance, flaky) for name in names(example))
    failed = sum(test.outcome in {"failed", "error"} for test in tests)
    metrics = {**_metrics(number, tests, chance), **_benchmarks(number, chance)}
    gates = _gates(metrics) if late else ()
    branch = HOSTILE_BRANCH if example.hostile and number == 13 else f"topic-{number // 14}" if pull else "main"
    return RunRecord(
        ratchetry="0.2.0",
        run=RunInfo(
            repository=REPOSITORY,
            run_id=str(70_000 + number),
            event="pull_request" if pull else "push",
            workflow=".github/workflows/ci.yml",
            commit=f"{number * 2654435761 % 2**40:010x}{number:030x}",
            branch=branch,
            pull_request=300 + number if pull else None,
            started=f"{START + timedelta(hours=6 * number):%Y-%m-%dT%H:%M:%SZ}",
            duration=round(metrics["ci.duration"].value, 1),
            runner=Runner(os="Linux", cpu_model="AMD EPYC 7763", cores=4, python="3.12.1"),
        ),
        change=Change(files=_changed(chance, late=late)),
        stages={"test": StageResult(status="failed" if failed else "passed", duration=80.0)},
        metrics=metrics,
        tests=tests,
        failures=(_failure(failed),) if failed else (),
        gates=gates,
        verdict="fail" if failed or any(gate.verdict == "fail" for gate in gates) else "pass",
    )


def _test(name: str, number: int, chance: np.random.Generator, flaky: dict[str, float]) -> TestResult:
    """Return how one test ended: two of the store are broken for some days, some fail now and then."""
    outcome: Outcome = "passed"
    if name.endswith("round_trip[small]") and "ledger" in name:
        outcome = "skipped"
    elif "store/test_core.py::test_round_trip[l" in name and 150 <= number < 156:
        outcome = "failed"
    elif chance.random() < flaky.get(name, 0.0):
        outcome = "failed" if chance.random() < 0.5 else "flaky"
    slow = 3.0 if number >= SLOWED and "store" in name else 1.0
    return TestResult(
        id=name,
        outcome=outcome,
        duration=round(float(chance.lognormal(-4, 0.4)) * slow, 4),
        attempts=2 if outcome == "flaky" else 1,
        signature=SIGNATURE if outcome in {"failed", "flaky"} else "",
    )


def _metrics(number: int, tests: Sequence[TestResult], chance: np.random.Generator) -> dict[str, Metric]:
    """Return the metrics of a run: findings fall, coverage rises until the store's new code has no tests."""
    late = number >= SLOWED
    coverage = 86.5 + 3.2 * (1 - math.exp(-number / 50)) - (2.6 if late else 0.0) + chance.normal(0, 0.08)
    seconds = (405 if not late else 455) + 0.25 * number + chance.normal(0, 9)
    failed = sum(test.outcome in {"failed", "error"} for test in tests)
    rows = (
        ("coverage.line", coverage, "percent", "higher", "test"),
        ("coverage.branch", coverage - 7 + chance.normal(0, 0.1), "percent", "higher", "test"),
        ("tests.total", len(tests), "count", "higher", "test"),
        ("tests.failed", failed, "count", "lower", "test"),
        ("tests.duration", 78 + chance.normal(0, 3) + (14 if late else 0), "seconds", "lower", "test"),
        ("lint.findings", max(0, round(34 - number / 6 + chance.normal(0, 0.6))), "count", "lower", "quality"),
        ("types.errors", 0 if number > 40 else 6, "count", "lower", "quality"),
        ("complexity.max", 12 if number < 96 else 13, "paths", "lower", "quality"),
        ("security.bandit.low", 4 + (number > 70), "count", "lower", "security"),
        ("sbom.components", 58 + number // 60, "count", "lower", "security"),
        ("ci.duration", seconds, "seconds", "lower", "ci"),
        (
            "score.total",
            0.82 + number / 4000 - (0.06 if late else 0) + chance.normal(0, 0.004),
            "ratio",
            "higher",
            "score",
        ),
    )
    return {
        name: Metric(value=round(value, 4), unit=unit, better="higher" if better == "higher" else "lower", stage=stage)
        for name, value, unit, better, stage in rows
    }


def _benchmarks(number: int, chance: np.random.Generator) -> dict[str, Metric]:
    """Return the benchmarks of a run: two of the store take a third longer since a change."""
    found = {}
    for at, what in enumerate(
        ("append", "compact", "lookup", "merge", "open", "plan", "render", "scan", "sort", "write")
    ):
        level = 0.0004 * 2.1**at * (1.34 if number >= SLOWED and what in {"lookup", "scan"} else 1.0)
        value = level * (1 + chance.normal(0, 0.02))
        name = f"benchmark.tests/bench/test_store.py::test_{what}"
        found[name] = Metric(value=value, unit="seconds", better="lower", stage="benchmark", n=20, spread=value * 0.03)
    return found


def _gates(metrics: dict[str, Metric]) -> tuple[Gate, ...]:
    """Return the gates of a run."""
    coverage, findings = metrics["coverage.line"].value, metrics["lint.findings"].value
    return (
        Gate(
            metric="coverage.line",
            kind="minimum",
            bound=88.0,
            value=coverage,
            margin=coverage - 88.0,
            verdict="pass" if coverage >= 88.0 else "fail",
        ),
        Gate(metric="lint.findings", kind="maximum", bound=30.0, value=findings, margin=30 - findings, verdict="pass"),
        Gate(
            metric="security.vulnerabilities.high",
            kind="measured",
            verdict="not_measured",
            reason="pip-audit: the advisory service did not answer within 60 s",
        ),
    )


def _failure(failed: int) -> Failure:
    """Return why a run failed."""
    return Failure(
        signature=SIGNATURE,
        category="test",
        evidence=f"AssertionError: assert [1, 3, 2] == [1, 2, 3] ({failed} tests)",
    )


def _changed(chance: np.random.Generator, *, late: bool) -> tuple[ChangedFile, ...]:
    """Return the files that a run changes, lately most of all the store's."""
    some = map(str, chance.choice(MODULES, size=int(chance.integers(1, 3)), replace=False))
    chosen = sorted({*some, "store"} if late else set(some))
    return tuple(ChangedFile(path=f"src/anvil/{module}.py", added=12, deleted=3) for module in chosen)
