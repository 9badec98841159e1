"""Comparing commits against a small GitHub on the loopback device."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ratchetry.adapters.github.compare import compare
from ratchetry.domain.project import Base
from ratchetry.errors import UnreachableError

BASE, HEAD, MERGED = "a" * 40, "b" * 40, "c" * 40


@dataclass
class FakeGithub:
    """Answers every request alike and remembers what it was asked."""

    status: int = 200
    body: bytes = b"{}"
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(status: int, content: object) -> Iterator[FakeGithub]:
    """Serve one answer on a free port for as long as the body lasts."""
    fake = FakeGithub(status=status, body=content if isinstance(content, bytes) else json.dumps(content).encode())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append((self.path, self.headers.get("Authorization", "")))
            self.send_response(fake.status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(fake.body)))
            self.end_headers()
            self.wfile.write(fake.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


def file(name: str, status: str = "modified", added: int = 1, deleted: int = 0, patch: str | None = None) -> object:
    """Return one file of a comparison, as GitHub describes it."""
    row = {"filename": name, "status": status, "additions": added, "deletions": deleted, "changes": added + deleted}
    return row if patch is None else {**row, "patch": patch}


def comparison(*files: object) -> dict[str, object]:
    """Return a comparison with these files, as GitHub answers it."""
    return {"merge_base_commit": {"sha": MERGED}, "total_commits": 1, "commits": [], "files": list(files)}


def ask(fake: FakeGithub) -> Base:
    """Return the comparison that the fake answers, without asking again on failure."""
    return compare("owner/name", BASE, HEAD, "secret", fake.url, retries=0)


def test_files_and_lines() -> None:
    """Counts are taken for every file, lines from the patches, all lines of an added file without a patch."""
    content = comparison(
        file("a.py", added=2, deleted=1, patch="@@ -1,2 +1,3 @@\n x\n-y\n+z\n+w"),
        file("dir/é b.py", "renamed", patch="@@ -7,0 +8 @@ def f():\n+x\n\\ No newline at end of file"),
        file("gone.py", "removed", 0, 3, patch="@@ -1,3 +0,0 @@\n-x\n-y\n-z"),
        file("logo.png", added=0),
        file("big.json", added=5000),
        file("new.py", "added", added=3),
    )
    with serving(200, content) as fake:
        base = ask(fake)
    assert base.commit == MERGED
    assert base.files["a.py"] == (2, 1)
    assert base.files["gone.py"] == (0, 3)
    assert base.added_lines == {"a.py": (2, 3), "dir/é b.py": (8,), "new.py": (1, 2, 3)}
    assert [(path.partition("?")[0], token) for path, token in fake.asked] == [
        (f"/repos/owner/name/compare/{BASE}...{HEAD}", "token secret")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (comparison(*(file(f"{number}.py") for number in range(300))), "only the first 300 files"),
        (comparison(file("huge.py", added=9000)), "leaves out the changes of huge.py"),
        (comparison(file("a.py", patch="@@ -1 +1 @@\n+x\n+y\n+z")), "cannot be read"),
        ({"files": [{"filename": 3}], "merge_base_commit": None}, "cannot be read"),
        ({"files": "many"}, "cannot be read"),
        (b"[]", "cannot be read"),
        (b"no json", "cannot be read"),
    ],
)
def test_an_incomplete_answer_is_no_comparison(content: object, said: str) -> None:
    """What GitHub leaves out, and an answer that makes no sense, is an error and never an empty change."""
    with serving(200, content) as fake, pytest.raises(UnreachableError, match=said):
        ask(fake)


@pytest.mark.parametrize(
    ("status", "message", "said"),
    [
        (403, "Resource not accessible by integration", "permissions: contents: read"),
        (403, "API rate limit exceeded for 1.2.3.4", "rate limit is used up"),
        (401, "Bad credentials", "token is not valid"),
        (404, "Not Found", "may not read it"),
        (500, "oops", "GitHub"),
    ],
)
def test_refusals_say_what_to_do(status: int, message: str, said: str) -> None:
    """Every refusal becomes an error that names its cause, at once."""
    with serving(status, {"message": message}) as fake, pytest.raises(UnreachableError, match=said) as caught:
        ask(fake)
    assert "secret" not in str(caught.value)
    assert len(fake.asked) == 1


def test_nobody_answers() -> None:
    """A service that is not there is named."""
    with serving(200, {}) as fake:
        pass
    with pytest.raises(UnreachableError, match=r"could not be reached at http://127\.0\.0\.1"):
        ask(fake)


@pytest.mark.parametrize("base", ["", "../../user", "a b", "-x", "a?x=1"])
def test_names_that_are_none_are_not_sent(base: str) -> None:
    """A reference that could change the address is refused before anything is sent."""
    with pytest.raises(UnreachableError, match="no valid names"):
        compare("owner/name", base, HEAD, "secret", "http://127.0.0.1:9")
