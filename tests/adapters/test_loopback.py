"""A directory served to this machine: its own files, with the headers, and nothing else."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratchetry.adapters.loopback import HEADERS, served
from ratchetry.errors import UsageError


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Serve a small site beside a secret, and return where."""
    site = tmp_path / "site"
    (site / "data").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html>page")
    (site / "data" / "runs.js").write_text("ratchetry.load()")
    (site / "notes.txt").write_text("not of a dashboard")
    (tmp_path / "secret.js").write_text("secret")
    (site / "data" / "link.js").symlink_to(tmp_path / "secret.js")
    with served(site) as url:
        host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        yield host, int(port)


def ask(
    address: tuple[str, int], path: str, method: str = "GET", host: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an answer."""
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"{address[0]}:{address[1]}")
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.html?x=1", "/./data/../index.html"])
def test_the_page_is_served_with_the_headers(address: tuple[str, int], path: str) -> None:
    """Every way to name the page gives it, never to be sniffed, framed or told of."""
    status, headers, body = ask(address, path)
    assert (status, body) == (200, b"<!doctype html>page")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers.items() >= HEADERS.items()


def test_a_head_has_no_body(address: tuple[str, int]) -> None:
    """HEAD tells of a file without sending it."""
    status, headers, body = ask(address, "/data/runs.js", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "16", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/data/..%2f..%2fsecret.js",
        "//etc/passwd",
        "/data/link.js",
        "/data/",
        "/data",
        "/notes.txt",
        "/missing.js",
        "/index.html%00.js",
        "/data/%ff.js",
        "/C:%5csecret.js",
    ],
)
def test_nothing_else_is_served(address: tuple[str, int], path: str) -> None:
    """No way out of the directory, no listing, no file of another kind, and the headers all the same."""
    status, headers, body = ask(address, path)
    assert status == 404
    assert b"secret" not in body.replace(path.encode(), b"")
    assert headers.items() >= HEADERS.items()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
def test_nothing_can_be_changed(address: tuple[str, int], method: str) -> None:
    """Only GET and HEAD are known."""
    assert ask(address, "/index.html", method)[0] == 501


def test_another_name_for_this_machine_is_not_answered(address: tuple[str, int]) -> None:
    """A page of another site that lets its name point here gets nothing."""
    assert ask(address, "/", host="evil.example:80")[0] == 421
    assert ask(address, "/", host="localhost")[0] == 200


def test_only_this_machine_is_answered(address: tuple[str, int]) -> None:
    """The server listens on the loopback address."""
    assert address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Whoever asks for a port that is in use is told so, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}.*--port 0"), served(tmp_path, port):
            pass
