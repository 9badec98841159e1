"""Calls of git end in time, whatever they read, print or wait for; retries wait longer and longer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ratchetry.adapters.data_branch.calls import Git
from ratchetry.adapters.data_branch.local import local_files, read_file
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.errors import StateError, UnreachableError, UsageError
from ratchetry.pipeline.sync import pull, push
from tests.adapters.data_branch.remotes import run, server, share, write
from tests.adapters.repositories import ENVIRON, git, repository


def test_large_input_and_output_do_not_block(tmp_path: Path) -> None:
    """What is written and what is read may both be larger than any pipe holds."""
    repository(tmp_path)
    data = b"x" * 3_000_000
    answer = Git(tmp_path, ENVIRON, timeout=60)("stripspace", feed=(data for _ in range(2)))
    assert answer.code == 0
    assert answer.out.strip() == data * 2


def test_a_call_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """When the time is up, the error says which command was ended."""
    calls = Git(repository(tmp_path), ENVIRON, timeout=0.3)
    with pytest.raises(UnreachableError, match=r"git -c was ended after 0.3 s"):
        calls("-c", "alias.hang=!sleep 60", "hang")


def test_a_call_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    """Output beyond the limit ends the call."""
    calls = Git(repository(tmp_path), ENVIRON, timeout=60)
    with pytest.raises(UsageError, match="printed more than is read"):
        calls("-c", "alias.flood=!yes", "flood", limit=1000)


def test_what_breaks_the_input_is_raised_here(tmp_path: Path) -> None:
    """An input that cannot be read on ends the call with its own error."""

    def broken() -> Iterator[bytes]:
        yield b"x"
        msg = "unreadable"
        raise StateError(msg)

    with pytest.raises(StateError, match="unreadable"):
        Git(repository(tmp_path), ENVIRON, timeout=60)("stripspace", feed=broken())


def test_waits_double_and_are_bounded() -> None:
    """The first try comes at once; each wait is drawn below a bound that doubles up to the longest."""
    waited: list[float] = []
    patience = Patience(sleep=waited.append, random=Random(1), tries=8, first=1.0, longest=20.0)  # noqa: S311  # steady
    assert list(patience.turns()) == list(range(8))
    assert len(waited) == 7
    assert all(0 <= wait <= min(20.0, 2.0**turn) for turn, wait in enumerate(waited, start=1))
    assert len(set(waited)) == 7


def test_local_files_of_other_kinds_are_told(tmp_path: Path) -> None:
    """Only regular files with names of a history count; temporary files of writers are nobody's business."""
    root = write(
        tmp_path, {run(1): b"1", "runs/2026/11/odd.txt": b"x", "runs/2026/11/.1.ab.tmp": b"x", "other/x": b"x"}
    )
    os.mkfifo(root / "runs/2026/11/2-1.json")
    found = local_files(root)
    assert found.sizes.keys() == {"layout.json", run(1)}
    assert set(found.left_out) == {"runs/2026/11/odd.txt", "runs/2026/11/2-1.json"}
    with pytest.raises(StateError, match="not a regular file"):
        read_file(root, "runs/2026/11/2-1.json")
    with pytest.raises(StateError, match="cannot be read"):
        read_file(root, "runs/2026/11/9-1.json")


def test_stores_of_killed_commands_are_removed_some_time_later(tmp_path: Path) -> None:
    """What a killed command has left is removed by a later one, unless it may be at work still."""
    mine = share(tmp_path / "mine", server(tmp_path / "remote.git"))
    old, new = (mine.cache / f"data-branch-{name}" for name in ("old", "new"))
    for place in (old, new):
        place.mkdir(parents=True)
    os.utime(old, (1, 1))
    pull(mine)
    assert [*mine.cache.iterdir()] == [new]


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    """Where the work, or the history, cannot be written, the error names the place, and nothing is half done."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"1"}), remote)
    mine.cache.write_bytes(b"a file in the way")
    with pytest.raises(UsageError, match=r"no working repository can be made in .*cache"):
        push(mine)
    mine.cache.unlink()
    push(mine)
    theirs = share(write(tmp_path / "theirs", {"layout.json": b'{"layout":1}\n'}), remote)
    (theirs.history / "runs").write_bytes(b"a file in the way")
    with pytest.raises(UsageError, match=r"cannot write .*1-1\.json.*must exist, be writable and have room"):
        pull(theirs)
    (theirs.history / "runs").unlink()
    assert pull(theirs).written == 1
    assert git(remote.path, "for-each-ref", "--format=%(refname)") == "refs/heads/ratchetry-data"
