"""Reading CycloneDX documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.sbom_report import parse
from ratchetry.errors import ReportError
from tests.unit.collect.security.reports import hostile, real, refuses_or_reads

VERSIONS = ("7.0.0", "7.5.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_components_of_an_environment_are_listed(version: str) -> None:
    """Every distribution of the environment is a component."""
    bill = parse(real(f"cyclonedx-bom-{version}/environment.json"))
    assert bill.specification == "1.6"
    assert sorted(bill.components) == [("click", "8.1.7"), ("itsdangerous", "2.2.0")]


@pytest.mark.parametrize("version", VERSIONS)
def test_components_of_requirements_may_lack_a_version(version: str) -> None:
    """A requirement without a pin is a component all the same."""
    bill = parse(real(f"cyclonedx-bom-{version}/requirements.json"))
    assert sorted(bill.components) == [("click", "8.1.7"), ("itsdangerous", "2.2.0"), ("tomli", "")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_without_components_is_valid(version: str) -> None:
    """A project that needs nothing has an empty bill."""
    assert parse(real(f"cyclonedx-bom-{version}/empty.json")).components == ()


@pytest.mark.parametrize("document", [b"{}", b'{"bomFormat": "SPDX", "specVersion": "1.6"}', b'{"bomFormat": "Cyc'])
def test_other_documents_are_refused(document: bytes) -> None:
    """What is no CycloneDX document is an error that says so."""
    with pytest.raises(ReportError, match="CycloneDX document cannot be read"):
        parse(document)


@given(st.data())
def test_hostile_documents_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the document holds, the only exception is ReportError."""
    refuses_or_reads(parse, data.draw(hostile(real("cyclonedx-bom-7.5.0/environment.json"))))
