"""Files of one directory for browsers on this machine: nobody else is answered, and nothing can be changed."""

from __future__ import annotations

import contextlib
import posixpath
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ratchetry.errors import UsageError

HOST: Final = "127.0.0.1"
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What goes with every answer; the page itself says what it may load."""
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_TIMEOUT: Final = 30.0
_POLL: Final = 0.05
"""Seconds until the end of the body is noticed."""


@contextlib.contextmanager
def served(root: Path, port: int = 0) -> Iterator[str]:
    """Serve a directory to this machine while the body runs, and give it the address; 0 takes any free port.

    Raises UsageError when the port is taken.
    """
    handler = type("_Bound", (_Handler,), {"root": root.resolve()})
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        msg = f"port {port}: cannot be served on: {error.strerror}; --port 0 takes a free one"
        raise UsageError(msg) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="dashboard", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD with regular files below a directory, without listings."""

    root = Path()
    timeout = _TIMEOUT
    server_version = "ratchetry"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with what would be said of a file."""
        self._answer(with_body=False)

    def end_headers(self) -> None:
        """Add what goes with every answer."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _answer(self, *, with_body: bool) -> None:
        """Answer with a file, or that there is none; a foreign name for this machine is none of its own."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in {HOST, "localhost"}:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = self._file()
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        data = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES[path.suffix])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body:
            self.wfile.write(data)

    def _file(self) -> Path | None:
        """Return the file that is asked for, None unless it is a regular one of a dashboard's kinds, below the root."""
        asked = posixpath.normpath(unquote(urlsplit(self.path).path, errors="replace")).lstrip("/")
        if "\0" in asked:
            return None
        path = (self.root / (asked if asked not in {"", "."} else "index.html")).resolve()
        is_own = path.is_relative_to(self.root) and path.suffix in _TYPES
        return path if is_own and path.is_file() else None
