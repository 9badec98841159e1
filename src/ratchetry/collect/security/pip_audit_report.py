"""pip-audit's JSON report (https://github.com/pypa/pip-audit#usage): what was audited and what was skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode

_Text = Annotated[str, Meta(max_length=4096)]
_WHAT: Final = "pip-audit's report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """A known vulnerability under all its identifiers, the one that pip-audit prefers first."""

    ids: tuple[str, ...]
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A dependency that the service was asked about, and what is known of it."""

    name: str
    version: str
    vulnerabilities: tuple[Vulnerability, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A dependency that pip-audit did not audit, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Every dependency of the report, audited or skipped."""

    audited: tuple[Audited, ...]
    skipped: tuple[Skipped, ...]


class _Entry(msgspec.Struct, kw_only=True):
    """One vulnerability, in pip-audit's JSON."""

    id: _Text
    fix_versions: tuple[_Text, ...] = ()
    aliases: tuple[_Text, ...] = ()


class _Dependency(msgspec.Struct, kw_only=True):
    """One dependency, in pip-audit's JSON: skipped, or with a version and its vulnerabilities."""

    name: _Text
    version: _Text | None = None
    vulns: tuple[_Entry, ...] | None = None
    skip_reason: str | None = None


class _Document(msgspec.Struct, kw_only=True):
    """The report, in pip-audit's JSON."""

    dependencies: tuple[_Dependency, ...]


def parse(report: bytes) -> AuditReport:
    """Return what a report of `pip-audit --format json` says of each dependency.

    A dependency without a version or without a list of vulnerabilities was not audited, whatever the reason.
    Raises ReportError when the report is cut, malformed or of another shape.
    """
    document = decode(report, _Document, _WHAT)
    audited: dict[tuple[str, str], Audited] = {}
    skipped: dict[str, Skipped] = {}
    for row in document.dependencies:
        if row.skip_reason is not None or row.version is None or row.vulns is None:
            skipped[row.name] = Skipped(name=row.name, reason=(row.skip_reason or "pip-audit gave no result")[:1000])
            continue
        earlier = audited.get((row.name, row.version))
        found = (*(earlier.vulnerabilities if earlier else ()), *map(_vulnerability, row.vulns))
        audited[row.name, row.version] = Audited(
            name=row.name, version=row.version, vulnerabilities=_without_aliases(found)
        )
    return AuditReport(audited=tuple(audited.values()), skipped=tuple(skipped.values()))


def _vulnerability(entry: _Entry) -> Vulnerability:
    """Return an entry of the report as a vulnerability, aliases in a fixed order."""
    aliases = sorted(set(entry.aliases) - {entry.id})
    return Vulnerability(ids=(entry.id, *aliases), fixed=tuple(dict.fromkeys(entry.fix_versions)))


def _without_aliases(found: tuple[Vulnerability, ...]) -> tuple[Vulnerability, ...]:
    """Return the vulnerabilities of one dependency, those that share an identifier joined into one.

    Advisory databases describe one vulnerability each in an entry of its own (PYSEC-…, GHSA-…, CVE-…).
    """
    groups: list[Vulnerability] = []
    for entry in found:
        same = [group for group in groups if not set(group.ids).isdisjoint(entry.ids)]
        groups = [group for group in groups if group not in same]
        groups.append(
            Vulnerability(
                ids=tuple(dict.fromkeys(name for row in (*same, entry) for name in row.ids)),
                fixed=tuple(dict.fromkeys(version for row in (*same, entry) for version in row.fixed)),
            )
        )
    return tuple(groups)
