"""Reading bandit's reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.bandit_report import Issue, parse
from ratchetry.errors import ReportError
from tests.unit.collect.security.reports import hostile, real, refuses_or_reads

VERSIONS = ("1.8.0", "1.9.4")


@pytest.mark.parametrize("version", VERSIONS)
def test_issues_are_read_with_their_place(version: str) -> None:
    """Each issue has its rule, severity, file and line; the suppressed call is not among them."""
    report = parse(real(f"bandit-{version}/findings.json"))
    assert [(row.rule, row.severity, row.line) for row in report.issues] == [
        ("B404", "low", 1),
        ("B101", "low", 6),
        ("B602", "high", 7),
        ("B324", "high", 11),
    ]
    assert report.issues[2] == Issue(
        rule="B602",
        severity="high",
        confidence="high",
        path="pkg/risky.py",
        line=7,
        text="subprocess call with shell=True identified, security issue.",
    )
    assert report.files == ("pkg/__init__.py", "pkg/risky.py")
    assert report.errors == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_files_that_cannot_be_parsed_are_errors(version: str) -> None:
    """A file that is no Python is named with the reason."""
    report = parse(real(f"bandit-{version}/broken.json"))
    assert report.errors == (("pkg/broken.py", "syntax error while parsing AST from file"),)


def test_a_report_without_totals_is_refused() -> None:
    """A document with empty lists is not yet a report."""
    with pytest.raises(ReportError, match="no totals"):
        parse(b'{"results": [], "errors": [], "metrics": {}}')


@given(st.data())
def test_hostile_reports_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the report holds, the only exception is ReportError."""
    refuses_or_reads(parse, data.draw(hostile(real("bandit-1.9.4/findings.json"))))
