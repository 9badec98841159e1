"""Suites that fail, hang, flood or end the process that runs them, through the whole command line."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.commands import TESTS, run_in
from tests.e2e.processes import alive, marked
from tests.e2e.repositories import flat

pytestmark = pytest.mark.e2e

OUTCOMES = """\
import pytest

tries = []


@pytest.fixture
def broken():
    raise OSError("no such device")


def test_passes():
    pass


def test_fails():
    assert [1, 2] == [1, 3]


def test_errors(broken):
    pass


@pytest.mark.skip(reason="not today")
def test_skipped():
    pass


@pytest.mark.xfail(reason="known")
def test_expected_to_fail():
    assert False


@pytest.mark.flaky(reruns=2)
def test_flaky():
    tries.append(1)
    assert len(tries) > 1
"""

HANGING = """\
import os
import pathlib
import signal
import subprocess
import sys
import time

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def test_hangs():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True)
    child.stdout.readline()
    pathlib.Path(os.environ["E2E_PIDS"]).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""


def test_how_tests_can_end_and_what_the_run_says_of_it(tmp_path: Path) -> None:
    """A failing and an erring test fail the run; skips, expected failures and flaky tests do not."""
    root = flat(tmp_path, {"tests/test_outcomes.py": OUTCOMES, "tests/test_lost.py": "import absent_module\n"})
    ended = run_in(root, *TESTS)
    assert ended.code == 1
    assert ended.record.verdict == "fail"
    names = ("total", "passed", "failed", "skipped", "flaky")
    assert ended.values(*(f"tests.{name}" for name in names)) == (8, 3, 3, 2, 1)
    assert ended.outcomes()["test_flaky"] == "flaky"
    found = {(row.path, row.line) for row in ended.record.findings if row.tool == "pytest"}
    assert ("tests/test_outcomes.py", 16) in found
    assert "tests/test_lost.py" in {path for path, _ in found}
    evidence = "\n".join(failure.evidence for failure in ended.record.failures)
    assert "no such device" in evidence
    assert "No module named 'absent_module'" in evidence
    assert "3 failed" in ended.out


def test_a_suite_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    """Nothing survives, not even a descendant in a session of its own that ignores the request to end."""
    root = flat(tmp_path / "repo", {"tests/test_hangs.py": HANGING})
    pids = tmp_path / "pids"
    mark = f"E2E_{os.getpid()}_{tmp_path.name}"
    began = time.monotonic()
    ended = run_in(root, "--timeout", "6", *TESTS, extra={"E2E_PIDS": str(pids), mark: "1"})
    assert ended.code == 3
    assert "killed after 6 s with its whole process group" in ended.record.stages["test"].reason
    assert "test_hangs" in ended.record.stages["test"].reason
    assert len(pids.read_text().split()) == 2
    assert not [pid for pid in map(int, pids.read_text().split()) if alive(pid)]
    assert marked(mark) == []
    assert time.monotonic() - began < 60


def test_a_suite_that_prints_a_hundred_megabytes(tmp_path: Path) -> None:
    """The flood is taken in and left out: the result is measured, and the reports stay small."""
    flood = "def test_floods():\n    for _ in range(100):\n        print('x' * 1_000_000)\n"
    configuration = '[tool.pytest.ini_options]\naddopts = "-s"\n'
    root = flat(tmp_path, {"tests/test_floods.py": flood, "pyproject.toml": configuration})
    ended = run_in(root, *TESTS)
    assert ended.code == 0, ended.out[-2000:]
    assert ended.values("tests.passed", "coverage.line") == (2, 75)
    assert sum(path.stat().st_size for path in ended.output.glob("*.*")) < 1_000_000
    assert len(ended.out) + len(ended.err) < 100_000


def test_a_suite_that_kills_its_process_is_no_pass(tmp_path: Path) -> None:
    """The reason names the signal and the test that was running."""
    suite = "import os\n\n\ndef test_dies():\n    os.kill(os.getpid(), 9)\n"
    ended = run_in(flat(tmp_path, {"tests/test_dies.py": suite}), *TESTS)
    assert ended.code == 3
    reason = ended.record.stages["test"].reason
    assert signal.Signals(9).name in reason or "signal 9" in reason
    assert "tests/test_dies.py::test_dies" in reason
    assert "tests.passed" not in ended.record.metrics
