"""JUnit XML reports of any tool: the tests of one run, in one file or, as Surefire writes them, in many.

There is no standard; what tools write has been collected at https://github.com/testmoapp/junitxml.  Repeated testcases
of one name are reruns in what pytest writes; elsewhere they are tests that happen to be called the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.collect.stage import status_of
from ratchetry.collect.test.junit_report import TestCase, read_junit
from ratchetry.collect.test.results import FAILING, diagnoses_of, failures_of, figures, result_of
from ratchetry.domain.merge import merge
from ratchetry.domain.record import Fragment, RunRecord
from ratchetry.errors import ReportError
from ratchetry.history.imports.entries import (
    About,
    Content,
    File,
    Found,
    LeftOut,
    Moment,
    Note,
    moment,
    run_record,
    said,
    told,
)

NAME: Final = "junit"
_STAGE: Final = "test"
_MAX_SUITES: Final = 100_000
_ABSENT: Final = {"coverage": "a JUnit report does not hold it"}
_PYTEST: Final = frozenset({"pytest", "pytest tests"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """One report: its tests and the earliest time that it names."""

    file: File
    tests: tuple[TestCase, ...]
    started: Moment | None


class _Suites:
    """Takes the parser's events and keeps what the suites say of themselves; no tree is built."""

    def __init__(self) -> None:
        self.started: Moment | None = None
        self.of_pytest = False
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if tag not in {"testsuites", "testsuite"} or self._count > _MAX_SUITES:
            return
        self._count += 1
        self.of_pytest = self.of_pytest or attributes.get("name", "") in _PYTEST
        found = moment(attributes.get("timestamp"))
        if found and (self.started is None or found.text < self.started.text):
            self.started = found

    def end(self, tag: str) -> None:
        """Hear that an element ends."""

    def data(self, text: str) -> None:
        """Hear text."""

    def close(self) -> None:
        """Hear that the document ends."""


def read(files: Sequence[File], about: About) -> Iterator[Found]:
    """Yield the run that some reports are of, and before it what of them was left out or assumed.

    Its time is the earliest that they name, otherwise what `about` says, otherwise when the first file was changed.
    """
    reports: list[_Report] = []
    for file in files:
        try:
            reports.append(_report(file))
        except ReportError as error:
            yield LeftOut(where=file.name, reason=said(error))
    if not reports:
        return
    zoneless = [one.file.name for one in reports if one.started and not one.started.zoned]
    if zoneless:
        yield Note(where=zoneless[0], what="its time names no zone and was taken for UTC")
    started = min((one.started.text for one in reports if one.started), default="") or about.started
    changed = "" if started else min(one.file.modified for one in reports)
    if changed:
        yield Note(where=reports[0].file.name, what="names no time: that of its last change was taken")
    if not (started or changed):
        yield LeftOut(where=reports[0].file.name, reason="names no time; say it with --started")
        return
    yield _record(reports, about, started or changed)


def _record(reports: Sequence[_Report], about: About, started: str) -> RunRecord:
    """Return the run of some reports."""
    cases = [test for one in reports for test in one.tests]
    diagnoses = diagnoses_of(cases)
    merged = merge([Fragment(tests=tuple(result_of(test, diagnoses.get(test.id)) for test in cases)), Fragment()]).tests
    failed = sum(test.outcome in FAILING for test in merged)
    metrics = figures(merged)
    missing = {} if "tests.pass_rate" in metrics else {"tests.pass_rate": "every test was skipped"}
    stage = status_of(
        failed=failed > 0,
        failure=f"{failed} of {len(merged)} tests failed",
        unmeasured={**_ABSENT, **missing},
        tools={},
    )
    digests = sorted(hashlib.sha256(one.file.data).hexdigest() for one in reports)
    # When a file was changed is not part of it: a copy of it is the same run.
    identity = (NAME, about.commit, about.branch, about.started, *digests)
    content = Content(stages={_STAGE: stage}, metrics=metrics, tests=merged, failures=failures_of(diagnoses))
    return run_record(identity, told(replace(about, started=""), started=started), content)


def _report(file: File) -> _Report:
    """Return what a report holds; raises ReportError when it is none, or holds no test."""
    from defusedxml.ElementTree import XMLParser

    tests = read_junit(file.data)
    if not tests:
        msg = "it holds no test"
        raise ReportError(msg)
    suites = _Suites()
    parser = XMLParser(target=suites, forbid_dtd=True)
    parser.feed(file.data)  # read_junit has parsed it without an error just before
    parser.close()
    return _Report(
        file=file, tests=tests if suites.of_pytest else tuple(map(_of_any_tool, tests)), started=suites.started
    )


def _of_any_tool(test: TestCase) -> TestCase:
    """Return a test as tools other than pytest mean it: testcases of one name that went well are no reruns.

    A problem without a message is called by the first line of its text, where pytest has it in the last.
    """
    problems = tuple(
        problem if problem.message else replace(problem, message=problem.text.partition("\n")[0])
        for problem in test.problems
    )
    if test.outcome == "flaky" and not problems:
        return replace(test, outcome="passed", attempts=1)
    return replace(test, problems=problems)
