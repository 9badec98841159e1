"""Failures of tests in quarantine: they are shown, and do not count."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate, verdict_of
from ratchetry.collect.stage import status_of
from ratchetry.collect.test.quarantine import excused
from ratchetry.collect.test.results import figures
from ratchetry.domain.flaky import Quarantine
from ratchetry.domain.record import Fragment, Outcome, TestResult
from tests.builders import fragments

KNOWN = Quarantine(test="tests/test_a.py::test_flaky", reason="waits for #12", until="2026-12-01")


def measured_suite(unmeasured: dict[str, str] | None = None, **outcomes: Outcome) -> Fragment:
    """Return the fragment of a suite of some tests."""
    tests = tuple(TestResult(id=f"tests/test_a.py::test_{name}", outcome=outcome) for name, outcome in outcomes.items())
    failed = sum(test.outcome in {"failed", "error"} for test in tests)
    status = status_of(
        failed=failed > 0, failure=f"{failed} failed", unmeasured=unmeasured or {}, tools={"pytest": "9.0.0"}
    )
    return Fragment(stages={"test": replace(status, duration=3.0)}, tests=tests, metrics=figures(tests))


def test_a_failure_in_quarantine_does_not_block_but_warns() -> None:
    """The stage passes, says which failure it passes over and why, and the verdict is a warning."""
    before = measured_suite(flaky="failed", good="passed")
    after = excused(before, [KNOWN])
    stage = after.stages["test"]
    assert stage.status == "passed"
    assert stage.reason == (
        "1 test in quarantine failed, which does not block: "
        "tests/test_a.py::test_flaky (until 2026-12-01: waits for #12)"
    )
    assert (stage.duration, stage.tools) == (3.0, {"pytest": "9.0.0"})
    values = {name: metric.value for name, metric in after.metrics.items()}
    assert (values["tests.failed"], values["tests.pass_rate"], values["tests.quarantined"]) == (0, 1.0, 1)
    assert (values["tests.total"], values["tests.passed"]) == (2, 1)
    assert after.tests == before.tests
    gates = evaluate(Held(), after, optional=(), expected=("test",))
    assert verdict_of(gates) == "warn"
    assert excused(after, [KNOWN]) == after


def test_another_failure_still_blocks() -> None:
    """The stage fails for the failures that are left, and tells of the others, too."""
    stage = excused(measured_suite(flaky="error", bad="failed", good="passed"), [KNOWN]).stages["test"]
    assert stage.status == "failed"
    assert stage.reason.startswith("1 of 3 tests failed; 1 test in quarantine failed")


def test_a_name_covers_all_cases_of_a_parametrized_test() -> None:
    """A quarantine without brackets holds for each case; one with them only for its own."""
    suite = measured_suite()
    tests = (TestResult(id=f"{KNOWN.test}[1]", outcome="failed"), TestResult(id=f"{KNOWN.test}[2]", outcome="failed"))
    suite = replace(suite, tests=tests, metrics=figures(tests))
    assert excused(suite, [KNOWN]).metrics["tests.failed"].value == 0
    assert excused(suite, [replace(KNOWN, test=f"{KNOWN.test}[1]")]).metrics["tests.failed"].value == 1


def test_what_was_not_measured_stays_so() -> None:
    """A suite that did not end is not measured, whoever is in quarantine; nor is the rate of tests that all are."""
    crashed = measured_suite({"tests": "pytest was killed"}, flaky="failed", good="passed")
    crashed = replace(crashed, metrics={})
    after = excused(crashed, [KNOWN])
    assert (after.stages["test"].status, after.metrics) == ("not_measured", {})
    alone = excused(measured_suite(flaky="failed"), [KNOWN])
    assert alone.stages["test"].unmeasured == {"tests.pass_rate": "every test was skipped or is in quarantine"}
    assert "tests.pass_rate" not in alone.metrics


def test_nothing_changes_without_a_failure_in_quarantine() -> None:
    """A test in quarantine that passes, or another that fails, leaves all as it is."""
    for suite in (measured_suite(flaky="passed"), measured_suite(other="failed"), Fragment()):
        assert excused(suite, [KNOWN]) is suite
    failing = measured_suite(flaky="failed")
    assert excused(failing, []) is failing


@given(fragments(), st.sets(st.sampled_from(["a", "b", "c"])))
def test_tests_findings_and_other_stages_are_never_touched(fragment: Fragment, names: set[str]) -> None:
    """Whatever was measured, outcomes stay, and doing it again changes nothing."""
    after = excused(fragment, [Quarantine(test=name, reason="x", until="2026-12-01") for name in names])
    assert (after.tests, after.findings, after.failures) == (fragment.tests, fragment.findings, fragment.failures)
    assert {name: row for name, row in after.stages.items() if name != "test"} == {
        name: row for name, row in fragment.stages.items() if name != "test"
    }
