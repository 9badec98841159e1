"""Logs that are only appended to."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ratchetry.adapters.line_log import append_lines
from ratchetry.errors import UsageError


def test_lines_are_appended_and_never_mixed(tmp_path: Path) -> None:
    """Many writers at once leave whole lines, and what was there before."""
    path = tmp_path / "deep" / "log.jsonl"
    append_lines(path, [{"n": -1}])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append_lines(path, [{"n": number, "text": "ü" * 200}]), range(100)))
    found = [json.loads(line)["n"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert found[0] == -1
    assert sorted(found[1:]) == list(range(100))


def test_nothing_to_append_makes_no_file(tmp_path: Path) -> None:
    """An empty batch writes nothing."""
    append_lines(tmp_path / "log.jsonl", [])
    assert not (tmp_path / "log.jsonl").exists()


def test_a_link_and_a_directory_are_refused(tmp_path: Path) -> None:
    """What is no regular file is named and left alone."""
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "directory").mkdir()
    for name in ("link", "directory"):
        with pytest.raises(UsageError, match=f"cannot append to .*{name}"):
            append_lines(tmp_path / name, [{"n": 1}])
    assert not (tmp_path / "target").exists()
