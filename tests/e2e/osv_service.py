"""A stand-in for an OSV service on the loopback interface, with advisories written down by hand.

It speaks the two requests that ratchetry and pip-audit make: POST /v1/query and GET /v1/vulns/{id}
(https://google.github.io/osv.dev/api/).  The advisories are real ones, cut to what is read of them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import unquote

from packaging.version import Version

Advisory = dict[str, object]


def _advisory(
    name: str, package: str, fixed: str, *, aliases: tuple[str, ...], severity: str = "", word: str = ""
) -> Advisory:
    """Return an advisory about every version of a package before the fixed one."""
    kind = "CVSS_V4" if severity.startswith("CVSS:4") else "CVSS_V3" if severity.startswith("CVSS:3") else "CVSS_V2"
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    return {
        "schema_version": "1.7.3",
        "id": name,
        "aliases": list(aliases),
        "modified": "2024-10-21T00:00:00Z",
        "published": "2020-01-01T00:00:00Z",
        "summary": f"{name} in {package}",
        "affected": [{"package": {"ecosystem": "PyPI", "name": package}, "ranges": ranges}],
        **({"severity": [{"type": kind, "score": severity}]} if severity else {}),
        **({"database_specific": {"severity": word}} if word else {}),
    }


ADVISORIES: Final = (
    _advisory("PYSEC-2018-28", "requests", "2.20.0", aliases=("CVE-2018-18074", "GHSA-x84v-xcm2-53pg")),
    _advisory(
        "GHSA-x84v-xcm2-53pg",
        "requests",
        "2.20.0",
        aliases=("CVE-2018-18074", "PYSEC-2018-28"),
        severity="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        word="HIGH",
    ),
    _advisory(
        "GHSA-j8r2-6x86-q33q",
        "requests",
        "2.31.0",
        aliases=("CVE-2023-32681", "PYSEC-2023-74"),
        severity="CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N",
        word="MODERATE",
    ),
    _advisory(
        "GHSA-8q59-q68h-6hv4",
        "pyyaml",
        "5.4",
        aliases=("CVE-2020-14343", "PYSEC-2021-142"),
        severity="CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        word="CRITICAL",
    ),
    _advisory(
        "GHSA-8r7q-cvjq-x353", "jinja2", "2.7.2", aliases=("CVE-2014-1402",), severity="AV:L/AC:M/Au:N/C:P/I:P/A:P"
    ),
    _advisory("GHSA-462w-v97r-4m45", "jinja2", "2.10.1", aliases=("CVE-2019-10906", "PYSEC-2019-217"), word="HIGH"),
    _advisory("PYSEC-2021-66", "jinja2", "2.11.3", aliases=("CVE-2020-28493",)),
)


class _Handler(BaseHTTPRequestHandler):
    """Answers the two requests."""

    advisories: tuple[Advisory, ...] = ADVISORIES

    def do_POST(self) -> None:
        """Answer with every advisory about one version of one package."""
        question = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        found = [row for row in self.advisories if _concerns(row, question["package"]["name"], question["version"])]
        self._answer(200, {"vulns": found} if found else {})

    def do_GET(self) -> None:
        """Answer with one advisory."""
        name = unquote(self.path.removeprefix("/v1/vulns/"))
        found = [row for row in self.advisories if row["id"] == name]
        self._answer(200, found[0]) if found else self._answer(404, {"code": 5, "message": "Bug not found."})

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""

    def _answer(self, status: int, document: object) -> None:
        """Send a document as JSON."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _BrokenHandler(_Handler):
    """Answers that the service is out of order."""

    def do_POST(self) -> None:
        """Answer with 503."""
        self._answer(503, {"message": "unavailable"})

    do_GET = do_POST  # noqa: N815 - the name is inherited


def _concerns(advisory: Advisory, package: str, version: str) -> bool:
    """Tell whether a version of a package lies before the one in which an advisory was dealt with."""
    match advisory["affected"]:
        case [{"package": {"name": name}, "ranges": [{"events": [_, {"fixed": str(fixed)}]}]}]:
            return bool(name == package) and Version(version) < Version(fixed)
    return False


@contextmanager
def osv_service(*, broken: bool = False) -> Iterator[str]:
    """Yield the address of a service that runs for as long as the body does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _BrokenHandler if broken else _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
