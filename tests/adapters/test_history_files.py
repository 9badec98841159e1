"""Files that are written once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ratchetry.adapters.history_files import files_below, keep_content, locked, names_in, write_once
from ratchetry.errors import UsageError


def test_the_first_writer_wins(tmp_path: Path) -> None:
    """A file that is there is left alone, and no temporary file stays."""
    path = tmp_path / "a" / "b.json"
    assert write_once(path, b"first")
    assert not write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert [entry.name for entry in path.parent.iterdir()] == ["b.json"]


def test_of_many_writers_at_once_one_wins(tmp_path: Path) -> None:
    """Exactly one of several threads writes, and the file is its content, whole."""
    path = tmp_path / "file"
    wrote: list[int] = []
    gate = threading.Barrier(8)

    def write(number: int) -> None:
        gate.wait()
        if write_once(path, bytes([number]) * 100_000):
            wrote.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wrote) == 1
    assert path.read_bytes() == bytes(wrote) * 100_000


def test_a_file_named_after_its_content_is_mended(tmp_path: Path) -> None:
    """Content that is there is left alone; anything else under the name is replaced."""
    path = tmp_path / "chunk"
    keep_content(path, b"names")
    stamp = path.stat().st_mtime_ns
    keep_content(path, b"names")
    assert path.stat().st_mtime_ns == stamp
    for damage in (b"name", b"names and more", b""):
        path.write_bytes(damage)
        keep_content(path, b"names")
        assert path.read_bytes() == b"names"


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a directory must be is an error with the path, and so is one where the lock must be."""
    (tmp_path / "runs").touch()
    for attempt in (lambda: write_once(tmp_path / "runs" / "x.json", b""), lambda: _lock(tmp_path / "runs" / "lock")):
        with pytest.raises(UsageError, match=r"cannot write .*runs"):
            attempt()


def _lock(path: Path) -> None:
    """Take a lock and give it back."""
    with locked(path, shared=True):
        pass


def test_links_and_other_names_are_not_followed(tmp_path: Path) -> None:
    """Listing takes regular files with the suffix, and directories that are dates, in order."""
    (tmp_path / "2026" / "10").mkdir(parents=True)
    (tmp_path / "2026" / "10" / "b.json").touch()
    (tmp_path / "2026" / "10" / "a.json").touch()
    (tmp_path / "2026" / "10" / "c.json").symlink_to("/etc/passwd")
    (tmp_path / "2026" / "10" / ".a.json.12.tmp").touch()
    (tmp_path / "2026" / "11").symlink_to(tmp_path / "2026" / "10")
    (tmp_path / "2026" / "notes").mkdir()
    assert [path.name for path in files_below(tmp_path, depth=2, suffix=".json")] == ["a.json", "b.json"]
    assert names_in(tmp_path / "2026") == ["10"]
    assert names_in(tmp_path / "none") == []
    assert list(files_below(tmp_path / "none", depth=2, suffix=".json")) == []
