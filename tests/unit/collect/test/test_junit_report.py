"""pytest's JUnit reports: of three versions in both families, by hand, and damaged."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ratchetry.collect.test.junit_report import MAX_TESTS, MAX_TEXT, TestCase, read_junit
from ratchetry.errors import ReportError
from tests.unit.collect.test.suites import JUNIT, SUITE, case, data, junit

OUTCOMES = {
    "tests/test_import.py": ("error", 1),
    "tests/test_syntax.py": ("error", 1),
    "tests/test_outcomes.py::test_passes": ("passed", 1),
    "tests/test_outcomes.py::test_fails": ("failed", 1),
    "tests/test_outcomes.py::test_raises": ("failed", 1),
    "tests/test_outcomes.py::test_flaky[a b]": ("flaky", 2),
    "tests/test_outcomes.py::test_flaky[c::d]": ("flaky", 2),
    "tests/test_outcomes.py::test_flaky[[e]]": ("flaky", 2),
    "tests/test_outcomes.py::test_fails_every_time": ("failed", 3),
    "tests/test_outcomes.py::test_setup_error": ("error", 1),
    "tests/test_outcomes.py::test_teardown_error": ("error", 1),
    "tests/test_outcomes.py::test_fails_and_teardown_error": ("failed", 1),
    "tests/test_outcomes.py::test_fails_and_teardown_error_twice": ("failed", 2),
    "tests/test_outcomes.py::test_skipped": ("skipped", 1),
    "tests/test_outcomes.py::test_xfails": ("skipped", 1),
    "tests/test_outcomes.py::test_xpasses": ("passed", 1),
    "tests/test_outcomes.py::test_xpasses_strictly": ("failed", 1),
    "tests/test_outcomes.py::TestGroup::test_inherited": ("failed", 1),
    "tests/test_outcomes.py::TestGroup::TestInner::test_nested": ("passed", 1),
    "tests/test_outcomes.py::CaseTest::test_expected": ("skipped", 1),
    "tests/test_outcomes.py::CaseTest::test_flaky": ("flaky", 2),
    "tests/test_outcomes.py::CaseTest::test_subtests": ("failed", 1),
    "tests/test_outcomes.py::CaseTest::test_unexpected_success": ("failed", 1),
    "tests/test_outcomes.py::ClassSetupTest::test_one": ("error", 1),
    "tests/test_outcomes.py::ClassSetupTest::test_two": ("error", 1),
}


def only(*cases: str) -> TestCase:
    """Return the one test that a report speaks of."""
    (test,) = read_junit(junit(*cases))
    return test


@pytest.mark.parametrize("name", JUNIT)
def test_every_version_and_family_gives_the_same_outcomes(name: str) -> None:
    """Whatever version wrote the report, each test has its identifier, outcome and number of attempts."""
    tests = read_junit(data(name), frozenset(SUITE))
    assert {test.id: (test.outcome, test.attempts) for test in tests} == OUTCOMES


def test_a_test_stands_at_its_definition() -> None:
    """The line counts from 1; of an inherited test, defined elsewhere, only the file is known."""
    tests = {test.id: test for test in read_junit(data(JUNIT[0]), frozenset(SUITE))}
    passes = tests["tests/test_outcomes.py::test_passes"]
    inherited = tests["tests/test_outcomes.py::TestGroup::test_inherited"]
    assert (passes.path, passes.line) == ("tests/test_outcomes.py", 17)
    assert (inherited.path, inherited.line) == ("tests/test_outcomes.py", 0)


def test_without_the_files_of_the_repository_names_stay_as_they_are() -> None:
    """The xunit2 family names no file: then the class name says what it can."""
    tests = read_junit(data("pytest-9.2.0/outcomes-xunit2.xml"))
    assert "tests.test_outcomes.TestGroup::test_inherited" in {test.id for test in tests}


def test_attempts_given_up_leave_empty_testcases() -> None:
    """What pytest-rerunfailures 16 leaves of a test that passed at the third attempt is flaky, its times added up."""
    test = only(case("test_x"), case("test_x"), case("test_x"))
    assert (test.outcome, test.attempts, test.duration) == ("flaky", 3, 1.5)


def test_attempts_given_up_do_not_hide_a_failure() -> None:
    """A test that failed at every attempt has failed."""
    test = only(case("test_x"), case("test_x", '<failure message="boom">text</failure>'))
    assert (test.outcome, test.attempts) == ("failed", 2)


def test_a_failure_among_duplicates_is_not_forgiven_without_a_rerun() -> None:
    """Two tests of one name, of which one failed, are no flaky test: nothing says that it was tried again."""
    assert only(case("test_x", "<failure>a</failure>"), case("test_x")).outcome == "failed"


def test_a_rerun_that_is_told_forgives_the_attempts_before() -> None:
    """With the property of reruns the last attempt decides."""
    told = '<properties><property name="ratchetry.reruns" value="1"/></properties>'
    assert only(case("test_x", "<failure>a</failure>"), case("test_x", told)).outcome == "flaky"
    assert only(case("test_x"), case("test_x", f"{told}<error>a</error>")).outcome == "error"


def test_a_teardown_error_after_a_rerun_is_kept() -> None:
    """The error of the teardown belongs to the attempt before it and does not replace its failure."""
    told = '<properties><property name="ratchetry.reruns" value="1"/></properties>'
    test = only(
        case("test_x", "<failure>a</failure>"), case("test_x", f'{told}<error message="failed on teardown with x"/>')
    )
    assert (test.outcome, test.attempts, len(test.problems)) == ("failed", 2, 2)


@pytest.mark.parametrize(
    ("content", "outcome", "attempts"),
    [
        ("<flakyFailure message='m'><stackTrace>t</stackTrace><system-out>o</system-out></flakyFailure>", "flaky", 2),
        ("<flakyError/><flakyFailure/>", "flaky", 3),
        ("<failure/><rerunFailure/><rerunError/>", "failed", 3),
        ("<error/><rerunError/>", "error", 2),
        ("<rerunFailure/>", "flaky", 2),
    ],
)
def test_surefire_reruns_are_understood(content: str, outcome: str, attempts: int) -> None:
    """flakyFailure, flakyError, rerunFailure and rerunError each stand for one attempt."""
    test = only(case("test_x", content))
    assert (test.outcome, test.attempts) == (outcome, attempts)


def test_the_text_of_a_flaky_failure_is_kept() -> None:
    """The stack trace of an attempt that was given up is there; what the test printed is not."""
    content = "<flakyFailure message='m'><stackTrace>trace</stackTrace><system-out>printed</system-out></flakyFailure>"
    (problem,) = only(case("test_x", content)).problems
    assert (problem.kind, problem.message, problem.text) == ("failed", "m", "trace")


def test_several_problems_of_one_test_count_once() -> None:
    """Subtests that fail give one failed test with all their problems, at most ten."""
    test = only(case("test_x", "<failure>a</failure><error>b</error>" + "<failure>c</failure>" * 20))
    assert test.outcome == "failed"
    assert [problem.text for problem in test.problems] == ["a", "b", *"c" * 8]


def test_failure_texts_and_identifiers_have_a_limit() -> None:
    """A text is cut; a name is cut too, but stays apart from others that begin alike."""
    test = only(case("x" * 5000, f"<failure message='{'m' * 9999}'>{'t' * 99999}</failure>"))
    assert len(test.problems[0].text) == len(test.problems[0].message) == MAX_TEXT
    assert len(test.id) <= 1000
    assert test.id != only(case("x" * 5001)).id


@pytest.mark.parametrize(("time", "seconds"), [("0.25", 0.25), ("-0.001", 0.0), ("1e3", 1000.0)])
def test_durations_are_finite_and_never_negative(time: str, seconds: float) -> None:
    """A clock that a test turned back makes no negative duration."""
    assert only(case("test_x", time=time)).duration == seconds


@pytest.mark.parametrize("time", ["nan", "inf", "1e10", "soon", ""])
def test_a_duration_that_is_no_number_is_an_error(time: str) -> None:
    """NaN, infinity and words are no seconds: the report says what it does not know."""
    with pytest.raises(ReportError, match=r"JUnit report cannot be read: .* seconds"):
        read_junit(junit(case("test_x", time=time)))


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (b"", "no element found"),
        (b"\xff\xfe\x00", "unclosed token"),
        (b"<html/>", "root element is 'html'"),
        (b'<?xml version="1.0" encoding="klingon"?><testsuites/>', "klingon|encoding"),
        (b'<!DOCTYPE x [<!ENTITY a "a">]><testsuites>&a;</testsuites>', "DTDForbidden"),
        (b"<testsuites>&a;</testsuites>", "undefined entity"),
        (junit("<testcase><testcase/></testcase>"), "inside another"),
        (data(JUNIT[0])[:3000], "no element found|unclosed token"),
    ],
)
def test_damaged_reports_say_what_is_wrong(report: bytes, why: str) -> None:
    """What is no JUnit report, is cut off, or tries tricks, is an error naming the report."""
    with pytest.raises(ReportError, match=f"the JUnit report cannot be read: .*({why})"):
        read_junit(report)


def test_entity_bombs_are_refused() -> None:
    """A document that would grow to gigabytes is refused where it is declared."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE b [<!ENTITY l0 "lol">{entities}]><testsuites>&l11;</testsuites>'
    with pytest.raises(ReportError, match="DTDForbidden"):
        read_junit(bomb.encode())


def test_too_many_tests_are_refused() -> None:
    """A report with more tests than any suite has is refused, not cut."""
    with pytest.raises(ReportError, match="more than the 100,000 testcases"):
        read_junit(junit("<testcase/>" * (MAX_TESTS + 1)))


def test_deep_nesting_is_harmless() -> None:
    """No tree is built: elements inside each other cost nothing."""
    report = junit(case("test_x", "<a>" * 20_000 + "</a>" * 20_000))
    assert [test.outcome for test in read_junit(report)] == ["passed"]


def test_a_report_without_tests_has_none() -> None:
    """An empty suite is readable; that nothing ran is for the stage to say."""
    assert read_junit(b"<testsuites/>") == ()


def readable(report: bytes) -> None:
    """Assert that a report gives sane tests or a ReportError."""
    try:
        tests = read_junit(report, frozenset(SUITE))
    except ReportError:
        return
    assert len({test.id for test in tests}) == len(tests)
    assert all(math.isfinite(test.duration) and test.duration >= 0 and test.attempts >= 1 for test in tests)


@given(st.binary(max_size=300))
@example(b"\x00")
def test_arbitrary_bytes_never_raise_anything_else(report: bytes) -> None:
    """Whatever stands in the file, there is a result or a ReportError."""
    readable(report)


@given(st.sampled_from(JUNIT), st.integers(0, 12_000), st.binary(max_size=8), st.integers(0, 30))
def test_damaged_real_reports_never_raise_anything_else(name: str, at: int, put: bytes, cut: int) -> None:
    """A real report with bytes replaced somewhere gives a result or a ReportError."""
    report = data(name)
    readable(report[:at] + put + report[at + cut :])


@given(st.sampled_from(JUNIT), st.integers(0, 12_000))
def test_truncated_reports_are_errors(name: str, length: int) -> None:
    """A report that is not whole is never taken for a smaller suite."""
    report = data(name)
    if length < len(report.rstrip()):
        with pytest.raises(ReportError):
            read_junit(report[:length])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["testcase", "failure", "error", "skipped", "property", "flakyError", "system-out", "x"]),
            st.dictionaries(
                st.sampled_from(["name", "classname", "file", "line", "time", "message", "value"]),
                st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="<>&'\""), max_size=12)
                | st.sampled_from(["ratchetry.reruns", "1", "-1", "1e999", "nan", "9" * 30]),
                max_size=5,
            ),
        ),
        max_size=12,
    )
)
def test_arbitrary_elements_never_raise_anything_else(elements: list[tuple[str, dict[str, str]]]) -> None:
    """Well-formed reports with senseless elements and attributes give a result or a ReportError."""
    opened = [f"<{tag} {_written(attributes)}>" for tag, attributes in elements]
    closed = [f"</{tag}>" for tag, _ in reversed(elements)]
    readable(junit(*opened, *closed))


def _written(attributes: dict[str, str]) -> str:
    """Return attributes as they stand in a tag."""
    return " ".join(f"{name}='{value}'" for name, value in attributes.items())
