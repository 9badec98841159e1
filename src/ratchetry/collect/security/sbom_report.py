"""CycloneDX documents (https://cyclonedx.org/docs/1.6/json/)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode

_WHAT: Final = "the CycloneDX document"
_Name = Annotated[str, Meta(min_length=1, max_length=4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillOfMaterials:
    """The version of the format, and the name and version of every component, in the document's order."""

    specification: str
    components: tuple[tuple[str, str], ...]


class _Component(msgspec.Struct, kw_only=True):
    """One component, in CycloneDX' JSON."""

    type: str
    name: _Name
    version: str = ""


class _Document(msgspec.Struct, kw_only=True):
    """The document, in CycloneDX' JSON."""

    bom_format: Literal["CycloneDX"] = msgspec.field(name="bomFormat")
    spec_version: Annotated[str, Meta(pattern=r"^1\.[0-9]{1,2}$")] = msgspec.field(name="specVersion")
    components: tuple[_Component, ...] = ()


def parse(report: bytes) -> BillOfMaterials:
    """Return what a CycloneDX JSON document lists; a document without the list lists nothing.

    Raises ReportError when it is cut, malformed or no CycloneDX document.
    """
    document = decode(report, _Document, _WHAT)
    return BillOfMaterials(
        specification=document.spec_version,
        components=tuple((row.name, row.version) for row in document.components),
    )
