"""A run that is interrupted, or that finds another one at work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.commands import OWN, TESTS, argv, environment, run_in
from tests.e2e.processes import alive, marked
from tests.e2e.repositories import flat, write

pytestmark = pytest.mark.e2e

SLOW = """\
import os
import pathlib
import subprocess
import sys
import time


def test_takes_its_time():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    pathlib.Path(os.environ["E2E_PIDS"]).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""


def wait_for(path: Path, seconds: float = 60) -> str:
    """Return the text that appears in a file; fails the test when none does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text(encoding="utf-8")):
            return text
        time.sleep(0.05)
    raise AssertionError(path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    """Exit code 130 within seconds, no process left, files of the run before untouched, and the next run works."""
    root = flat(tmp_path / "repo")
    assert run_in(root, *TESTS).code == 0
    record = (root / ".ratchetry" / "record.json").read_bytes()
    write(root, {"tests/test_slow.py": SLOW})
    pids, mark = tmp_path / "pids", f"E2E_{os.getpid()}_{number.name}"
    asked = argv("run", *OWN, "--osv-url", "http://127.0.0.1:9")
    extra = {"E2E_PIDS": str(pids), mark: "1"}
    running = subprocess.Popen(
        asked, cwd=root, env=environment(extra), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    children = [int(pid) for pid in wait_for(pids).split()]

    second = run_in(root, "--stage", "validate")
    assert second.code == 2
    assert "another run is using this directory" in second.err

    running.send_signal(number)
    began = time.monotonic()
    out, err = running.communicate(timeout=60)
    assert time.monotonic() - began < 15
    assert running.returncode == 130, err
    assert out == ""
    assert err.strip().splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in err
    assert not [pid for pid in children if alive(pid)]
    assert marked(mark) == []
    assert (root / ".ratchetry" / "record.json").read_bytes() == record
    for entry in (root / ".ratchetry" / "runs").rglob("*.json"):
        json.loads(entry.read_bytes())
    assert run_in(root, "--stage", "validate").code == 0
