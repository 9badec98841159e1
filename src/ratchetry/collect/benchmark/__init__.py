"""The benchmark stage: pytest-benchmark over the project's benchmarks, raw rounds kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ratchetry.collect.benchmark.detection import benchmark_targets
from ratchetry.collect.benchmark.invocation import NAME, command
from ratchetry.collect.benchmark.measurement import metrics_of, thinned
from ratchetry.collect.benchmark.pytest_benchmark_report import (
    BenchmarkReport,
    failures,
    first_error,
    found_none,
    parse,
)
from ratchetry.collect.stage import Context, Stage, status_of
from ratchetry.domain.command import Plan, Skip, ToolOutcome, Unable
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Finding, Fragment, StageResult
from ratchetry.errors import ReportError

__all__ = ["STAGE", "interpret", "plan"]

_STAGE: Final = "benchmark"
_FAILURE: Final = "a benchmark failed"
_INTERRUPTED: Final = 2
_REFUSED: Final = 4
"""https://docs.pytest.org/en/stable/reference/exit-codes.html"""
_COMPLAINT: Final = re.compile(r"^\S.*?: error: (.+)$", re.MULTILINE)
_FOR_OTHERS: Final = "no benchmarks: the tests that are marked as such do not take the benchmark fixture"


def plan(context: Context) -> Plan:
    """Return the one command that runs all benchmarks, or why there is none to run."""
    targets = benchmark_targets(context.project, context.tree)
    if not targets:
        return Skip(reason="no benchmarks: no test takes the benchmark fixture")
    interpreter = context.interpreter
    if interpreter.problem:
        return Unable(reason=f"benchmarks need the project's interpreter: {interpreter.problem}")
    missing = [name for name in ("pytest", "pytest-benchmark") if not interpreter.has(name)]
    if missing:
        names = " and ".join(missing)
        return Unable(
            reason=f"{targets[0]} holds benchmarks, but {interpreter.executable} has no {names}: install {names} there"
        )
    return (command(context, targets),)


def interpret(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
    """Return the benchmarks with their rounds and metrics; the stage fails when a benchmark did."""
    outcome = outcomes[NAME]
    if outcome.exit_code == 0 and not outcome.report and found_none(outcome.stdout):
        return Fragment(stages={_STAGE: StageResult(status="skipped", reason=_FOR_OTHERS)})
    broken = failures(outcome.stdout) if outcome.exit_code == 1 else ()
    tools = {
        name: context.interpreter.distributions[name] for name in ("pytest", NAME) if context.interpreter.has(name)
    }
    try:
        report = parse(outcome.require(0, 1))
    except ReportError as error:
        return _without_data(_why_lost(outcome) or str(error), broken, tools)
    return _with_data(report, broken, tools, failed=outcome.exit_code == 1)


def _with_data(
    report: BenchmarkReport, broken: tuple[Finding, ...], tools: Mapping[str, str], *, failed: bool
) -> Fragment:
    """Return the fragment of a run that left a report."""
    ran = {**tools, **({NAME: report.version} if report.version else {})}
    return Fragment(
        stages={_STAGE: status_of(failed=failed, failure=_FAILURE, unmeasured={}, tools=ran)},
        metrics=metrics_of(report.benchmarks),
        benchmarks=tuple(thinned(row) for row in report.benchmarks),
        findings=fingerprinted(broken),
    )


def _without_data(why: str, broken: tuple[Finding, ...], tools: Mapping[str, str]) -> Fragment:
    """Return the fragment of a run without a report: failed if benchmarks are known to have failed."""
    result = status_of(failed=bool(broken), failure=_FAILURE, unmeasured={"benchmark": why[:4096]}, tools=tools)
    return Fragment(stages={_STAGE: result}, findings=fingerprinted(broken))


def _why_lost(outcome: ToolOutcome) -> str:
    """Return what kept pytest from starting or collecting, nothing when it did; the last line it printed tells less."""
    refused = _COMPLAINT.search(outcome.stderr) if outcome.exit_code == _REFUSED else None
    if refused:
        return f"{NAME}: pytest refused its command line or configuration: {refused[1][:300]}"
    lost = failures(outcome.stdout) if outcome.exit_code == _INTERRUPTED else ()
    return f"{NAME} could not collect {lost[0].path}: {first_error(outcome.stdout)}" if lost else ""


STAGE: Final = Stage(name=_STAGE, plan=plan, interpret=interpret)
