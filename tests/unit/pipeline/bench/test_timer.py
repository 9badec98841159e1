"""The timer that stands still while the code waits for a processor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ratchetry.domain.command import Command
from ratchetry.pipeline.bench.timer import MODULE, SOURCE, timed

LINUX = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not tell waits")
FAKE = f"""
import sys
sys.path.insert(0, sys.argv[1])
from {MODULE} import timer

waits = iter([b"9 0 1", b"9 2000000000 2", b"9 2000000000 2"])
times = iter([10.0, 13.0])
print(timer(lambda *_: next(waits), 0, lambda: next(times)))
print(all(timer() <= timer() for _ in range(1000)))
"""


@pytest.fixture
def answers(tmp_path: Path) -> list[str]:
    """Return what the timer says to made-up readings, and whether it goes forward."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE, encoding="utf-8")
    argv = (sys.executable, "-c", FAKE, str(tmp_path))
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


@LINUX
def test_a_wait_between_the_readings_is_seen(answers: list[str]) -> None:
    """Time and wait are read until no wait fell between them; the wait is taken off, and time never goes back."""
    assert answers == ["11.0", "True"]


def test_the_command_takes_its_times_with_the_timer() -> None:
    """The module is written where the process finds it last, and named to pytest-benchmark."""
    plain = Command(name="b", argv=("python",), environment={"PYTHONPATH": "/repo/src", "A": "1"}, files={"/f": "x"})
    command = timed(plain, "/reports/timer")
    assert command.argv == ("python", f"--benchmark-timer={MODULE}.timer")
    assert command.environment == {"PYTHONPATH": "/repo/src:/reports/timer", "A": "1"}
    assert command.files == {"/f": "x", f"/reports/timer/{MODULE}.py": SOURCE}
    assert timed(Command(name="b", argv=()), "/t").environment == {"PYTHONPATH": "/t"}
