"""`ratchetry bench compare` over real repositories and real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.adapters.repositories import git
from tests.e2e.commands import OWN, Ended, argv, environment, ratchetry
from tests.e2e.processes import marked
from tests.e2e.repositories import committed, snapshot, status, write

pytestmark = pytest.mark.e2e

LOOP = "def work(count):\n    return sum(number * number for number in range(count))\n"
BENCHES = (
    "from loop import work\n\n\n"
    "def test_steady(benchmark):\n    benchmark(work, 2000)\n\n\n"
    "def test_slowed(benchmark):\n    benchmark(work, {count})\n"
)
INI = "[pytest]\naddopts = -p no:hypothesispytest\n"
"""A plugin that takes longer to import than everything here to run."""
QUICK = ("--pairs", "8", "--min-time", "0.005", "--seed", "1", "--format", "json")


def compare(root: Path, *words: str) -> Ended:
    """Return how a comparison ended."""
    return ratchetry(root, "bench", "compare", *words, *QUICK, *OWN)


def test_a_slower_working_tree_is_found_and_a_failing_one_not_measured(tmp_path: Path) -> None:
    """Three times the work, uncommitted, has regressed; nothing is left behind, and a broken side is no pass."""
    root = write(tmp_path / "repo", {"loop.py": LOOP, "bench_loop.py": BENCHES.format(count=1000), "pytest.ini": INI})
    first = committed(root)
    write(root, {"bench_loop.py": BENCHES.format(count=3000)})
    before = status(root), snapshot(root)
    plot = tmp_path / "change.svg"
    ended = compare(root, "main", "--fail", "--plot", str(plot))
    assert ended.code == 1, ended.out + ended.err
    found = json.loads(ended.out)
    verdicts = {row["name"].rpartition("::")[2]: row for row in found["comparisons"]}
    assert verdicts["test_slowed"]["verdict"] == "regressed"
    assert 1.5 < verdicts["test_slowed"]["difference"] < 2.5
    assert verdicts["test_steady"]["verdict"] != "regressed"
    assert (found["base"]["commit"], found["head"]["uncommitted"], found["pairs"]) == (first, True, 8)
    assert plot.read_text(encoding="utf-8").startswith("<svg")
    assert (status(root), snapshot(root)) == before
    assert not list((root / ".ratchetry" / "work").rglob("*"))

    write(root, {"loop.py": "import nowhere\n"})
    broken = compare(root, "main")
    assert broken.code == 3, broken.out + broken.err
    assert "nowhere" in json.loads(broken.out)["not_compared"][0]["reason"]
    assert json.loads(broken.out)["comparisons"] == []


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    """An unknown reference and a directory without version control are errors; no benchmarks are not measured."""
    outside = compare(tmp_path, "main")
    assert outside.code == 2
    root = write(tmp_path / "repo", {"loop.py": LOOP})
    committed(root)
    unknown = compare(root, "nope")
    assert unknown.code == 2
    assert "'nope' is no commit or reference here" in unknown.err
    assert not (root / ".ratchetry").exists()
    shown = compare(root, "main", "--dry-run")
    assert (shown.code, len(json.loads(shown.out)["first_of_each_pair"])) == (0, 8)
    assert not (root / ".ratchetry").exists()
    nothing = compare(root, "main", git(root, "rev-parse", "HEAD"))
    assert nothing.code == 3
    assert "no benchmarks" in json.loads(nothing.out)["not_compared"][0]["reason"]


def test_an_interrupted_comparison_leaves_nothing_behind(tmp_path: Path) -> None:
    """A request to end ends the benchmark that runs, and removes both checkouts."""
    began = tmp_path / "began"
    body = f"    pathlib.Path({str(began)!r}).touch()\n    time.sleep(600)\n"
    slow = f"import pathlib\nimport time\n\n\ndef test_slow(benchmark):\n{body}"
    root = write(tmp_path / "repo", {"bench_slow.py": slow, "pytest.ini": INI})
    committed(root)
    mark = f"E2E_BENCH_{os.getpid()}"
    running = subprocess.Popen(
        argv("bench", "compare", "main", *OWN),
        cwd=root,
        env=environment({mark: "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    ends = time.monotonic() + 60
    while not began.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert marked(mark) == []
    assert not list((root / ".ratchetry" / "work").rglob("*"))
