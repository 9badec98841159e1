"""A GitHub on the loopback device: tokens, permissions, rate limits, conditional requests, faults."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from types import TracebackType
from typing import Final, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from tests.github.fake import contract, routes
from tests.github.fake.routing import Call, Refusal, Response, Route, match
from tests.github.fake.state import State, Token

__all__ = ["FakeGitHub", "Fault", "Incoming", "Response", "routes"]

TOKEN: Final = "ghs_test"
_ORDER: Final = {"none": 0, "read": 1, "write": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as it came, and the status it was answered with."""

    method: str
    path: str
    """Still percent-encoded, without the query."""
    query: dict[str, str]
    headers: dict[str, str]
    """With names in lower case."""
    body: bytes
    login: str = ""
    status: int = 0


@dataclass(slots=True, kw_only=True)
class Fault:
    """Something that goes wrong for requests of a method and path, `times` times.

    `answer` gives `response` and does nothing; `drop` does nothing and closes the connection; `lose` does what was
    asked and closes the connection; `cut` does it and breaks the answer off in the middle; `mask` does it and gives
    `response`.
    """

    kind: Literal["answer", "drop", "lose", "cut", "mask"]
    method: str = ".*"
    path: str = ".*"
    times: int = 1
    response: Response = field(default_factory=lambda: Response(status=502, body={"message": "Bad gateway"}))

    def takes(self, request: Incoming) -> bool:
        """Tell whether it happens to this request."""
        return bool(self.times > 0 and re.fullmatch(self.method, request.method) and re.search(self.path, request.path))


class FakeGitHub:
    """GitHub with one repository to begin with; a context manager that serves it and, at the end, checks it.

    Every request and answer must be as GitHub's description says; what is not is in `violations`, and an
    AssertionError at the end. Other services of the same host go into `mounts`: a function for each prefix of paths.
    """

    def __init__(
        self, repository: str = "octocat/hello", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.state = State(now)
        self.state.tokens[TOKEN] = Token()
        self.repo = self.state.add_repository(repository)
        self.requests: list[Incoming] = []
        self.violations: list[str] = []
        self.faults: list[Fault] = []
        self.after: dict[str, Callable[[], None]] = {}
        """What else happens, once, as soon as a request of a method was carried out."""
        self.mounts: dict[str, Callable[[Incoming], Response]] = {}
        self.url = ""
        self._lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def environ(self) -> dict[str, str]:
        """Return the variables of a job of GitHub Actions that talks to it."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": self.repo.full_name,
            "GITHUB_TOKEN": TOKEN,
        }

    def start(self, port: int = 0) -> Self:
        """Serve on a port, a free one by default."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def stop(self) -> None:
        """Serve no more."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop; raises AssertionError when something was not as GitHub describes it."""
        self.stop()
        if kind is None and self.violations:
            raise AssertionError("\n".join(self.violations))

    def answer(self, request: Incoming) -> tuple[Response, Fault | None]:
        """Return the answer to a request, and the fault that it must pass through on its way back."""
        with self._lock:
            token = self.state.tokens.get(request.headers.get("authorization", "").rpartition(" ")[2])
            login = token.login if token else ""
            fault = next((row for row in self.faults if row.takes(request)), None)
            if fault:
                fault.times -= 1
                if fault.kind in {"answer", "drop"}:
                    return self._logged(request, fault.response, login), fault
            response = self._served(request, token)
            self.after.pop(request.method, _nothing)()
            return self._logged(request, response, login), fault

    def _served(self, request: Incoming, token: Token | None) -> Response:
        """Return the answer of the service that a path belongs to."""
        mount = next((row for prefix, row in self.mounts.items() if request.path.startswith(prefix)), None)
        if mount:
            return mount(request)
        if request.path.startswith("/_artifacts/"):
            return self._archive(request)
        return self._charged(request, token) if token else Refusal(401, "Bad credentials").response

    def _logged(self, request: Incoming, response: Response, login: str) -> Response:
        """Return an answer, with the request written down."""
        fields = {name: getattr(request, name) for name in ("method", "path", "query", "headers", "body")}
        self.requests.append(Incoming(**fields, login=login, status=response.status))
        return response

    def _archive(self, request: Incoming) -> Response:
        """Return the bytes of an artifact, as a store that takes no tokens gives them."""
        if "authorization" in request.headers:
            return Response(status=400, body=b"InvalidAuthenticationInfo")
        number = int(request.path.rpartition("/")[2])
        found = [row.artifacts[number] for row in self.state.repositories.values() if number in row.artifacts]
        return Response(body=found[0].data, headers={"Content-Type": "application/zip"})

    def _charged(self, request: Incoming, token: Token) -> Response:
        """Return an answer with what it leaves of the hour's requests; one that nothing has changed is free."""
        now = self.state.now().timestamp()
        if now >= token.reset:
            token.used, token.reset = 0, now + 3600
        if token.used >= token.limit:
            response = Refusal(403, f"API rate limit exceeded for {token.login}.").response
        else:
            response = self._conditional(request, self._handled(request, token))
            token.used += response.status != 304
        left = {"limit": token.limit, "remaining": token.limit - token.used, "used": token.used}
        rates = {f"X-RateLimit-{name.title()}": str(value) for name, value in left.items()}
        more = {"X-RateLimit-Reset": str(int(token.reset) + 1), "X-RateLimit-Resource": "core"}
        return Response(status=response.status, body=response.body, headers={**response.headers, **rates, **more})

    def _conditional(self, request: Incoming, response: Response) -> Response:
        """Return an answer with its tag, or that nothing has changed since the tag that was sent."""
        if request.method != "GET" or response.status != 200:
            return response
        tag = f'W/"{hashlib.sha256(response.data).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status=304, headers={"ETag": tag})
        return Response(body=response.body, headers={**response.headers, "ETag": tag})

    def _handled(self, request: Incoming, token: Token) -> Response:
        """Return what an operation answers, with request and answer held against GitHub's description."""
        found = match(request.method, request.path)
        if found is None:
            self.violations.append(f"{request.method} {request.path} is no operation that the fake knows")
            return Refusal(404, "Not Found").response
        row, params = found
        operation = contract.Operation(method=request.method, template=row.template, params=tuple(params.items()))
        problem = contract.request_problem(operation, tuple(request.query.items()), request.body)
        if problem:
            self.violations.append(f"request {request.method} {request.path}: {problem}")
            return Refusal(422, "Validation Failed").response
        response = self._permitted(row, params, request, token)
        # the same for every port, so that an answer that was looked at before is known
        body = response.data.replace(self.url.encode(), b"http://127.0.0.1")
        problem = contract.response_problem(operation, response.status, body)
        if problem:
            self.violations.append(f"answer {response.status} to {request.method} {request.path}: {problem}")
        return response

    def _permitted(self, row: Route, params: dict[str, str], request: Incoming, token: Token) -> Response:
        """Return what an operation answers to a token, which must have one of the permissions that it needs."""
        body = json.loads(request.body) if request.body else {}
        call = Call(state=self.state, token=token, base=self.url, params=params, query=request.query, body=body)
        try:
            needs = row.needs(call)
            granted = (_ORDER[token.permissions.get(name, "none")] >= _ORDER[access] for name, access in needs.items())
            if needs and not any(granted):
                message = "Resource not accessible by " + ("integration" if token.app else "personal access token")
                stated = "; ".join(f"{name}={access}" for name, access in needs.items())
                refused = Refusal(403, message).response
                headers = {"X-Accepted-GitHub-Permissions": stated}
                return Response(status=403, body=refused.body, headers=headers)
            return row.handler(call)
        except Refusal as refusal:
            return refusal.response


def _nothing() -> None:
    """Do nothing."""


class _Handler(BaseHTTPRequestHandler):
    """Hands requests to the fake, and its answers back, or what a fault leaves of them."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: two would wait 40 ms for each other
    disable_nagle_algorithm = True

    def __init__(self, github: FakeGitHub, request: socket, client: tuple[str, int], server: BaseServer) -> None:
        self.github = github
        super().__init__(request, client, server)

    def _answer(self) -> None:
        """Answer one request."""
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Incoming(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        response, fault = self.github.answer(request)
        if fault and fault.kind in {"drop", "lose"}:
            self.close_connection = True
            return
        if fault and fault.kind == "mask":
            response = fault.response
        data = response.data
        self.send_response(response.status)
        headers = {"Content-Type": "application/json; charset=utf-8", **response.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if fault and fault.kind == "cut":
            self.close_connection = True
            data = data[: len(data) // 2]
        self.wfile.write(data)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return the answer to any method of HTTP."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""
