"""Reading from services that misbehave in every way a service can."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from ratchetry.adapters.fetch import HttpFetch
from ratchetry.errors import UnreachableError
from ratchetry.ports import Fetch
from tests.adapters.http_answers import Answer, hangs_up, says, says_nothing


class Handler(BaseHTTPRequestHandler):
    """Plays the answers of a test in turn, the last one for ever."""

    answers: ClassVar[list[Answer]] = []
    seen: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        """Answer as the test wants."""
        self.seen.append((self.path, self.headers["User-Agent"]))
        self.close_connection = True
        (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


class Service:
    """A server on the loopback interface, and what it is to answer."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        Handler.answers, Handler.seen = [], []

    def answers(self, *answers: Answer) -> None:
        """Set the answers."""
        Handler.answers = list(answers)

    @property
    def paths(self) -> list[str]:
        """Return what was asked for."""
        return [path for path, _ in Handler.seen]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a running server."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Service(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


def trickles(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.02)
    except OSError:
        pass


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """Announce more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"vulns": []}')


def talks_nonsense(handler: BaseHTTPRequestHandler) -> None:
    """Speak another protocol."""
    handler.wfile.write(b"\x00\x01SSH-2.0\r\n\r\n")


def fetch_with(waits: list[float] | None = None, *, total: float = 5.0, limit: int = 100_000) -> HttpFetch:
    """Return a client that notes its waits instead of waiting."""
    return HttpFetch(timeout=0.3, total=total, limit=limit, sleep=(waits if waits is not None else []).append)


def test_body_of_a_good_answer_is_returned(service: Service) -> None:
    """One request, with a user agent of ours, gives the body."""
    service.answers(says(b'{"a": 1}'))
    fetch: Fetch = fetch_with()
    assert fetch(f"{service.url}/v1/x?y=z") == b'{"a": 1}'
    assert service.paths == ["/v1/x?y=z"]
    assert Handler.seen[0][1].startswith("ratchetry/")


def test_compressed_and_chunked_answers_are_unpacked(service: Service) -> None:
    """Whichever way a body travels, its content arrives."""

    def chunked(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    service.answers(says(gzip.compress(b"x" * 5000), Content_Encoding="gzip"), chunked)
    fetch = fetch_with()
    assert fetch(service.url) == b"x" * 5000
    assert fetch(service.url) == b"abcde"


@pytest.mark.parametrize("trouble", [hangs_up, breaks_off, talks_nonsense, says(b"", 503), says(b"", 500)])
def test_passing_trouble_is_tried_again(service: Service, trouble: Answer) -> None:
    """A service that fails once and then answers has answered."""
    service.answers(trouble, says(b"well"))
    waits: list[float] = []
    assert fetch_with(waits)(service.url) == b"well"
    assert len(waits) == 1
    assert 0.25 <= waits[0] <= 0.75


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (hangs_up, "no usable connection: RemoteDisconnected"),
        (says_nothing, "no answer within 0.3 s"),
        (breaks_off, "no usable connection: IncompleteRead"),
        (talks_nonsense, "no usable connection: BadStatusLine"),
        (says(b"", 502), "it answered with status 502"),
        (says(b"not gzip", Content_Encoding="gzip"), "no usable connection: error"),
    ],
)
def test_lasting_trouble_ends_after_three_tries(service: Service, trouble: Answer, reason: str) -> None:
    """The error names the host, what happened and what to do; the waits between the tries grow."""
    service.answers(trouble)
    waits: list[float] = []
    with pytest.raises(UnreachableError) as caught:
        fetch_with(waits)(service.url)
    assert str(caught.value).startswith(f"{service.host} could not be reached: {reason}")
    assert "HTTPS_PROXY" in str(caught.value)
    assert len(service.paths) == 3
    assert len(waits) == 2
    assert 0.25 <= waits[0] <= 0.75
    assert 0.5 <= waits[1] <= 1.5


def test_host_that_failed_is_not_asked_again(service: Service) -> None:
    """After the first failure every further call fails at once, without a request."""
    service.answers(says(b"", 503))
    fetch = fetch_with()
    for words in ("could not be reached: it answered", "not asked again: it answered with status 503"):
        with pytest.raises(UnreachableError, match=words):
            fetch(f"{service.url}/{len(service.paths)}")
    assert len(service.paths) == 3


def test_missing_document_says_nothing_of_the_host(service: Service) -> None:
    """A 404 is final for its document, which is named, and the host is still asked for others."""
    service.answers(says(b"", 404), says(b"there"))
    fetch = fetch_with()
    with pytest.raises(UnreachableError, match=f"{service.host}: it answered with status 404 to /v1/gone"):
        fetch(f"{service.url}/v1/gone")
    assert fetch(service.url) == b"there"


def test_wish_to_wait_is_honored_up_to_ten_seconds(service: Service) -> None:
    """Retry-After in seconds or as a date replaces our own wait; who asks for longer is not tried again."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=8), usegmt=True)
    service.answers(says(b"", 429, Retry_After="7"), says(b"", 503, Retry_After=soon), says(b"well"))
    waits: list[float] = []
    assert fetch_with(waits)(service.url) == b"well"
    assert waits[0] == 7
    assert 2 < waits[1] <= 8
    service.answers(says(b"", 429, Retry_After="3600"))
    asked = len(service.paths)
    with pytest.raises(UnreachableError, match="status 429"):
        fetch_with(waits)(service.url)
    assert len(service.paths) == asked + 1
    assert len(waits) == 2


@pytest.mark.parametrize("wish", ["", "soon", "-5", "1e9", "Fri, 99 Nov 2026 99:99:99 GMT", "²"])
def test_unreadable_wish_to_wait_is_ignored(service: Service, wish: str) -> None:
    """A Retry-After that is no number and no date leaves our own wait."""
    service.answers(says(b"", 503, Retry_After=wish.encode().decode("latin-1")), says(b"well"))
    waits: list[float] = []
    assert fetch_with(waits)(service.url) == b"well"
    assert 0.25 <= waits[0] <= 0.75


def test_large_answer_is_refused(service: Service) -> None:
    """An answer over the limit is not read on, whether it is announced, sent or unpacked."""
    bomb = gzip.compress(b"0" * 20_000_000)
    for answer in (says(b"x" * 100_001), says(bomb, Content_Encoding="gzip")):
        service.answers(answer)
        with pytest.raises(UnreachableError, match="larger than the 100000 bytes"):
            fetch_with()(service.url)


def test_trickling_answer_is_given_up(service: Service) -> None:
    """A service that never stops sending a little is left when the time for the whole answer is over."""
    service.answers(trickles)
    with pytest.raises(UnreachableError, match=r"its answer took longer than 0.1 s"):
        fetch_with(total=0.1)(service.url)


def test_redirects_are_followed_within_bounds(service: Service) -> None:
    """A redirect leads to the document; a circle, another protocol and nowhere end with an error."""
    service.answers(says(b"", 301, Location="/b"), says(b"", 307, Location=f"{service.url}/c"), says(b"there"))
    assert fetch_with()(f"{service.url}/a") == b"there"
    assert service.paths == ["/a", "/b", "/c"]
    for location, reason in (
        ("/again", "leads on more than 5 times"),
        ("file:///etc/passwd", "from http to file, which is not followed"),
        ("gopher://x", "from http to gopher"),
    ):
        service.answers(says(b"", 302, Location=location))
        with pytest.raises(UnreachableError, match=reason):
            fetch_with()(service.url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "file:///etc/passwd",
        "ftp://x/",
        "http://",
        "http://[::1",
        "http://x:99999/",
        "http://.x/",
    ],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    """Only http and https addresses are asked, and an impossible one is no reason to wait."""
    waits: list[float] = []
    with pytest.raises(UnreachableError, match=r"not an address"):
        fetch_with(waits)(url)
    assert waits == []


def test_credentials_of_an_address_are_never_shown() -> None:
    """User name and password stay out of messages."""
    with pytest.raises(UnreachableError) as caught:
        fetch_with()("http://name:secret@127.0.0.1:1/")  # pragma: allowlist secret
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_certificate_that_cannot_be_trusted_is_final(service: Service) -> None:
    """A connection that is not what it claims is not tried again."""
    service.answers(says(b"plain"))
    waits: list[float] = []
    with pytest.raises(UnreachableError, match="no trustworthy connection"):
        fetch_with(waits)(f"https://{service.host}/")
    assert waits == []


def test_threads_may_share_a_client(service: Service) -> None:
    """Answers do not mix when several threads ask at once."""
    service.answers(lambda handler: says(handler.path.encode())(handler))
    fetch = fetch_with()
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = fetch(f"{service.url}/{number}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"/{number}".encode() for number in range(8)}
