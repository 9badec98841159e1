"""How a run of pytest ended, and what is said of it."""

from __future__ import annotations

import re

import pytest

from ratchetry.collect.test.junit_report import TestCase
from ratchetry.collect.test.suite_ending import why_inconsistent, why_unfinished
from tests.unit.collect.test.suites import ended

RUNNING = "tests/test_a.py::test_ok PASSED   [ 50%]\ntests/test_a.py::test_x[a b] "


@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_run_to_the_end_is_finished(exit_code: int) -> None:
    """Passed or failed: both are results."""
    assert why_unfinished(ended(exit_code, b"<testsuites/>")) == ""


def test_a_hanging_suite_names_its_test() -> None:
    """Killed at the timeout: the time and the test that was running, once."""
    outcome = ended(None, stdout=RUNNING, problem="pytest was killed after 4 s; last output: x", timed_out=True)
    assert why_unfinished(outcome) == "pytest was killed after 4 s, in tests/test_a.py::test_x[a b]"


def test_a_hanging_start_names_no_test() -> None:
    """Without a test in the output the reason stands as the runner gave it."""
    outcome = ended(None, problem="pytest was killed after 4 s; it had printed nothing", timed_out=True)
    assert why_unfinished(outcome) == "pytest was killed after 4 s; it had printed nothing"


def test_what_never_started_says_why() -> None:
    """The runner's reason is kept."""
    assert why_unfinished(ended(None, problem="pytest is not installed")) == "pytest is not installed"


def test_a_report_too_large_to_read_says_so() -> None:
    """A run that ended well, whose report was not read, is not finished."""
    assert why_unfinished(ended(0, problem="the report has 900 MiB")) == "the report has 900 MiB"


def test_a_crash_names_its_test_and_the_fault() -> None:
    """A segmentation fault is named after what faulthandler printed."""
    outcome = ended(-11, stdout=RUNNING, stderr="Fatal Python error: Segmentation fault\n\nCurrent thread")
    assert why_unfinished(outcome) == ("the test process crashed (Segmentation fault), in tests/test_a.py::test_x[a b]")


@pytest.mark.parametrize(
    ("exit_code", "how"),
    [(0, "pytest ended with exit code 0"), (-9, "pytest was ended by signal 9 (SIGKILL"), (77, "exit code 77")],
)
def test_a_process_that_vanished_is_never_a_pass(exit_code: int, how: str) -> None:
    """os._exit(0) in a test, or a signal, leaves no report: the reason names the ending and the test."""
    reason = why_unfinished(ended(exit_code, stdout=RUNNING))
    assert how in reason
    assert "wrote no report, in tests/test_a.py::test_x[a b]" in reason


def test_a_process_that_vanished_between_tests_says_after_which() -> None:
    """When the last test named has its result, it was the one before."""
    reason = why_unfinished(ended(0, stdout="tests/test_a.py::test_ok PASSED   [ 50%]\nbye"))
    assert reason.endswith(", after tests/test_a.py::test_ok")


def test_a_process_that_vanished_before_the_tests_quotes_its_last_line() -> None:
    """Without a test to name, the last that was said is."""
    assert why_unfinished(ended(3 + 120, stderr="out of luck")).endswith("wrote no report: out of luck")


@pytest.mark.parametrize(
    ("exit_code", "report", "stdout", "stderr", "reason"),
    [
        (2, b"x", f"{RUNNING}\nE   assert 0\n!!!! Exit: no more !!!!\n", "", "interrupted.*test_x.*: Exit: no more$"),
        (2, None, "!!! KeyboardInterrupt !!!\n", "", "interrupted before every test had run: KeyboardInterrupt$"),
        (3, None, "INTERNALERROR> ValueError: x\n", "", r"pytest broke \(exit code 3\): INTERNALERROR> ValueError: x$"),
        (4, None, "", "ERROR: usage: pytest\npytest: error: unrecognized arguments: --cov\n", "--cov$"),
        (
            4,
            None,
            "",
            "ImportError while loading conftest 'c.py'.\nE   ImportError: x\n",
            "conftest 'c.py'.*ImportError: x",
        ),
        (5, b"x", "no tests ran", "", "no test was run: pytest found none"),
        (6, b"x", "too many warnings", "", "pytest ended with exit code 6: too many warnings"),
    ],
)
def test_other_exit_codes_are_explained(
    exit_code: int, report: bytes | None, stdout: str, stderr: str, reason: str
) -> None:
    """Interrupted, broken, misused and empty runs measured nothing, and say it in pytest's own words."""
    outcome = ended(exit_code, report, stdout=stdout, stderr=stderr)
    assert re.search(reason, why_unfinished(outcome))


def test_long_lines_of_a_hostile_suite_are_harmless() -> None:
    """A line without an end is cut before anything looks at it."""
    reason = why_unfinished(ended(0, stdout="a::b" + " " * 200_000 + "x" * 200_000))
    assert len(reason) < 2000


def test_an_empty_report_is_no_pass() -> None:
    """Exit code 0 without a single test is not a result."""
    assert why_inconsistent(ended(0, b"x", stdout="hm"), ()) == "no test was run: pytest's report is empty; it said: hm"


def test_exit_code_1_without_a_failing_test_is_no_pass() -> None:
    """Something that is no test failed the run: the report alone cannot be trusted."""
    tests = (TestCase(id="a", outcome="passed"),)
    assert "has no failing test; it said: it printed nothing" in why_inconsistent(ended(1, b"x"), tests)
    assert why_inconsistent(ended(0, b"x"), tests) == ""
    assert why_inconsistent(ended(1, b"x"), (TestCase(id="a", outcome="error"),)) == ""
