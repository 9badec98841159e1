"""Benchmarks of what every run does: the benchmark stage measures them, the test stage only checks that they work."""

from __future__ import annotations

from typing import Final

from pytest_benchmark.fixture import BenchmarkFixture

from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.merge import merge
from ratchetry.domain.record import Finding, Fragment, StageResult, TestResult
from ratchetry.domain.thresholds import Threshold
from ratchetry.report.html import render as render_html
from ratchetry.report.markdown import render as render_markdown
from ratchetry.state.record import dumps, loads
from tests.builders import metric, record

TESTS: Final = tuple(
    TestResult(id=f"tests/test_{number % 50}.py::test_{number}", outcome="passed", duration=0.01)
    for number in range(2000)
)
FINDINGS: Final = tuple(
    Finding(tool="ruff", rule="F401", severity="low", path=f"src/{number % 40}.py", line=number, message="unused")
    for number in range(1000)
)
FRAGMENT: Final = Fragment(
    stages={"test": StageResult(status="passed")},
    metrics={"coverage.line": metric(80)},
    tests=TESTS,
    findings=fingerprinted(FINDINGS),
)
RECORD: Final = record(
    stages=FRAGMENT.stages, metrics=FRAGMENT.metrics, tests=FRAGMENT.tests, findings=FRAGMENT.findings
)
BOUNDS: Final = Held(bounds=(Threshold(metric="coverage.line", kind="minimum", bound=80),))


def test_merge_a_matrix_of_four(benchmark: BenchmarkFixture) -> None:
    """Four fragments of 2,000 tests and 1,000 findings become one."""
    assert benchmark(merge, [FRAGMENT] * 4).tests == tuple(sorted(TESTS, key=lambda test: repr(test.id)))


def test_fingerprint_findings(benchmark: BenchmarkFixture) -> None:
    """A thousand findings get their fingerprints."""
    assert len(benchmark(fingerprinted, FINDINGS)) == len(FINDINGS)


def test_write_and_read_a_record(benchmark: BenchmarkFixture) -> None:
    """A record of 2,000 tests goes through its file."""
    assert benchmark(lambda: loads(dumps(RECORD), "record.json")) == RECORD


def test_judge(benchmark: BenchmarkFixture) -> None:
    """A record is held against its bounds."""
    gates = benchmark(evaluate, BOUNDS, FRAGMENT, optional=(), expected=("test",))
    assert [gate.verdict for gate in gates] == ["pass", "pass"]


def test_render_the_summary(benchmark: BenchmarkFixture) -> None:
    """The Markdown summary of a record of 2,000 tests and 1,000 findings is written."""
    assert benchmark(render_markdown, RECORD).startswith("## ")


def test_render_the_report(benchmark: BenchmarkFixture) -> None:
    """The HTML report of a record of 2,000 tests and 1,000 findings is written."""
    assert benchmark(render_html, RECORD).startswith("<!DOCTYPE html>")
