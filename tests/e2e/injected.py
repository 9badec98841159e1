"""A real project's history, continued with runs into which known changes are injected, and a pull request.

The real part are the last 24 runs that `ratchetry history backfill` measured of cachetools' releases, two years older
than they were measured and packed by `ratchetry history compact`.  The continuation has the newest run's tests,
findings and metrics, with the jitter that durations have.  The seed decides all: the same history each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate, verdict_of
from ratchetry.collect.benchmark.measurement import metrics_of
from ratchetry.collect.stage import measured
from ratchetry.domain.fingerprint import fingerprinted, short_hash
from ratchetry.domain.record import (
    Benchmark,
    Change,
    ChangedFile,
    Failure,
    Finding,
    Fragment,
    Metric,
    RunRecord,
    StageResult,
    TestResult,
)
from ratchetry.state.thresholds import loads

REAL: Final = Path(__file__).parents[1] / "data" / "cachetools-history"
REPOSITORY: Final = "octocat/cachetools"
WORKFLOW: Final = ".github/workflows/ci.yml"
COMMITS: Final = 44
"""How many commits follow the real ones."""
SEED: Final = 20241116

FLAKY: Final = "tests/test_ttl.py::TTLCacheTest::test_ttl_expire"
FLAKY_RATE: Final = 0.15
GET: Final = "benchmark.benchmarks.bench_cache.test_lru_get"
KEY: Final = "benchmark.benchmarks.bench_cache.test_typedkey"
TIMES: Final = {"benchmarks/bench_cache.py::test_lru_get": 2.4e-5, "benchmarks/bench_cache.py::test_typedkey": 8.1e-6}
SLOWDOWN: Final = 0.20
ADVISORY: Final = "CVE-2024-56326"
VULNERABILITIES: Final = "security.vulnerabilities"

BRANCHY, SLOWED, EXPOSED = 16, 28, 38
"""Which commits after the real ones made `func.py` more complex and less covered, slowed `LRUCache.__getitem__`, and
when the advisory on a dependency was published."""

NEW_FAILURE: Final = "tests/test_cachedmethod.py::CachedMethodTest::test_locked_dict"
BOUNDS: Final = b"""{
  "version": 1,
  "coverage": {"minimum": 95, "target": 100},
  "metrics": {
    "complexity.max": {"maximum": 20},
    "lint.findings": {"maximum": 18},
    "security.vulnerabilities.high": {"maximum": 0},
    "tests.failed": {"maximum": 0},
    "types.errors": {"maximum": 1}
  }
}
"""
_FIRST_DAY: Final = "2024-11-16T09:00:00Z"
_STAGES: Final = ("quality", "test", "security", "benchmark")
_LOW: Final = {"coverage.line": 96.2, "coverage.branch": 92.4, "complexity.max": 17.0, "complexity.mean": 2.31}
_TOOLS: Final[Mapping[str, Mapping[str, str]]] = {
    "security": {"bandit": "1.9.4", "pip-audit": "2.10.1"},
    "benchmark": {"pytest-benchmark": "5.3.1"},
}
_EXPIRED: Final = Failure(
    signature=short_hash("ttl"), category="assertion", evidence="tests/test_ttl.py:94\nE   AssertionError: 1 != 0"
)
_LOCKED: Final = Failure(
    signature=short_hash("lock"),
    category="exception",
    evidence="src/cachetools/_cachedmethod.py:63\nE   KeyError: (Cached(), 0)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """Where the history is, what its commits are called, and the run of the pull request."""

    root: Path
    history: Path
    commits: tuple[str, ...]
    """The commits that follow the real ones."""
    real: tuple[RunRecord, ...]
    runs: tuple[RunRecord, ...]
    pull_request: RunRecord

    def run_of(self, number: int) -> str:
        """Return the name of the last run of a commit."""
        run = [record.run for record in self.runs if record.run.commit == self.commits[number]][-1]
        return f"{run.run_id}-{run.attempt}"


def commit(number: int) -> str:
    """Return the identifier of a commit that follows the real ones."""
    return short_hash("cachetools", str(number)) + short_hash("commit", str(number)) + f"{number:08x}"


def inject(root: Path) -> Injected:
    """Write the history and the bounds below a directory, and return them with the run of the pull request."""
    history = root / ".ratchetry"
    kept = HistoryDirectory(history)
    real = tuple(_of_repository(record) for record in HistoryDirectory(REAL).records())
    chance = random.Random(SEED)  # noqa: S311 - made-up data, no secret
    runs = tuple(_continued(real[-1], chance))
    for record in (*real, *runs):
        kept.add(record)
    (root / "quality-thresholds.json").write_bytes(BOUNDS)
    newest = _run(real[-1], COMMITS, 1, chance, fails=False)
    commits = tuple(commit(number) for number in range(COMMITS))
    return Injected(
        root=root, history=history, commits=commits, real=real, runs=runs, pull_request=_pull_request(newest)
    )


def _of_repository(record: RunRecord) -> RunRecord:
    """Return a run as one of the repository on GitHub."""
    return replace(record, run=replace(record.run, repository=REPOSITORY))


def _continued(newest: RunRecord, chance: random.Random) -> Iterator[RunRecord]:
    """Yield the runs after the real ones: one of each commit, and a second attempt where the flaky test failed."""
    for number in range(COMMITS):
        for attempt in (1, 2):
            fails = chance.random() < FLAKY_RATE
            yield _run(newest, number, attempt, chance, fails=fails)
            if not fails:
                break


def _run(newest: RunRecord, number: int, attempt: int, chance: random.Random, *, fails: bool) -> RunRecord:
    """Return the run of a commit: the newest real one with jitter, and what was injected until then."""
    tests = tuple(_test(test, chance, fails=fails) for test in newest.tests)
    benchmarks = tuple(_benchmark(name, time, number, chance) for name, time in TIMES.items())
    begun = datetime.fromisoformat(_FIRST_DAY) + timedelta(days=number, minutes=40 * (attempt - 1))
    own = replace(
        newest.run,
        run_id=str(11_200_000 + number),
        attempt=attempt,
        event="push",
        workflow=WORKFLOW,
        commit=commit(number),
        base_commit=commit(number - 1) if number else newest.run.commit,
        started=begun.strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration=round(chance.uniform(50, 60), 1),
    )
    made = replace(
        newest,
        run=own,
        change=Change(files=_changed(number)),
        stages={**newest.stages, **{name: StageResult(status="passed", tools=_TOOLS[name]) for name in _TOOLS}},
        metrics={**newest.metrics, **_test_metrics(tests), **metrics_of(benchmarks), **_level(newest, number)},
        findings=(*newest.findings, *_vulnerability(number)),
        tests=tests,
        benchmarks=benchmarks,
        failures=(_EXPIRED,) if fails else (),
    )
    return judged(made)


def judged(record: RunRecord) -> RunRecord:
    """Return a record with the gates that the bounds make, its stage of tests failed where one of them has."""
    failed = sum(test.outcome == "failed" for test in record.tests)
    noun = "test" if failed == 1 else "tests"
    stage = replace(record.stages["test"], status="failed", reason=f"{failed} {noun} failed")
    stages = {**record.stages, **({"test": stage} if failed else {})}
    held = Held(bounds=loads(BOUNDS, "quality-thresholds.json").bounds)
    fragment = Fragment(stages=stages, metrics=record.metrics, findings=record.findings)
    gates = evaluate(held, fragment, optional=(), expected=_STAGES)
    return replace(record, stages=stages, gates=gates, verdict=verdict_of(gates))


def _test(test: TestResult, chance: random.Random, *, fails: bool) -> TestResult:
    """Return a test as it ends in another run."""
    took = round(test.duration * chance.lognormvariate(0, 0.1), 3)
    if fails and test.id == FLAKY:
        return replace(test, duration=took, outcome="failed", signature=_EXPIRED.signature)
    return replace(test, duration=took)


def _benchmark(name: str, time: float, number: int, chance: random.Random) -> Benchmark:
    """Return a benchmark with its rounds, as slow as its commit is, on a machine that differs a little each time."""
    slow = 1 + SLOWDOWN if name.endswith("test_lru_get") and number >= SLOWED else 1.0
    level = time * slow * chance.lognormvariate(0, 0.008)
    return Benchmark(name=name, rounds=tuple(level * chance.lognormvariate(0, 0.02) for _ in range(30)))


def _test_metrics(tests: tuple[TestResult, ...]) -> dict[str, Metric]:
    """Return the metrics of the tests."""
    failed, total = sum(test.outcome == "failed" for test in tests), len(tests)
    values = {"failed": failed, "passed": total - failed, "total": total, "pass_rate": 1 - failed / total}
    timed = {**values, "duration": round(sum(test.duration for test in tests), 3)}
    return dict(measured(f"tests.{name}", value, "test", n=total) for name, value in timed.items())


def _level(newest: RunRecord, number: int) -> dict[str, Metric]:
    """Return the metrics that the injected changes move, and those of security."""
    values = _LOW if number >= BRANCHY else {}
    moved = {name: replace(newest.metrics[name], value=value) for name, value in values.items()}
    levels = dict.fromkeys(("critical", "high", "medium", "low", "unknown"), 0)
    levels["high"] = int(number >= EXPOSED)
    found = dict(measured(f"{VULNERABILITIES}.{name}", value, "security", n=14) for name, value in levels.items())
    risky = dict(measured(f"security.bandit.{name}", 0, "security") for name in ("high", "medium", "low"))
    return {**moved, **found, **risky}


def _vulnerability(number: int) -> tuple[Finding, ...]:
    """Return the finding on the dependency of which an advisory was published."""
    told = f"jinja2 3.1.4: {ADVISORY} (also GHSA-q2x7-8rv6-6q7h), fixed in 3.1.5"
    finding = Finding(tool="pip-audit", rule=ADVISORY, severity="high", path="setup.cfg", message=told)
    return fingerprinted((finding,)) if number >= EXPOSED else ()


def _changed(number: int) -> tuple[ChangedFile, ...]:
    """Return what a commit changes: the injected ones what they are about, others the texts around the code."""
    if number == BRANCHY:
        return (ChangedFile(path="src/cachetools/func.py", added=38, deleted=4),)
    if number == SLOWED:
        return (ChangedFile(path="src/cachetools/__init__.py", added=9, deleted=2),)
    return (ChangedFile(path="README.rst" if number % 2 else "CHANGELOG.rst", added=3, deleted=1),)


def _pull_request(base: RunRecord) -> RunRecord:
    """Return the run of a pull request that breaks a test, leaves changed lines untested, and adds a risky line."""
    path = "src/cachetools/_cachedmethod.py"
    tests = tuple(
        replace(test, outcome="failed", signature=_LOCKED.signature) if test.id == NEW_FAILURE else test
        for test in base.tests
    )
    told = "Starting a process with a shell, possible injection detected (confidence: HIGH)"
    fresh = fingerprinted((
        Finding(tool="bandit", rule="B605", severity="high", path=path, line=71, message=told),
        Finding(tool="pytest", rule="exception", severity="high", path=path, line=63,
                message="CachedMethodTest::test_locked_dict: KeyError: (Cached(), 0)"),
        Finding(tool="coverage", rule="changed-line-not-covered", severity="info", path=path, line=66,
                message="lines 66-73 are not covered by a test"),
    ))  # fmt: skip
    lower = dict([
        measured("coverage.line", 95.4, "test", n=866), measured("coverage.changed", 46.67, "test", n=15),
        measured("security.bandit.high", 1, "security"),
    ])  # fmt: skip
    made = replace(
        base,
        run=replace(base.run, event="pull_request", branch="lock-per-key", base_commit=commit(COMMITS - 1)),
        change=Change(files=(ChangedFile(path=path, added=21, deleted=6),)),
        metrics={**base.metrics, **_test_metrics(tests), **lower},
        tests=tests,
        findings=(*base.findings, *fresh),
        failures=(_LOCKED,),
    )
    return judged(made)
