"""From testcases to what the record says of them: results, figures about all of them, and how they fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from ratchetry.collect.stage import measured
from ratchetry.collect.test.failure_signature import Diagnosis, diagnose
from ratchetry.collect.test.junit_report import TestCase
from ratchetry.domain.record import Failure, Metric, TestResult

FAILING: Final = frozenset({"failed", "error"})
_STAGE: Final = "test"


def diagnoses_of(tests: Sequence[TestCase], files: Collection[str] = (), *, root: str = "") -> dict[str, Diagnosis]:
    """Return, by test, what its first problem is; `files` are the repository's and `root` is where the suite ran."""
    return {
        test.id: diagnose(test.problems[0], files, root=root, test_path=test.path, test_id=test.id)
        for test in tests
        if test.problems
    }


def result_of(test: TestCase, diagnosis: Diagnosis | None) -> TestResult:
    """Return the record's entry for a test."""
    return TestResult(
        id=test.id,
        outcome=test.outcome,
        duration=test.duration,
        attempts=test.attempts,
        signature=diagnosis.signature if diagnosis else "",
    )


def failures_of(diagnoses: Mapping[str, Diagnosis]) -> tuple[Failure, ...]:
    """Return each distinct way of failing once, with the evidence of the first test by name."""
    found: dict[str, Failure] = {}
    for _, diagnosis in sorted(diagnoses.items()):
        failure = Failure(signature=diagnosis.signature, category=diagnosis.category, evidence=diagnosis.evidence)
        found.setdefault(failure.signature, failure)
    return tuple(found[signature] for signature in sorted(found))


def figures(results: Sequence[TestResult]) -> dict[str, Metric]:
    """Return the figures about all tests; without one that passed or failed there is no pass rate."""
    count = Counter(result.outcome for result in results)
    passed, failed, total = count["passed"] + count["flaky"], count["failed"] + count["error"], len(results)
    metrics = [
        measured("tests.total", total, _STAGE),
        measured("tests.passed", passed, _STAGE, n=total),
        measured("tests.failed", failed, _STAGE, n=total),
        measured("tests.skipped", count["skipped"], _STAGE, n=total),
        measured("tests.flaky", count["flaky"], _STAGE, n=total),
        measured("tests.duration", sum(result.duration for result in results), _STAGE, n=total),
    ]
    if passed + failed:
        metrics.append(measured("tests.pass_rate", passed / (passed + failed), _STAGE, n=passed + failed))
    return dict(metrics)
