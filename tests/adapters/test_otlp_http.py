"""Sending to collectors that take everything, a part of it, or nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ratchetry.adapters.otlp_http import HEADERS_VARIABLE, OtlpSender, headers_of, sender
from ratchetry.errors import UnreachableError, UsageError
from tests.adapters.http_answers import Answer, hangs_up, says, says_nothing


@dataclass(slots=True)
class Collector:
    """A collector on the loopback interface: what it answers in turn, the last for ever, and what it was sent."""

    endpoint: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Return a running collector that takes everything."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    told = Collector(answers=[says(b"{}")])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.seen.append((self.path, dict(self.headers), body))
            self.close_connection = True
            (told.answers.pop(0) if len(told.answers) > 1 else told.answers[0])(self)

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.endpoint = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """Take the document, and announce more than is said of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"partial')


def sending_to(collector: Collector, waits: list[float] | None = None) -> OtlpSender:
    """Return what sends to a collector, and notes its waits instead of waiting."""
    return replace(sender(collector.endpoint, {}), timeout=0.3, sleep=(waits if waits is not None else []).append)


def test_a_document_arrives(collector: Collector) -> None:
    """It is posted as JSON to the path of its signal, once, with the headers of the environment."""
    environ = {HEADERS_VARIABLE: "Authorization=Bearer%20abc, x-team = ci"}
    assert not sender(f"{collector.endpoint}/", environ)("traces", b'{"resourceSpans":[]}')
    ((path, headers, body),) = collector.seen
    assert (path, body) == ("/v1/traces", b'{"resourceSpans":[]}')
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer abc"
    assert headers["x-team"] == "ci"
    assert headers["User-Agent"].startswith("ratchetry/")


@pytest.mark.parametrize("answer", [says(b"", 202), says(b"not JSON"), says(b"[1]"), says(b"\xff"), breaks_off])
def test_the_status_says_that_it_was_taken(collector: Collector, answer: Answer) -> None:
    """Whatever else a collector says, a document that it took is not sent again."""
    collector.answers = [answer]
    assert not sending_to(collector)("metrics", b"{}")
    assert len(collector.seen) == 1


def test_what_was_refused_of_a_document_is_told(collector: Collector) -> None:
    """A collector may take a part; it says how many it did not."""
    collector.answers = [says(b'{"partialSuccess": {"rejectedSpans": "7", "errorMessage": "too old"}}')]
    assert sending_to(collector)("traces", b"{}") == "7 were not taken: too old"
    collector.answers = [says(b'{"partialSuccess": {"rejectedDataPoints": "0"}}')]
    assert not sending_to(collector)("metrics", b"{}")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_tried_again(collector: Collector, status: int) -> None:
    """A collector that is busy gets the document later, after as long as it asks for."""
    waits: list[float] = []
    collector.answers = [says(b"", status), says(b"", status, Retry_After="2"), says(b"{}")]
    assert not sending_to(collector, waits)("traces", b"{}")
    assert waits == [0.5, 2.0]


@pytest.mark.parametrize(
    ("answer", "tries", "why"),
    [
        (says(b"", 400), 1, "status 400"),
        (says(b"", 401), 1, "status 401"),
        (says(b"", 302, Location="http://192.0.2.1/"), 1, "status 302"),
        (says(b"", 500), 1, "status 500"),
        (says(b"", 503), 3, "status 503"),
        (says(b"", 503, Retry_After="3600"), 1, "status 503"),
        (hangs_up, 3, "no usable connection"),
        (says_nothing, 3, "no answer within 0.3 s"),
    ],
)
def test_a_collector_that_takes_nothing_is_named(collector: Collector, answer: Answer, tries: int, why: str) -> None:
    """The error says who did not take it and why; nobody else is asked."""
    collector.answers = [answer]
    with pytest.raises(UnreachableError, match=rf"127\.0\.0\.1:\d+ did not take what was sent: .*{why}"):
        sending_to(collector)("traces", b"{}")
    assert len(collector.seen) == tries


def test_nobody_there() -> None:
    """An address where nobody listens is told, without what stands before the host."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://name:secret@127.0.0.1:{free.getsockname()[1]}"  # pragma: allowlist secret
        with pytest.raises(UnreachableError) as raised:
            replace(sender(endpoint, {}), tries=1)("traces", b"{}")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "endpoint", ["", "127.0.0.1:4318", "ftp://a", "http://", "http://a:b", "http://a?x=1", "http://a#x", "http://[x"]
)
def test_what_is_no_endpoint_is_refused(endpoint: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="is no endpoint"):
        sender(endpoint, {})


@pytest.mark.parametrize("text", ["secret", "=secret", "a b=secret", "a=secret%0d%0ax: y", "é=secret"])
def test_wrong_headers_are_refused_and_not_shown(text: str) -> None:
    """The variable may hold a token, which must not stand in a log."""
    with pytest.raises(UsageError, match=HEADERS_VARIABLE) as raised:
        headers_of(text)
    assert "secret" not in str(raised.value)


def test_no_headers() -> None:
    """Nothing, and separators alone, are no headers."""
    assert headers_of("") == headers_of(" , ") == {}
