"""Coverage of the lines that changed."""

from __future__ import annotations

import json

import pytest

from ratchetry.collect.test.changed_lines import ChangedCoverage, changed_coverage
from ratchetry.collect.test.coverage_report import read_coverage
from ratchetry.errors import ReportError
from tests.unit.collect.test.suites import COVERAGE, data


def changed(executed: list[int], missing: list[int], added: tuple[int, ...]) -> ChangedCoverage:
    """Return the coverage of changed lines of one file."""
    document = json.loads(data(COVERAGE[0]))
    document["files"] = {"a.py": {"executed_lines": executed, "missing_lines": missing}}
    return changed_coverage(read_coverage(json.dumps(document).encode()), {"a.py": added})


def test_only_changed_executable_lines_count() -> None:
    """Lines that did not change, and changed ones that cannot be executed, do not count."""
    found = changed([1, 2, 3], [7, 8], (2, 3, 4, 5, 7))
    assert (found.covered, found.executable) == (2, 3)


def test_each_stretch_of_missed_lines_is_one_finding() -> None:
    """A stretch names its first and last line; one line alone is named as such."""
    found = changed([4], [1, 2, 3, 5], (1, 2, 3, 4, 5))
    assert [(one.line, one.message) for one in found.findings] == [
        (1, "lines 1-3 are not covered by a test"),
        (5, "line 5 is not covered by a test"),
    ]
    assert {(one.tool, one.rule, one.severity, one.path) for one in found.findings} == {
        ("coverage", "changed-line-not-covered", "info", "a.py")
    }


def test_changed_lines_that_cannot_be_executed_do_not_interrupt() -> None:
    """The lines of one long statement, or a comment, are within a stretch; unchanged lines end it."""
    assert [one.line for one in changed([], [1, 5], (1, 2, 3, 4, 5)).findings] == [1]
    assert [one.line for one in changed([], [1, 5], (1, 5)).findings] == [1, 5]
    assert [one.line for one in changed([3], [1, 5], (1, 2, 3, 4, 5)).findings] == [1, 5]


@pytest.mark.parametrize("added", [(), (9, 10)])
def test_without_changed_executable_lines_there_is_nothing(added: tuple[int, ...]) -> None:
    """No changed statement, no figure and no finding."""
    assert changed([1], [2], added) == ChangedCoverage()


def test_files_that_were_not_measured_do_not_count() -> None:
    """Changed tests and documents are not in the report."""
    report = read_coverage(data(COVERAGE[0]))
    assert changed_coverage(report, {"README.md": (1, 2), "tests/test_a.py": (1,)}) == ChangedCoverage()


def test_a_malformed_changed_file_is_an_error() -> None:
    """What the report says of a changed file is checked."""
    document = json.loads(data(COVERAGE[0])) | {"files": {"a.py": {"executed_lines": 3}}}
    with pytest.raises(ReportError, match=r"a\.py"):
        changed_coverage(read_coverage(json.dumps(document).encode()), {"a.py": (1,)})
