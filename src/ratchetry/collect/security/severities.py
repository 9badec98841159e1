"""Severities of vulnerabilities, from the advisories of a service that speaks the OSV protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ratchetry.collect.security.advisory import rate
from ratchetry.collect.security.pip_audit_report import Vulnerability
from ratchetry.domain.record import Severity
from ratchetry.errors import ReportError, UnreachableError
from ratchetry.ports import Fetch

MOST_REQUESTS: Final = 200
_PATIENCE: Final = 5
"""So many advisories in a row may fail before the service is taken to be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How severe a vulnerability is; `reason` says why that is unknown."""

    severity: Severity
    reason: str = ""


def service(osv_url: str) -> str:
    """Return the address of an OSV service without the path of its protocol, which users may or may not write."""
    address = osv_url.strip().rstrip("/")
    return address.removesuffix("/query").removesuffix("/v1").rstrip("/")


def without_credentials(address: str) -> str:
    """Return an address as it may be shown: without the user and password that it may hold."""
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}" if separator else address


def rate_all(vulnerabilities: Iterable[Vulnerability], osv_url: str, fetch: Fetch) -> Mapping[tuple[str, ...], Rating]:
    """Return the rating of each vulnerability by its identifiers.

    Its identifiers are asked for one after the other until one has a rating; no identifier is asked for twice.
    After 200 requests, or 5 failures in a row, the service is left alone and the rest stays unknown.
    """
    asked: dict[str, Rating] = {}
    ratings: dict[tuple[str, ...], Rating] = {}
    for vulnerability in vulnerabilities:
        if vulnerability.ids not in ratings:
            ratings[vulnerability.ids] = _rate(vulnerability.ids, service(osv_url), fetch, asked)
    return ratings


def _rate(ids: tuple[str, ...], address: str, fetch: Fetch, asked: dict[str, Rating]) -> Rating:
    """Return the first known rating among the identifiers of a vulnerability, or why there is none."""
    reason = ""
    for name in ids:
        if name not in asked:
            stop = _why_stop(asked)
            if stop:
                return Rating(severity="unknown", reason=reason or stop)
            asked[name] = _ask(name, address, fetch)
        if asked[name].severity != "unknown":
            return asked[name]
        reason = reason or asked[name].reason
    return Rating(severity="unknown", reason=reason)


def _why_stop(asked: Mapping[str, Rating]) -> str:
    """Return why no more advisories are fetched, or nothing."""
    if len(asked) >= MOST_REQUESTS:
        return f"only {MOST_REQUESTS} advisories are fetched in one run"
    last = list(asked.values())[-_PATIENCE:]
    failed = [row for row in last if row.reason.startswith(_FAILED)]
    return f"{_FAILED}: {_PATIENCE} requests in a row failed" if len(failed) == _PATIENCE else ""


_FAILED: Final = "its advisory could not be fetched"


def _ask(name: str, address: str, fetch: Fetch) -> Rating:
    """Return the rating that the advisory of one identifier gives, or why it gives none."""
    try:
        severity = rate(fetch(f"{address}/v1/vulns/{quote(name, safe='')}"))
    except UnreachableError as error:
        return Rating(severity="unknown", reason=f"{_FAILED}: {error}"[:500])
    except ReportError as error:
        return Rating(severity="unknown", reason=f"its advisory is unusable: {error}"[:500])
    return Rating(severity=severity, reason="its advisory holds no rating" if severity == "unknown" else "")
