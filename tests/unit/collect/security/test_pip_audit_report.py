"""Reading pip-audit's reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.pip_audit_report import Audited, Vulnerability, parse
from ratchetry.errors import ReportError
from tests.unit.collect.security.reports import hostile, real, refuses_or_reads

VERSIONS = ("2.10.0", "2.10.1")


@pytest.mark.parametrize("version", VERSIONS)
def test_entries_that_share_an_identifier_are_one_vulnerability(version: str) -> None:
    """The service has two entries for CVE-2018-18074, which is one vulnerability of requests."""
    report = parse(real(f"pip-audit-{version}/vulnerable.json"))
    assert {row.name: len(row.vulnerabilities) for row in report.audited} == {
        "jinja2": 3,
        "requests": 2,
        "pyyaml": 1,
        "itsdangerous": 0,
    }
    requests = next(row for row in report.audited if row.name == "requests")
    assert requests.vulnerabilities[0] == Vulnerability(
        ids=("PYSEC-2018-28", "CVE-2018-18074", "GHSA-x84v-xcm2-53pg"), fixed=("2.20.0",)
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_clean_report_names_what_was_audited(version: str) -> None:
    """Without vulnerabilities the report still says what the service was asked about."""
    report = parse(real(f"pip-audit-{version}/clean.json"))
    assert report.audited == (Audited(name="itsdangerous", version="2.2.0"),)
    assert report.skipped == ()


@pytest.mark.parametrize("name", ["2.9.0/offline", "2.10.1/skipped"])
def test_skipped_dependencies_are_not_audited_ones(name: str) -> None:
    """Reports written without network, or about packages from elsewhere, hold nothing but reasons."""
    report = parse(real(f"pip-audit-{name}.json"))
    assert report.audited == ()
    assert report.skipped
    assert all(row.reason for row in report.skipped)


def test_a_chain_of_aliases_is_one_vulnerability() -> None:
    """Two entries that share nothing are one vulnerability if a third shares an identifier with each."""
    vulns = '[{"id": "A"}, {"id": "C"}, {"id": "B", "aliases": ["C", "A"]}]'
    report = parse(f'{{"dependencies": [{{"name": "x", "version": "1", "vulns": {vulns}}}]}}'.encode())
    assert [row.ids for row in report.audited[0].vulnerabilities] == [("A", "C", "B")]


def test_a_dependency_without_a_result_was_not_audited() -> None:
    """A row without vulnerabilities or a version is never taken for clean."""
    report = parse(b'{"dependencies": [{"name": "x", "version": "1"}, {"name": "y", "vulns": []}]}')
    assert report.audited == ()
    assert [row.name for row in report.skipped] == ["x", "y"]


@pytest.mark.parametrize("document", [b"", b"null", b"[]", b'{"fixes": []}', b"No known vulnerabilities found"])
def test_other_documents_are_refused(document: bytes) -> None:
    """What is no report is an error that names pip-audit."""
    with pytest.raises(ReportError, match="pip-audit's report cannot be read"):
        parse(document)


@given(st.data())
def test_hostile_reports_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the report holds, the only exception is ReportError."""
    refuses_or_reads(parse, data.draw(hostile(real("pip-audit-2.10.1/vulnerable.json"))))
