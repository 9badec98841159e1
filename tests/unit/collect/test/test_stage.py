"""The test stage as a whole: from outcomes to a fragment."""

from __future__ import annotations

import pytest

from ratchetry.collect.stage import Context
from ratchetry.collect.test import STAGE
from ratchetry.collect.test.coverage_command import COVERAGE
from ratchetry.collect.test.pytest_command import PYTEST
from ratchetry.domain.command import ToolOutcome, Unable
from ratchetry.domain.project import Base, Interpreter
from ratchetry.domain.record import Fragment
from tests.unit.collect.test.suites import COVERAGE as REPORTS
from tests.unit.collect.test.suites import JUNIT, SUITE, TOOLS, case, context, data, ended, junit

PASSING = junit(case("test_x"), case("test_y"))


def interpreted(
    suite: ToolOutcome, coverage: bytes | None = None, where: Context | None = None, coverage_exit: int = 0
) -> Fragment:
    """Return the fragment that these outcomes give."""
    report = ended(coverage_exit, coverage, name=COVERAGE)
    return STAGE.interpret(where or context(), {PYTEST: suite, COVERAGE: report})


def values(fragment: Fragment) -> dict[str, float]:
    """Return the metrics' values."""
    return {name: metric.value for name, metric in fragment.metrics.items()}


@pytest.mark.parametrize("name", JUNIT)
def test_the_figures_of_a_suite(name: str) -> None:
    """Flaky tests have passed, errors have failed, expected failures were skipped; each test counts once."""
    fragment = interpreted(ended(1, data(name)), data(REPORTS[2]))
    assert fragment.stages["test"].status == "failed"
    found = values(fragment)
    assert found.pop("tests.duration") > 0
    assert found == {
        "tests.total": 25,
        "tests.passed": 7,
        "tests.failed": 15,
        "tests.skipped": 3,
        "tests.flaky": 4,
        "tests.pass_rate": 7 / 22,
        "coverage.line": 100 * 3 / 9,
        "coverage.branch": 25,
    }
    assert fragment.metrics["tests.pass_rate"].n == 22
    assert fragment.metrics["coverage.line"].n == 9
    assert fragment.stages["test"].tools == TOOLS


def test_every_failing_test_is_a_finding_with_its_place() -> None:
    """Annotations get the failing line; failing tests that are alike share one failure."""
    fragment = interpreted(ended(1, data(JUNIT[2])), data(REPORTS[2]))
    places = {(one.rule, one.path, one.line, one.message) for one in fragment.findings}
    assert len(fragment.findings) == 15
    assert (
        "import",
        "tests/test_import.py",
        1,
        "tests/test_import.py: ModuleNotFoundError: No module named 'absent'",
    ) in places
    assert (
        "assertion",
        "tests/test_outcomes.py",
        22,
        "test_fails: AssertionError: assert {'a': 1} == {'a': 2}",
    ) in places
    assert ("unexpected-success", "tests/test_outcomes.py", 83, "test_xpasses_strictly: [XPASS(strict)]") in places
    assert all(one.fingerprint and one.tool == "pytest" and one.severity == "high" for one in fragment.findings)
    signatures = {test.id.rpartition("::")[2]: test.signature for test in fragment.tests if test.signature}
    assert signatures["test_one"] == signatures["test_two"]
    assert {failure.signature for failure in fragment.failures} == set(signatures.values())


def test_a_passing_suite_passes() -> None:
    """All passed, all measured: passed."""
    fragment = interpreted(ended(0, PASSING), data(REPORTS[0]))
    assert fragment.stages["test"].status == "passed"
    assert values(fragment)["tests.pass_rate"] == 1.0
    assert [test.outcome for test in fragment.tests] == ["passed", "passed"]


@pytest.mark.parametrize(
    ("suite", "why"),
    [
        (ended(5, junit()), "no test was run"),
        (ended(0, junit()), "no test was run"),
        (ended(0, None), "wrote no report"),
        (ended(0, b"<html/>"), "root element"),
        (ended(4, None, stderr="ERROR: usage"), "refused its command line"),
        (ended(None, None, problem="pytest was killed after 9 s", timed_out=True), "killed after 9 s"),
        (ended(1, PASSING), "no failing test"),
        (ended(3, PASSING), "pytest broke"),
    ],
)
def test_what_did_not_run_to_its_end_is_never_a_pass(suite: ToolOutcome, why: str) -> None:
    """Crashed, hung, empty and contradictory runs give no figure, neither of tests nor of coverage."""
    fragment = interpreted(suite, data(REPORTS[0]))
    result = fragment.stages["test"]
    assert result.status == "not_measured"
    assert why in result.unmeasured["tests"]
    assert "coverage" in result.unmeasured
    assert not fragment.metrics


def test_failures_before_an_interruption_are_kept() -> None:
    """What failed before the run was interrupted is shown; how many would have, nobody knows."""
    fragment = interpreted(ended(2, junit(case("test_x", "<failure message='assert 0'/>"))), data(REPORTS[0]))
    assert fragment.stages["test"].status == "failed"
    assert "interrupted" in fragment.stages["test"].unmeasured["tests"]
    assert [one.message for one in fragment.findings] == ["test_x: assert 0"]
    assert not fragment.metrics


def test_a_suite_that_skips_everything_has_no_pass_rate() -> None:
    """Nothing passed and nothing failed: the rate is not measured, the counts are."""
    fragment = interpreted(ended(0, junit(case("test_x", "<skipped/>"))), data(REPORTS[0]))
    assert fragment.stages["test"].unmeasured == {"tests.pass_rate": "every test was skipped"}
    assert values(fragment)["tests.skipped"] == 1


@pytest.mark.parametrize(
    ("report", "exit_code", "why"),
    [
        (None, 1, "coverage-json ended with exit code 1"),
        (b"{}", 0, "JSON report cannot be read"),
        (
            b'{"meta":{"format":3},"totals":{"covered_lines":0,"num_statements":0},"files":{}}',
            0,
            "coverage measured no statement",
        ),
    ],
)
def test_tests_count_without_coverage(report: bytes | None, exit_code: int, why: str) -> None:
    """When coverage cannot be read its reason stands, and the tests' figures are kept."""
    fragment = interpreted(ended(0, PASSING), report, coverage_exit=exit_code)
    assert why in fragment.stages["test"].unmeasured["coverage"]
    assert fragment.stages["test"].status == "not_measured"
    assert values(fragment)["tests.passed"] == 2


def test_without_branches_the_branch_metric_is_left_out() -> None:
    """A project without a single branch has nothing to measure there, and nothing unmeasured."""
    report = b'{"meta":{"format":3},"totals":{"covered_lines":1,"num_statements":2,"num_branches":0},"files":{}}'
    fragment = interpreted(ended(0, PASSING), report)
    assert fragment.stages["test"].status == "passed"
    assert values(fragment)["coverage.line"] == 50
    assert "coverage.branch" not in fragment.metrics


def test_an_interpreter_without_coverage_leaves_it_unmeasured() -> None:
    """The suite runs; the reason says what to install."""
    where = context(tools={"pytest": "9.2.0"})
    fragment = STAGE.interpret(where, {PYTEST: ended(0, PASSING)})
    assert "coverage.py is not installed" in fragment.stages["test"].unmeasured["coverage"]
    assert fragment.stages["test"].tools == {"pytest": "9.2.0"}


def test_changed_lines_are_measured_against_the_base() -> None:
    """With a base commit the changed statements have a figure, and the missed ones are findings."""
    base = Base(commit="c0ffee", added_lines={"pkg/__init__.py": (2, 4, 5), "README.md": (1,)})
    fragment = interpreted(ended(0, PASSING), data(REPORTS[1]), context(base=base))
    assert fragment.metrics["coverage.changed"].value == pytest.approx(100 / 3)
    assert fragment.metrics["coverage.changed"].n == 3
    assert [(one.path, one.line, one.message) for one in fragment.findings] == [
        ("pkg/__init__.py", 4, "lines 4-5 are not covered by a test")
    ]
    assert fragment.stages["test"].status == "passed"


def test_a_change_without_statements_has_no_figure() -> None:
    """A change to documents only leaves the metric out."""
    fragment = interpreted(ended(0, PASSING), data(REPORTS[1]), context(base=Base(commit="c0ffee")))
    assert "coverage.changed" not in fragment.metrics
    assert fragment.stages["test"].status == "passed"


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (context(interpreter=Interpreter(executable="", problem="no Python was found")), "no Python was found"),
        (context(tools={"coverage": "7.17.3"}), "pytest is not installed for /env/bin/python; add it"),
        (context({**SUITE, "tox.ini": "[pytest]\naddopts = -p no:junitxml\n"}), "no:junitxml"),
    ],
)
def test_where_no_suite_can_run_the_reason_is_said(where: Context, why: str) -> None:
    """Without an interpreter, without pytest or without its report nothing is started."""
    plan = STAGE.plan(where)
    assert isinstance(plan, Unable)
    assert why in plan.reason


def test_findings_have_a_limit() -> None:
    """A suite that is broken throughout does not flood the record with findings."""
    cases = [case(f"test_{number}", "<failure message='assert 0'/>") for number in range(1100)]
    fragment = interpreted(ended(1, junit(*cases)), data(REPORTS[0]))
    assert (len(fragment.tests), len(fragment.findings)) == (1100, 1000)
