"""Locks on directories are shared or exclusive, end with whoever holds them, and survive the removal of their files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ratchetry.adapters.leases import beside, exclusive, shared


def test_one_holds_alone(tmp_path: Path) -> None:
    """Who wants a lock that is held has to wait, and gets it afterwards."""
    with exclusive(tmp_path / "a") as first, exclusive(tmp_path / "a", seconds=0) as second:
        assert (first, second) == (True, False)
    with exclusive(tmp_path / "a", seconds=0) as third:
        assert third


def test_several_share(tmp_path: Path) -> None:
    """Shared holders keep an exclusive one out until the last has let go."""
    with shared(tmp_path / "a"):
        with shared(tmp_path / "a"), exclusive(tmp_path / "a", seconds=0) as alone:
            assert not alone
        with exclusive(tmp_path / "a", seconds=0) as alone:
            assert not alone
    with exclusive(tmp_path / "a", seconds=0) as alone:
        assert alone


def test_a_removed_file_is_no_lock(tmp_path: Path) -> None:
    """After whoever held the lock has removed its file, the next one holds a new one, and again alone."""
    with exclusive(tmp_path / "a"):
        (tmp_path / "a").unlink()
        with exclusive(tmp_path / "a", seconds=0) as second, exclusive(tmp_path / "a", seconds=0) as third:
            assert (second, third) == (True, False)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    """A lock ends with the process that held it, also when that is killed."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom ratchetry.adapters.leases import exclusive\n"
        "with exclusive(Path(sys.argv[1])):\n    print(flush=True)\n    sys.stdin.read()\n"
    )
    command = (sys.executable, "-c", code, str(tmp_path / "a"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with exclusive(tmp_path / "a", seconds=0) as held:
            assert not held
        other.kill()
        other.wait()
        with exclusive(tmp_path / "a", seconds=5) as held:
            assert held


def test_locks_stand_beside_what_they_lock(tmp_path: Path) -> None:
    """Removing a directory does not remove the lock that is held on it."""
    assert beside(tmp_path / "key", ".in-use") == tmp_path / "key.in-use"
