"""Reading detect-secrets' reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.secrets_report import parse
from tests.unit.collect.security.reports import hostile, real, refuses_or_reads


@pytest.mark.parametrize("version", ["1.4.0", "1.5.0"])
def test_secrets_are_read_with_their_place(version: str) -> None:
    """Each secret has its type, file and line, in the order of places."""
    report = parse(real(f"detect-secrets-{version}/without_entropy.json"))
    assert [(row.kind, row.path, row.line) for row in report.secrets] == [
        ("AWS Access Key", "pkg/keys.py", 1),
        ("Basic Auth Credentials", "pkg/keys.py", 2),
        ("Secret Keyword", "settings.cfg", 2),
    ]
    assert report.scanned is None


def test_the_number_of_scanned_files_is_read() -> None:
    """The scanner of ratchetry tells how many files it read, and which it could not."""
    report = parse(b'{"results": {}, "scanned": 3, "unreadable": [{"path": "a", "reason": "no"}]}')
    assert report.scanned == 3
    assert report.unreadable == (("a", "no"),)


@given(st.data())
def test_hostile_reports_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the report holds, the only exception is ReportError."""
    refuses_or_reads(parse, data.draw(hostile(real("detect-secrets-1.5.0/scan.json"))))
