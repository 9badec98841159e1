"""A history under faults: writers at the same time, killed ones, full and read-only disks."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from tests.adapters.history_runs import files, run

ROOT: Final = Path(__file__).parents[2]
WRITERS: Final = 8
NOBODY: Final = 65534


def start(*arguments: str | int | Path, user: int | None = None) -> subprocess.Popen[str]:
    """Return a worker that has been started."""
    command = [sys.executable, "-m", "tests.adapters.history_worker", *map(str, arguments)]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/", env=environ, user=user)


def ended(worker: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """Return the exit code and the lines of a worker, once it has ended."""
    said, _ = worker.communicate(timeout=120)
    return worker.returncode, [line for line in said.splitlines() if line != "ready"]


def numbers(root: Path) -> list[str]:
    """Return the runs of a history, which has no problems."""
    history = HistoryDirectory(root)
    assert verify(history).problems == ()
    return [record.run.run_id for record in history.records()]


def test_of_many_writers_at_once_none_is_lost_and_none_is_twice(tmp_path: Path) -> None:
    """Eight processes that add overlapping runs, while the month is compacted, leave each run once."""
    workers = [start("add", tmp_path, 5 * number, 15) for number in range(WRITERS)]
    packer = start("compact", tmp_path)
    outcomes = [ended(worker) for worker in workers]
    assert [code for code, _ in [*outcomes, ended(packer)]] == [0] * (WRITERS + 1)
    added = [line.split()[0] for _, lines in outcomes for line in lines if line.endswith("True")]
    assert sorted(added, key=int) == [str(number) for number in range(5 * (WRITERS - 1) + 15)]
    assert sorted(numbers(tmp_path), key=int) == sorted(added, key=int)


def test_a_killed_writer_leaves_a_whole_history(tmp_path: Path) -> None:
    """Killed at random moments, adders lose nothing that they said was kept, and what is there is whole."""
    chance = random.Random(5)  # noqa: S311  # the same moments every time
    kept: set[str] = set()
    for turn in range(6):
        worker = start("add", tmp_path, 1000 * turn, 1000)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0, 0.15))
        worker.kill()
        _, lines = ended(worker)
        kept |= {line.split()[0] for line in lines if line.endswith("True")}
        assert kept <= set(numbers(tmp_path))
    assert kept


def test_a_killed_compaction_leaves_a_whole_history(tmp_path: Path) -> None:
    """Killed at random moments, a compaction changes nothing that a reader sees; the next one ends it."""
    history = HistoryDirectory(tmp_path)
    for number in range(40):
        history.add(run(number))
    expected = numbers(tmp_path)
    chance = random.Random(3)  # noqa: S311  # the same moments every time
    for _ in range(5):
        worker = start("compact", tmp_path)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        worker.kill()
        ended(worker)
        assert numbers(tmp_path) == expected
        history.add(run(0))
    compact(history, "2026-10")
    assert numbers(tmp_path) == expected
    assert not list(tmp_path.glob("runs/*/*/*"))


@pytest.mark.parametrize("room", [0, 20, 100, 600])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path, room: int) -> None:
    """Wherever the disk runs full, the file is named, and the run can be added once there is room."""
    HistoryDirectory(tmp_path).add(run(2))
    code, lines = ended(start("limited", tmp_path / "new", room))
    assert code == 2
    assert lines[0].startswith("UsageError: cannot write ")
    assert lines[0].endswith("File too large; its directory must exist, be writable and have room")
    assert all(not path.endswith(".tmp") for path in files(tmp_path))
    assert numbers(tmp_path / "new") == []
    assert HistoryDirectory(tmp_path / "new").add(run(1))
    assert numbers(tmp_path / "new") == ["1"]


@pytest.fixture
def read_only() -> Iterator[Path]:
    """Yield a history that its user may not write, in a place that everyone can see."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        HistoryDirectory(root).add(run(2))
        places = [root, *(path for path in root.rglob("*") if path.is_dir())]
        for path in places:
            path.chmod(0o555)
        yield root
        for path in places:
            path.chmod(0o755)


def may_run_python(user: int) -> bool:
    """Tell whether another user may run the Python of the tests with what they import."""
    command = [sys.executable, "-c", "import ratchetry.adapters.history_directory"]
    try:
        return subprocess.run(command, user=user, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except PermissionError:
        return False


def test_a_read_only_directory_is_told_and_can_be_read(read_only: Path) -> None:
    """Adding names the file that cannot be written; reading needs no permission to write."""
    user = NOBODY if os.geteuid() == 0 else None
    if user is not None and not may_run_python(user):
        pytest.skip("another user may not run this Python, or not see the checkout")
    before = files(read_only)
    code, lines = ended(start("add", read_only, 1, 1, user=user))
    assert code == 2
    assert lines[0].startswith(f"UsageError: cannot write {read_only}")
    assert "Permission denied; its directory must exist, be writable and have room" in lines[0]
    assert files(read_only) == before
    assert numbers(read_only) == ["2"]


def test_the_rows_of_a_large_suite_are_kept(tmp_path: Path) -> None:
    """A record with 100,000 tests, such as nobody writes by hand, is kept and read back."""
    from dataclasses import replace

    from ratchetry.domain.record import TestResult

    tests = tuple(TestResult(id=f"t{number:06}", outcome="passed", duration=0.001) for number in range(100_000))
    history = HistoryDirectory(tmp_path)
    assert history.add(replace(run(1), tests=tests))
    (columns,) = history.columns()
    assert sum(len(part.outcomes) for part in columns.tests) == 100_000
