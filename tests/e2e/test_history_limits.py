"""Records of a size that nobody writes by hand, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ratchetry.state.record import dumps
from tests.adapters.history_runs import run
from tests.e2e.commands import ratchetry

pytestmark = pytest.mark.e2e


def test_a_record_of_a_million_tests_is_kept(tmp_path: Path) -> None:
    """A million tests, which just fit into a record, are kept and shown; more bytes than that are refused by size."""
    rows = b",".join(b'{"id":"t%d","outcome":"passed"}' % number for number in range(1_000_000))
    document = dumps(run(7))
    whole = json.loads(document)
    given = json.dumps(whole["tests"], separators=(",", ":"), sort_keys=True).encode()
    assert given in document
    (tmp_path / "large.json").write_bytes(document.replace(given, b"[" + rows + b"]"))
    added = ratchetry(tmp_path, "history", "add", "large.json")
    assert (added.code, added.out[:10]) == (0, "kept 1 run")
    verified = ratchetry(tmp_path, "history", "verify", "--format", "json")
    assert (verified.code, json.loads(verified.out)["runs"]) == (0, 1)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b" " * 70_000_000, "bytes are more than the"),
        (b'{"run":' * 200_000, "not valid JSON"),
        (b'{"run": {"run_id": "\\ud800"}}', "not valid JSON"),
        (b"\x00" * 100, "not valid JSON"),
    ],
)
def test_a_hostile_record_is_refused_by_name(tmp_path: Path, content: bytes, what: str) -> None:
    """What is too large, too deep or no text ends with exit code 2 and one message, and nothing is kept."""
    (tmp_path / "hostile.json").write_bytes(content)
    refused = ratchetry(tmp_path, "history", "add", "hostile.json", "--history", "h")
    assert refused.code == 2
    assert refused.err.startswith("error: hostile.json: ")
    assert what in refused.err
    assert not (tmp_path / "h").exists()
