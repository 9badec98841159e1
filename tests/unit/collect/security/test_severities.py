"""Fetching the severities of vulnerabilities."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from ratchetry.collect.security.pip_audit_report import Vulnerability
from ratchetry.collect.security.severities import MOST_REQUESTS, rate_all, service, without_credentials
from ratchetry.errors import UnreachableError

CRITICAL = b'{"id": "X", "database_specific": {"severity": "CRITICAL"}}'
UNRATED = b'{"id": "X"}'


@dataclass
class Service:
    """An advisory service that remembers what it was asked for."""

    answers: dict[str, bytes]
    default: bytes = b""
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        """Return the advisory, or raise UnreachableError when there is none."""
        self.asked.append(url)
        answer = self.answers.get(url.rpartition("/")[2], self.default)
        if not answer:
            msg = "404"
            raise UnreachableError(msg)
        return answer


def vulnerability(*ids: str) -> Vulnerability:
    """Return a vulnerability with these identifiers."""
    return Vulnerability(ids=ids)


@pytest.mark.parametrize(
    "url", ["https://osv.example", "https://osv.example/", "https://osv.example/v1", "https://osv.example/v1/query"]
)
def test_the_address_may_be_given_with_or_without_the_protocols_path(url: str) -> None:
    """Users of pip-audit write /v1/query, others the bare address."""
    assert service(url) == "https://osv.example"


def test_credentials_of_the_address_are_not_shown() -> None:
    """A password in the address never reaches a message."""
    # pragma: allowlist nextline secret
    assert without_credentials("https://user:pa@ss@osv.example/x") == "https://osv.example/x"
    assert without_credentials("https://osv.example") == "https://osv.example"


def test_aliases_are_asked_until_one_has_a_rating() -> None:
    """PYSEC advisories often have no rating; the GHSA one of the same vulnerability does."""
    osv = Service({"PYSEC-1": UNRATED, "GHSA-1": CRITICAL})
    found = vulnerability("PYSEC-1", "CVE-1", "GHSA-1", "GHSA-2")
    assert rate_all([found], "https://osv.example", osv)[found.ids].severity == "critical"
    assert osv.asked == [f"https://osv.example/v1/vulns/{name}" for name in ("PYSEC-1", "CVE-1", "GHSA-1")]


def test_identifiers_are_quoted() -> None:
    """An identifier cannot lead the request to another place."""
    osv = Service({})
    rate_all([vulnerability("../../admin?x#y")], "https://osv.example", osv)
    assert osv.asked == ["https://osv.example/v1/vulns/..%2F..%2Fadmin%3Fx%23y"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [({}, "could not be fetched: 404"), ({"A": b"<html>"}, "is unusable"), ({"A": UNRATED}, "holds no rating")],
)
def test_an_unknown_severity_has_a_reason(answers: dict[str, bytes], reason: str) -> None:
    """Why a vulnerability has no rating is said."""
    rating = rate_all([vulnerability("A")], "https://osv.example", Service(answers))[("A",)]
    assert rating.severity == "unknown"
    assert reason in rating.reason


def test_requests_are_limited() -> None:
    """A report with a thousand vulnerabilities does not make a thousand requests."""
    osv = Service({}, default=UNRATED)
    found = [vulnerability(f"A-{number}") for number in range(MOST_REQUESTS + 50)]
    ratings = rate_all(found, "https://osv.example", osv)
    assert len(osv.asked) == MOST_REQUESTS
    assert "only 200 advisories" in ratings[found[-1].ids].reason


def test_a_service_that_is_gone_is_left_alone() -> None:
    """After five failures in a row nothing more is asked, so that a run never waits for hundreds of timeouts."""
    osv = Service({"A-0": CRITICAL})
    ratings = rate_all([vulnerability(f"A-{number}") for number in range(50)], "https://osv.example", osv)
    assert len(osv.asked) == 6
    assert ratings[("A-0",)].severity == "critical"
    assert all(row.reason for row in list(ratings.values())[1:])


def test_an_identifier_is_asked_for_once() -> None:
    """Two packages with the same vulnerability cost one request."""
    osv = Service({}, default=json.dumps({"id": "A"}).encode())
    rate_all([vulnerability("A"), vulnerability("A", "B"), vulnerability("A")], "https://osv.example", osv)
    assert len(osv.asked) == 2
