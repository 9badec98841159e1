"""Git's smart HTTP on loopback: a small server in front of git http-backend, which asks for a token."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

from tests.adapters.repositories import ENVIRON


@dataclass(slots=True, kw_only=True)
class Site:
    """A running server: its address, who may do what there, and the credentials it was shown."""

    url: str = ""
    writes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    broken: int = 0
    """So many further requests are answered with 503."""
    seen: list[tuple[str, ...]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers through git http-backend (https://git-scm.com/docs/git-http-backend)."""

    site: ClassVar[Site]
    root: ClassVar[Path]

    def do_GET(self) -> None:
        """Answer."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer what came with a body, which git sends in chunks when it is large."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        """Refuse a request, or let git answer."""
        headers = self.headers.get_all("Authorization") or []
        self.site.seen.append(tuple(headers))
        token = base64.b64decode(headers[0].split()[-1]).decode().partition(":")[2] if headers else ""
        writing = "receive-pack" in self.path
        if self.site.broken:
            self.site.broken -= 1
            self.send_error(503)
        elif len(headers) > 1:
            self.send_error(400, "Duplicate header")
        elif not token:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=x")
            self.end_headers()
        elif token not in (self.site.writes if writing else self.site.writes | self.site.reads):
            self.send_error(403)
        else:
            self._backend(body)

    def _backend(self, body: bytes) -> None:
        """Let git answer."""
        path, _, query = self.path.partition("?")
        variables = {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "somebody",
        }
        command = ("git", "http-backend")
        done = subprocess.run(command, env={**ENVIRON, **variables}, input=body, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        rows = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = next((value for name, value in rows if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in rows:
            if name != "Status":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def smart_http(root: Path, site: Site) -> Iterator[Site]:
    """Yield the site with the repositories below a directory."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"site": site, "root": root})) as service:
        Thread(target=service.serve_forever, daemon=True).start()
        site.url = f"http://127.0.0.1:{service.server_port}"
        try:
            yield site
        finally:
            service.shutdown()
