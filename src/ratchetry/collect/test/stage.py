"""The test stage: the project's suite under coverage.py, and what became of every test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ratchetry.collect.stage import Context, Stage, measured, status_of
from ratchetry.collect.test.changed_lines import changed_coverage
from ratchetry.collect.test.configuration import pytest_configuration
from ratchetry.collect.test.coverage_command import COVERAGE, why_unmeasurable
from ratchetry.collect.test.coverage_report import read_coverage
from ratchetry.collect.test.failure_signature import Diagnosis
from ratchetry.collect.test.junit_report import TestCase, read_junit
from ratchetry.collect.test.pytest_command import PYTEST, commands
from ratchetry.collect.test.results import FAILING, diagnoses_of, failures_of, figures, result_of
from ratchetry.collect.test.suite_ending import why_inconsistent, why_unfinished
from ratchetry.domain.command import Plan, ToolOutcome, Unable
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Finding, Fragment, Metric, TestResult
from ratchetry.errors import ReportError

_NAME: Final = "test"
_MAX_FINDINGS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one half of the stage, the tests or their coverage, has measured."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unmeasured: Mapping[str, str] = field(default_factory=dict)


def plan(context: Context) -> Plan:
    """Return the run of the suite and of coverage.py's report, or why neither is possible here."""
    interpreter = context.interpreter
    if interpreter.problem:
        return Unable(reason=interpreter.problem)
    if not interpreter.has("pytest"):
        return Unable(
            reason=f"pytest is not installed for {interpreter.executable}; add it to the project's test dependencies, "
            "or name an interpreter that has it with --python"
        )
    if pytest_configuration(context.tree, context.settings.pytest_args).blocks("junitxml"):
        return Unable(
            reason="the project's options keep pytest from writing its report (-p no:junitxml); leave that out"
        )
    return commands(context)


def interpret(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
    """Return every test, the figures about all of them, how they fail and what they cover."""
    outcome = outcomes[PYTEST]
    tests, problem = _tests(context, outcome)
    diagnoses = diagnoses_of(tests, frozenset(context.project.files), root=context.scratch)
    test_results = tuple(result_of(test, diagnoses.get(test.id)) for test in tests)
    if problem:
        results = _Part(unmeasured={"tests": problem})
        coverage = _Part(unmeasured={"coverage": "it takes the whole suite to know what it covers"})
    else:
        results = _figures(test_results)
        coverage = _coverage(context, outcomes)
    failing = tuple(_finding(test, diagnoses[test.id]) for test in tests if test.outcome in FAILING)[:_MAX_FINDINGS]
    failed = sum(test.outcome in FAILING for test in tests)
    status = status_of(
        failed=failed > 0,
        failure=f"{failed} of {len(tests)} tests failed",
        unmeasured={**results.unmeasured, **coverage.unmeasured},
        tools=_tools(context),
    )
    return Fragment(
        stages={_NAME: status},
        metrics={**results.metrics, **coverage.metrics},
        tests=test_results,
        findings=fingerprinted((*failing, *coverage.findings)),
        failures=failures_of(diagnoses),
    )


STAGE: Final = Stage(name=_NAME, plan=plan, interpret=interpret)


def _tests(context: Context, outcome: ToolOutcome) -> tuple[tuple[TestCase, ...], str]:
    """Return the tests that ran, and why they are not the whole suite; empty when they are."""
    problem = why_unfinished(outcome)
    if outcome.report is None:
        return (), problem
    try:
        tests = read_junit(outcome.report, frozenset(context.project.files))
    except ReportError as error:
        return (), problem or str(error)
    return tests, problem or why_inconsistent(outcome, tests)


def _figures(results: Sequence[TestResult]) -> _Part:
    """Return the figures about all tests, and that there is no pass rate where every one was skipped."""
    metrics = figures(results)
    if "tests.pass_rate" in metrics:
        return _Part(metrics=metrics)
    return _Part(metrics=metrics, unmeasured={"tests.pass_rate": "every test was skipped"})


def _coverage(context: Context, outcomes: Mapping[str, ToolOutcome]) -> _Part:
    """Return what the tests execute; branches and changed lines only where there are any."""
    unmeasurable = why_unmeasurable(context, pytest_configuration(context.tree, context.settings.pytest_args))
    if unmeasurable:
        return _Part(unmeasured={"coverage": unmeasurable})
    try:
        report = read_coverage(outcomes[COVERAGE].require(0))
        changed = changed_coverage(report, context.base.added_lines if context.base else {})
    except ReportError as error:
        return _Part(unmeasured={"coverage": str(error)})
    totals = report.totals
    if not totals.num_statements:
        return _Part(unmeasured={"coverage": "coverage measured no statement; check `source` in its configuration"})
    metrics = [_percent("coverage.line", totals.covered_lines, totals.num_statements)]
    if totals.num_branches:
        metrics.append(_percent("coverage.branch", totals.covered_branches or 0, totals.num_branches))
    if changed.executable:
        metrics.append(_percent("coverage.changed", changed.covered, changed.executable))
    return _Part(metrics=dict(metrics), findings=changed.findings[:_MAX_FINDINGS])


def _percent(name: str, part: int, whole: int) -> tuple[str, Metric]:
    """Return a metric in percent, with what it rests on."""
    return measured(name, 100 * part / whole, _NAME, n=whole)


def _finding(test: TestCase, diagnosis: Diagnosis) -> Finding:
    """Return the finding for a failing test: at the failing line if that is known, otherwise at the test."""
    return Finding(
        tool="pytest",
        rule=diagnosis.category,
        severity="high",
        path=diagnosis.path or test.path,
        line=diagnosis.line if diagnosis.path else test.line,
        message=f"{test.id.removeprefix(f'{test.path}::')[:200]}: {diagnosis.headline}",
    )


def _tools(context: Context) -> dict[str, str]:
    """Return the versions of what ran."""
    names = ("pytest", "coverage") if context.interpreter.has("coverage") else ("pytest",)
    return {name: context.interpreter.distributions[name] for name in names}
