"""The tests of a run as JUnit XML, in the dialect of pytest, with the reruns of Maven Surefire.

There is no standard; this is the common part of https://github.com/jenkinsci/xunit-plugin (junit-10.xsd),
https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd (rerunFailure, flakyFailure)
and what pytest writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ratchetry.domain.record import Failure, RunRecord, TestResult
from ratchetry.report.markup import DECLARATION, body, element
from ratchetry.report.text import clip, neutralize, neutralize_lines

MOST_RERUNS: Final = 20
"""Of one test that are shown, however often it was run."""
_SUMMARY: Final = 500
_STAGE: Final = "test"
_FAMILY: Final = "tests"


def render(record: RunRecord) -> bytes:
    """Return the tests of a run, one suite for each file.

    A run whose tests were not measured, or not all of them, has a case of its own that says so and is an error: no
    reader may take it for a run without failures.
    """
    known = {failure.signature: failure for failure in record.failures}
    suites = [_suite(path, tests, known, record.run.started) for path, tests in _by_file(record.tests)]
    missing = _not_measured(record)
    if missing:
        suites.append(missing)
    totals = {"name": "ratchetry", **_counts(record.tests, errors=1 if missing else 0)}
    return (DECLARATION + element("testsuites", totals, "\n", *suites)).encode("utf-8")


def place_of(identifier: str) -> tuple[str, str, str]:
    """Return the file, class name and name of a test, the way pytest's report has them."""
    head, bracket, parameters = identifier.partition("[")
    path, _, inner = head.partition("::")
    classes, _, name = inner.rpartition("::")
    module = path.removesuffix(".py").replace("/", ".")
    classname = ".".join(part for part in (module, classes.replace("::", ".")) if part)
    if not inner:
        return "", "", identifier
    return path, classname, f"{name}{bracket}{parameters}"


def _by_file(tests: Iterable[TestResult]) -> Iterable[tuple[str, Sequence[TestResult]]]:
    """Return the tests of each file, in the order in which files and tests first appear."""
    grouped: dict[str, list[TestResult]] = {}
    for test in tests:
        grouped.setdefault(place_of(test.id)[0], []).append(test)
    return grouped.items()


def _suite(path: str, tests: Sequence[TestResult], known: Mapping[str, Failure], started: str) -> str:
    """Return the tests of one file."""
    when = {"timestamp": started} if started else {}
    cases = (_case(test, known) for test in tests)
    return element("testsuite", {"name": path or "tests", **_counts(tests), **when}, "\n", *cases)


def _counts(tests: Sequence[TestResult], errors: int = 0) -> Mapping[str, str]:
    """Return the attributes that count tests; `errors` are more of these."""
    outcomes = [test.outcome for test in tests]
    return {
        "tests": str(len(tests) + errors),
        "failures": str(outcomes.count("failed")),
        "errors": str(outcomes.count("error") + errors),
        "skipped": str(outcomes.count("skipped")),
        "time": f"{sum(test.duration for test in tests):.6f}",
    }


def _case(test: TestResult, known: Mapping[str, Failure]) -> str:
    """Return one test, with how it ended and the runs that were tried before."""
    path, classname, name = place_of(test.id)
    attributes = {"classname": classname, "name": name, **({"file": path} if path else {})}
    identity = element("property", {"name": "ratchetry.id", "value": test.id})
    content = ["\n", element("properties", {}, "\n", identity)]
    earlier = min(test.attempts - 1, MOST_RERUNS)
    failure = known.get(test.signature)
    match test.outcome:
        case "failed" | "error":
            content.append(_failure("failure" if test.outcome == "failed" else "error", test, failure))
            content += [_failure("rerunFailure", test, None)] * earlier
        case "flaky":
            content += [_failure("flakyFailure", test, failure)] * max(earlier, 1)
        case "skipped":
            content.append(element("skipped", {}))
        case "passed":
            pass
    return element("testcase", {**attributes, "time": f"{test.duration:.6f}"}, *content)


def _failure(name: str, test: TestResult, failure: Failure | None) -> str:
    """Return one way of failing, with its evidence where that is known."""
    if failure is None:
        return element(name, {"message": test.signature or test.outcome, "type": test.outcome})
    first = next((line.strip() for line in failure.evidence.splitlines() if line.strip()), failure.category)
    told = {"message": clip(neutralize(first), _SUMMARY), "type": failure.category or test.outcome}
    return element(name, told, body(neutralize_lines(failure.evidence)))


def _not_measured(record: RunRecord) -> str:
    """Return the suite that says that tests were not measured, empty when they were."""
    why = _reason(record)
    if not why:
        return ""
    message = clip(neutralize(why), _SUMMARY)
    error = element("error", {"message": f"not measured: {message}", "type": "not_measured"})
    case = element("testcase", {"classname": "ratchetry", "name": "tests were measured", "time": "0"}, "\n", error)
    counts = {"tests": "1", "failures": "0", "errors": "1", "skipped": "0", "time": "0"}
    return element("testsuite", {"name": "ratchetry", **counts}, "\n", case)


def _reason(record: RunRecord) -> str:
    """Return why the tests, or some of them, were not measured; empty when all were."""
    stage = record.stages.get(_STAGE)
    if stage is None:
        return "the run had no test stage"
    if _FAMILY in stage.unmeasured:
        return stage.unmeasured[_FAMILY]
    is_missing = stage.status == "skipped" or (stage.status == "not_measured" and not stage.unmeasured)
    return stage.reason if is_missing and not record.tests else ""
