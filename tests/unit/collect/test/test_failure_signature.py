"""What kind of failure a failing test is, and which fail alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.test.failure_signature import Diagnosis, diagnose, normalized
from ratchetry.collect.test.junit_report import Problem, read_junit
from tests.unit.collect.test.suites import JUNIT, SUITE, data

FILES = frozenset({"tests/test_a.py", "tests/conftest.py", "src/pkg/core.py"})
SHORT = """\
tests/test_a.py:5: in test_total
    assert total([1]) == 2
src/pkg/core.py:9: in total
    return sum(numbers) / size
E   ZeroDivisionError: division by zero"""
LONG = """\
    def test_total():
>       assert total([1]) == 2

tests/test_a.py:5:
_ _ _ _ _ _ _ _

>       return sum(numbers) / size
E       ZeroDivisionError: division by zero

src/pkg/core.py:9: ZeroDivisionError"""


def diagnosis(message: str, text: str = "", *, test_path: str = "tests/test_a.py", test_id: str = "t") -> Diagnosis:
    """Return what a failing test of the repository is."""
    problem = Problem(kind="failed", message=message, text=text)
    return diagnose(problem, FILES, root="/repo/scratch", test_path=test_path, test_id=test_id)


@pytest.mark.parametrize(
    ("message", "text", "category"),
    [
        ("assert 1 == 2", "", "assertion"),
        ("AssertionError: 1 != 2", "", "assertion"),
        ("Failed: DID NOT RAISE <class 'ValueError'>", "", "assertion"),
        ("ValueError: boom", "", "exception"),
        ("pkg.errors.NotHereError", "", "exception"),
        ("ModuleNotFoundError: No module named 'x'", "", "import"),
        ("collection failure", "E   ImportError: cannot import name 'x'", "import"),
        ("collection failure", "E   SyntaxError: invalid syntax", "collection"),
        ('failed on setup with "OSError: no device"', "", "setup"),
        ("failed on setup with \"ModuleNotFoundError: No module named 'x'\"", "", "setup"),
        ('failed on teardown with "OSError: no device"', "", "teardown"),
        ("Failed: Timeout (>1.0s) from pytest-timeout.", "", "timeout"),
        ("TimeoutError", "", "timeout"),
        ("subprocess.TimeoutExpired: Command 'x' timed out", "", "timeout"),
        ('failed on setup with "TimeoutError: late"', "", "timeout"),
        ("[XPASS(strict)] ", "[XPASS(strict)] ", "unexpected-success"),
        ("Failed: Unexpected success", "Unexpected success", "unexpected-success"),
        ("worker 'gw0' crashed while running 'tests/test_a.py::test_x'", "", "crash"),
        ("", "", "exception"),
    ],
)
def test_categories(message: str, text: str, category: str) -> None:
    """Each way of failing has its category."""
    assert diagnosis(message, text).category == category


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_the_place_is_the_last_line_of_the_tests_own_file(text: str) -> None:
    """An exception from the sources is shown where the test called them; without that, where it was raised."""
    message = "ZeroDivisionError: division by zero"
    own, foreign = diagnosis(message, SHORT), diagnosis(message, text, test_path="tests/test_b.py")
    assert (own.path, own.line) == ("tests/test_a.py", 5)
    assert (foreign.path, foreign.line) == ("src/pkg/core.py", 9)


def test_places_outside_of_the_repository_do_not_count() -> None:
    """Frames of the standard library and of dependencies are not where the repository fails."""
    text = (
        "/repo/scratch/tests/test_a.py:5: in test\n    x()\n/usr/lib/python3.11/json.py:7: in loads\nE   ValueError: x"
    )
    found = diagnosis("ValueError: x", text)
    assert (found.path, found.line) == ("tests/test_a.py", 5)


def test_a_syntax_error_stands_at_its_line() -> None:
    """What cannot be compiled has no frame: the place is the one Python names."""
    text = 'E     File "/repo/scratch/tests/test_a.py", line 12\nE       def f(:\nE   SyntaxError: invalid syntax'
    found = diagnosis("collection failure", text)
    assert (found.path, found.line, found.headline) == ("tests/test_a.py", 12, "SyntaxError: invalid syntax")


def test_tests_that_fail_in_one_function_fail_alike() -> None:
    """Two tests whose traceback ends in the same function with the same words share a signature."""
    other = SHORT.replace("test_total", "test_mean").replace(":5:", ":50:").replace(":9:", ":11:")
    message = "ZeroDivisionError: division by zero"
    assert diagnosis(message, SHORT).signature == diagnosis(message, other, test_path="tests/test_b.py").signature


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assert 'a' == 'b'", "ValueError: a"),
        ("KeyError: 'name'", "KeyError: 'size'"),
        ("ModuleNotFoundError: No module named 'a'", "ModuleNotFoundError: No module named 'b'"),
        ('failed on setup with "OSError: x"', "OSError: x"),
    ],
)
def test_different_failures_do_not_fail_alike(one: str, other: str) -> None:
    """The kind, the words and the names in them tell failures apart."""
    assert diagnosis(one).signature != diagnosis(other).signature


def test_without_a_traceback_only_the_test_itself_fails_alike() -> None:
    """Unexpected successes of two tests are two failures; of two parameters of one test they are one."""
    message = "[XPASS(strict)] "
    first, second = (diagnosis(message, test_id=f"tests/test_a.py::test_x[{value}]").signature for value in "ab")
    assert first == second != diagnosis(message, test_id="tests/test_a.py::test_y").signature


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<Thing object at 0x7f2b3c4d5e6f>", "<Thing object at 0x55d1c0ffee00>"),
        ("<object object at ...7fca41abe420>", "<object object at ...7fbf75b82a30>"),
        ("took 0.123s", "took 12.5s"),
        ("OSError: /tmp/pytest-of-me/pytest-12/x0/out.txt", "OSError: /private/var/folders/a1/out.txt"),
        ("at 2026-11-20T18:05:22.589504+00:00", "at 2025-01-02 03:04:05"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-e89b-12d3-a456-426614174999"),
        ("sha deadbeef01234567", "sha 0123456789abcdef"),
        ("assert 'some words' == 'other words'", "assert 'more words' == 'no words at all'"),
        ("line 12:\n  x", "line 345: x"),
        ("\x1b[31mred\x1b[0m", "red"),
    ],
)
def test_what_differs_between_two_runs_is_left_out(one: str, other: str) -> None:
    """Addresses, times, numbers, temporary paths, digests and quoted data do not make another failure."""
    assert normalized(one) == normalized(other)


def test_quoted_names_are_kept() -> None:
    """A quoted identifier is what the failure is about."""
    assert normalized("no attribute 'size' in \"pkg.core\"") == "no attribute 'size' in \"pkg.core\""


def test_evidence_holds_the_deciding_lines() -> None:
    """The place and the lines marked with E, without the margin; the machine's paths are gone."""
    text = "/repo/scratch/tests/test_a.py:5: in test\n    x()\nE   assert 1 == 2\nE    +  where 1 = f()"
    assert diagnosis("assert 1 == 2", text).evidence == "tests/test_a.py:5\nassert 1 == 2\n +  where 1 = f()"


def test_evidence_has_a_limit() -> None:
    """Long explanations are cut, and it is said how much is missing."""
    text = "\n".join(f"E   line {number}" for number in range(50))
    assert diagnosis("AssertionError", text).evidence.splitlines()[-1] == "… 30 more lines"
    assert len(diagnosis("x", "E   " + "y" * 9999).evidence) == 2000


def test_a_missing_fixture_is_named() -> None:
    """What pytest says of it begins with the file: the deciding line is the one that names the fixture."""
    text = "file /repo/scratch/tests/test_a.py, line 5\nE       fixture 'db' not found\n>       available fixtures: x"
    found = diagnosis(f'failed on setup with "{text}"', text)
    assert (found.category, found.headline) == ("setup", "fixture 'db' not found")


@pytest.mark.parametrize("name", JUNIT[1:])
def test_signatures_are_the_same_in_every_version_of_pytest(name: str) -> None:
    """An upgrade of pytest makes no new failures."""

    def signatures(report: str) -> dict[str, str]:
        return {
            test.id: diagnose(test.problems[0], frozenset(SUITE), test_path=test.path, test_id=test.id).signature
            for test in read_junit(data(report), frozenset(SUITE))
            if test.problems
        }

    assert signatures(name) == signatures(JUNIT[0])


@given(st.text(max_size=200), st.text(max_size=500))
def test_any_text_has_a_diagnosis(message: str, text: str) -> None:
    """Whatever a test says when it fails, it gets a signature, a category and evidence of bounded size."""
    found = diagnosis(message, text)
    assert len(found.signature) == 16
    assert found.category
    assert found.headline
    assert 0 < len(found.evidence) <= 2000
