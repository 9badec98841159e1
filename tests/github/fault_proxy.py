"""A proxy on the loopback device that lets things go wrong between a client and the GitHub behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from types import TracebackType
from typing import Final, Literal, Self

Way = Literal["drop", "lose", "late", "held", "cut", "shorten", "mask", "answer", "repeat", "slow"]
"""How a request is mistreated.

| way     | is it carried out               | what the client gets                                       |
|---------|---------------------------------|------------------------------------------------------------|
| drop    | no                              | nothing: the connection is closed                          |
| lose    | yes                             | nothing                                                    |
| late    | yes, but after the next request | nothing                                                    |
| held    | yes, but when all else is over   | nothing                                                    |
| cut     | yes                             | half of the body that its length promises                  |
| shorten | yes                             | half of the body, with a length that is right for that     |
| mask    | yes                             | the answer of this mishap                                  |
| answer  | no                              | the answer of this mishap                                  |
| repeat  | twice                           | the second answer                                          |
| slow    | yes                             | the right answer, a byte at a time at first                |
"""


_TIMES: Final[Mapping[Way, int]] = {"drop": 0, "late": 0, "held": 0, "answer": 0, "repeat": 2}
"""How often a request is carried out at once, where that is not once."""

_SILENT: Final = frozenset({"drop", "lose", "late", "held"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """Something that goes wrong with one request."""

    way: Way
    status: int = 502
    body: bytes = b'{"message": "Server Error"}'
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def passes(self) -> bool:
        """Tell whether asking again, or looking what is there, is enough to succeed."""
        refused = self.status == 403 and b"rate limit" not in self.body
        return not (self.way == "answer" and (refused or self.status == 200 or TOO_LONG in self.headers))

    @property
    def differs_for_reads(self) -> bool:
        """Tell whether it is another one than `drop`, `answer` or none for a request that changes nothing."""
        return self.way not in {"lose", "late", "held", "mask", "repeat"}

    def __str__(self) -> str:
        """Return its name for the reports of tests."""
        if self.way not in {"mask", "answer"}:
            return self.way
        waits = "".join(f", {name.lower()} {value}" for name, value in self.headers if name == "Retry-After")
        kind = "" if self.body.startswith(b"{") else ", no json"
        return f"{self.way} {self.status}{waits}{kind}"


def _limited(way: Way, status: int, *headers: tuple[str, str]) -> Mishap:
    """Return a refusal for asking too much."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Mishap(way=way, status=status, body=json.dumps({"message": message}).encode(), headers=headers)


WAIT: Final = ("Retry-After", "7")
TOO_LONG: Final = ("Retry-After", "4000")
HTML: Final = ("Content-Type", "text/html")
_WAYS: Final[tuple[Way, ...]] = ("drop", "lose", "late", "held", "cut", "shorten", "repeat", "slow", "mask", "answer")
MISHAPS: Final = (
    *(Mishap(way=way) for way in _WAYS),
    Mishap(way="mask", status=500),
    Mishap(way="answer", status=500),
    Mishap(way="answer", status=503, headers=(WAIT,)),
    Mishap(way="answer", status=403, body=b'{"message": "Forbidden"}'),
    Mishap(way="answer", status=200, body=b"<html>Sign in to the network</html>", headers=(HTML,)),
    _limited("answer", 403),
    _limited("answer", 403, WAIT),
    _limited("answer", 429),
    _limited("answer", 429, WAIT),
    _limited("answer", 429, TOO_LONG),
)
"""Everything that is tried at every request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A request as it came by."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Script = Callable[[int, Passed], Mishap | None]


def faultless(_: int, __: Passed) -> None:
    """Let everything go well."""


def once_at(position: int, mishap: Mishap) -> Script:
    """Return the script in which one mishap happens to the request at one position, counted from 0."""
    return lambda number, _: mishap if number == position else None


@dataclass(slots=True, kw_only=True)
class FaultProxy:
    """Hands requests on to `upstream` and answers back, except for what its script lets go wrong.

    A context manager that listens on the loopback device.
    """

    upstream: str
    script: Script = faultless
    passed: list[Passed] = field(default_factory=list)
    """Every request that came by since it was last emptied."""
    url: str = ""
    _late: list[Passed] = field(default_factory=list)
    _held: list[Passed] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _behind: HTTPConnection = field(init=False)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Listen."""
        self._behind = HTTPConnection(self.upstream.removeprefix("http://"), timeout=20)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Listen no more."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._behind.close()

    def begin(self, script: Script = faultless) -> None:
        """Count requests from 0 again, with another script; what has not arrived does so now."""
        with self._lock:
            self.passed.clear()
            self.script = script
            self._arrive(self._late)
            self._arrive(self._held)

    def answer(self, request: Passed) -> tuple[Answer | None, Way | None]:
        """Return the answer that a request gets, none when there is none, and how it is mistreated on its way back."""
        with self._lock:
            mishap = self.script(len(self.passed), request)
            self.passed.append(request)
            waiting, self._late = self._late, []
            answer = self._served(request, mishap)
            self._arrive(waiting)
            return answer, mishap.way if mishap else None

    def _served(self, request: Passed, mishap: Mishap | None) -> Answer | None:
        """Return the answer that a request gets, carried out as often as its mishap lets it."""
        way = mishap.way if mishap else "slow"
        if way == "late":
            self._late.append(request)
        if way == "held":
            self._held.append(request)
        answers = [self._forward(request) for _ in range(_TIMES.get(way, 1))]
        if mishap and way in {"mask", "answer"}:
            return Answer(status=mishap.status, headers=mishap.headers, body=mishap.body)
        return None if way in _SILENT else answers[-1]

    def _arrive(self, requests: list[Passed]) -> None:
        """Carry out what was late."""
        while requests:
            self._forward(requests.pop(0))

    def _forward(self, request: Passed) -> Answer:
        """Return what the GitHub behind answers; redirects to it lead through the proxy as well."""
        self._behind.request(request.method, request.path, request.body or None, dict(request.headers))
        answer = self._behind.getresponse()
        body = answer.read()
        headers = tuple((name, value.replace(self.upstream, self.url)) for name, value in answer.getheaders())
        return Answer(status=answer.status, headers=headers, body=body)


class _Handler(BaseHTTPRequestHandler):
    """Takes requests from the client and gives it what is left of their answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: two would wait 40 ms for each other
    disable_nagle_algorithm = True

    def __init__(self, proxy: FaultProxy, request: socket, client: tuple[str, int], server: BaseServer) -> None:
        self.proxy = proxy
        super().__init__(request, client, server)

    def _answer(self) -> None:
        """Answer one request, or do not."""
        length = int(self.headers.get("Content-Length") or 0)
        kept = tuple(row for row in self.headers.items() if row[0].lower() not in {"host", "connection"})
        request = Passed(method=self.command, path=self.path, headers=kept, body=self.rfile.read(length))
        answer, way = self.proxy.answer(request)
        if answer is None:
            self.close_connection = True
            return
        half = answer.body[: len(answer.body) // 2]
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in {"content-length", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(half if way == "shorten" else answer.body)))
        self.end_headers()
        if way == "slow":
            self.wfile.flush()
            self.wfile.write(answer.body[:1])
            self.wfile.flush()
            self.wfile.write(answer.body[1:])
            return
        if way == "cut":
            self.close_connection = True
        self.wfile.write(half if way in {"cut", "shorten"} else answer.body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return the answer to any method of HTTP."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""
