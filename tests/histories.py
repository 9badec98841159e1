"""Made-up histories that behave like real ones: seeded, with flaky tests, regressions, outages and pull requests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ratchetry.domain.record import (
    Change,
    ChangedFile,
    Metric,
    Outcome,
    RunInfo,
    Runner,
    RunRecord,
    StageResult,
    TestResult,
    Verdict,
)

START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CPUS: Final = ("AMD EPYC 7763", "AMD EPYC 9V74")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large a history is, and how much goes wrong in it."""

    repository: str = "acme/anvil"
    runs: int = 60
    tests: int = 40
    per_day: int = 4
    seed: int = 1
    flaky: float = 0.1
    """Share of the tests that fail now and then, whatever the code."""
    decline: float = 0.0
    """How much coverage is lost with each run, in percent."""


def ids(tests: int) -> tuple[str, ...]:
    """Return identifiers of tests, twenty to a file."""
    return tuple(f"tests/unit/test_part_{number // 20}.py::test_case_{number}" for number in range(tests))


def history(shape: Shape) -> Iterator[RunRecord]:
    """Yield the runs of a repository in their order, each commit measured once or twice."""
    chance = random.Random(shape.seed)  # noqa: S311 - made-up data, no secret
    names = ids(shape.tests)
    flaky = {name: chance.uniform(0.02, 0.3) for name in names if chance.random() < shape.flaky}
    broken: frozenset[str] = frozenset()
    for number in range(shape.runs):
        if number % 9 == 0:
            broken = _broken(chance, names)
        yield _run(shape, number, chance, {name: _outcome(chance, name, flaky, broken) for name in names})


def _broken(chance: random.Random, names: tuple[str, ...]) -> frozenset[str]:
    """Return the tests that the code breaks for a while: most of the time none."""
    if chance.random() < 0.6:
        return frozenset()
    return frozenset(chance.sample(names, k=min(len(names), 3)))


def _outcome(chance: random.Random, name: str, flaky: dict[str, float], broken: frozenset[str]) -> Outcome:
    """Return how one test ends."""
    if name in broken:
        return "failed"
    if chance.random() < flaky.get(name, 0.0):
        return chance.choice(("failed", "error", "flaky"))
    return "skipped" if name.endswith("7") else "passed"


def _run(shape: Shape, number: int, chance: random.Random, outcomes: Mapping[str, Outcome]) -> RunRecord:
    """Return one run."""
    started = START + timedelta(days=number // shape.per_day, minutes=37 * (number % shape.per_day))
    request = 1 + number // 2 if chance.random() < 0.2 else None
    tests = tuple(
        TestResult(id=name, outcome=outcome, duration=round(chance.expovariate(20.0), 3), signature=_signature(outcome))
        for name, outcome in outcomes.items()
    )
    failed = sum(test.outcome in {"failed", "error"} for test in tests)
    verdict: Verdict = "fail" if failed else chance.choice(("pass", "pass", "warn", "not_measured"))
    return RunRecord(
        ratchetry="0.2.0",
        run=RunInfo(
            repository=shape.repository,
            run_id=str(1000 + number),
            event="push" if request is None else "pull_request",
            workflow=".github/workflows/ci.yml",
            commit=f"{shape.seed:08x}{number // 2:032x}",
            branch="main" if request is None else f"topic-{request}",
            dirty=number % 31 == 30,
            pull_request=request,
            started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            duration=round(chance.uniform(60, 600), 1),
            runner=Runner(os="Linux", cpu_model=chance.choice(CPUS), cores=4, python="3.12.1"),
        ),
        change=Change(files=_changed(chance, shape)),
        stages={"test": StageResult(status="failed" if failed else "passed", duration=12.5)},
        metrics=_metrics(tests, chance, 80.0 - shape.decline * number),
        tests=tests,
        verdict=verdict,
    )


def _signature(outcome: Outcome) -> str:
    """Return the signature of a failure."""
    return "0123456789abcdef" if outcome in {"failed", "error", "flaky"} else ""


def _changed(chance: random.Random, shape: Shape) -> tuple[ChangedFile, ...]:
    """Return the files that a run changes, none now and then."""
    files = max(2, shape.tests // 20)
    numbers = sorted(chance.sample(range(files), k=chance.randint(0, min(3, files))))
    return tuple(ChangedFile(path=f"src/anvil/part_{number}.py", added=number + 1, deleted=1) for number in numbers)


def _metrics(tests: tuple[TestResult, ...], chance: random.Random, coverage: float) -> dict[str, Metric]:
    """Return the metrics of a run; one in ten did not measure its coverage."""
    counts = {
        "tests.total": len(tests),
        "tests.passed": sum(test.outcome in {"passed", "flaky"} for test in tests),
        "tests.failed": sum(test.outcome in {"failed", "error"} for test in tests),
        "tests.skipped": sum(test.outcome == "skipped" for test in tests),
        "tests.flaky": sum(test.outcome == "flaky" for test in tests),
        "lint.findings": chance.randint(0, 9),
        "types.errors": chance.randint(0, 3),
    }
    metrics = {
        name: Metric(value=float(value), unit="count", better="lower", stage="test") for name, value in counts.items()
    }
    if chance.random() > 0.1:
        line = max(0.0, coverage + chance.uniform(-0.5, 0.5))
        metrics["coverage.line"] = Metric(value=line, unit="percent", better="higher", stage="test", n=900)
    metrics["complexity.max"] = Metric(
        value=float(chance.randint(8, 14)), unit="paths", better="lower", stage="quality"
    )
    metrics["score.total"] = Metric(
        value=round(chance.uniform(0.6, 0.95), 4), unit="ratio", better="higher", stage="score"
    )
    return metrics
