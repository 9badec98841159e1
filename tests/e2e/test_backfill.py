"""A backfill measures the past of a repository, survives being killed, and leaves nothing but the history behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from tests.adapters.repositories import ENVIRON, git, repository
from tests.adapters.test_worktrees import entry, git_input, state
from tests.e2e.commands import OWN, Ended, argv, environment, ratchetry
from tests.e2e.processes import alive, marked
from tests.e2e.repositories import write

pytestmark = pytest.mark.e2e

PYPROJECT = '[project]\nname = "pkg"\nversion = "1"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
SOURCE = "def double(x: int) -> int:\n    return 2 * x\n"
TEST = "import time\nfrom pkg import double\n\ndef test_double():\n    time.sleep(0.2)\n    assert double(2) == 4\n"
BACKFILL = ("history", "backfill", "--stage", "test", *OWN)


def committed(root: Path, day: int, texts: Mapping[str, str]) -> str:
    """Return the commit that writes files on a day of January."""
    write(root, texts)
    dated(root, day, "add", "-A")
    dated(root, day, "commit", "-q", "--allow-empty", "-m", f"day {day}")
    return git(root, "rev-parse", "HEAD")


def dated(root: Path, day: int, *arguments: str) -> str:
    """Return what git printed on a day of January."""
    date = f"2024-01-{day:02d}T12:00:00+02:00"
    environ = {**ENVIRON, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date}
    command = ("git", *arguments)
    return subprocess.run(command, cwd=root, env=environ, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with a past of eight commits, of which one cannot be checked out, and a dirty tree."""
    made = repository(tmp_path / "a repo")
    committed(made, 1, {"pkg/__init__.py": SOURCE, ".gitignore": ".ratchetry\n"})
    committed(made, 2, {"pyproject.toml": PYPROJECT, "tests/test_double.py": TEST})
    committed(made, 3, {"pkg/__init__.py": SOURCE.replace("2", "3")})
    committed(made, 4, {"pkg/__init__.py": SOURCE})
    add_evil(made)
    committed(made, 6, {"pyproject.toml": "[project\n"})
    committed(made, 7, {"pyproject.toml": PYPROJECT})
    committed(made, 8, {"README.md": "# pkg\n"})
    write(made, {"pkg/__init__.py": "staged = 1\n"})
    git(made, "stash")
    write(made, {"pkg/__init__.py": "dirty = 1\n", "new.txt": "new\n"})
    git(made, "add", "new.txt")
    return made


def add_evil(root: Path) -> None:
    """Commit a tree that holds a file inside of a .git, then go back to how it was."""
    blob = git(root, "rev-parse", "HEAD:pyproject.toml")
    options = ("hash-object", "-w", "-t", "tree", "--stdin", "--literally")
    inner = git_input(root, *options, data=entry("hooks", blob))
    tree = git_input(root, *options, data=entry(".git", inner, mode="40000"))
    git(root, "update-ref", "refs/heads/main", dated(root, 5, "commit-tree", tree, "-p", "HEAD", "-m", "evil"))
    good = dated(root, 5, "commit-tree", "HEAD~1^{tree}", "-p", "HEAD", "-m", "good")
    git(root, "update-ref", "refs/heads/main", good)


def kept(root: Path) -> list[RunRecord]:
    """Return the runs in the history of a repository."""
    return list(HistoryDirectory(root / ".ratchetry").records())


def left_behind(root: Path) -> list[str]:
    """Return what a backfill must not leave in the output directory."""
    output = root / ".ratchetry"
    return sorted(path.name for place in ("work", "artifacts") for path in (output / place).glob("*"))


def backfill(root: Path, *arguments: str, **extra: str) -> Ended:
    """Return how a backfill ended."""
    return ratchetry(root, *BACKFILL, *arguments, extra=extra)


def original(root: Path) -> Mapping[str, object]:
    """Return everything in a repository but the output directory."""
    return {path: what for path, what in state(root).items() if not path.startswith(".ratchetry") and path != "."}


def test_a_past_is_measured_killed_and_completed(root: Path) -> None:
    """Killed in the middle and started again, it measures what is left; nothing is lost, twice, or left behind."""
    before = original(root)
    command = argv(*BACKFILL, "--jobs", "2")
    with subprocess.Popen(
        command, cwd=root, env=environment({"E2E_BACKFILL": "1"}), stderr=subprocess.DEVNULL
    ) as first:
        deadline = time.monotonic() + 60
        while len(list(root.glob(".ratchetry/runs/*/*/*.json"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
    early = kept(root)
    assert 2 <= len(early) < 9
    again = backfill(root, "--format", "json")
    assert again.code == 0, again.err
    told = json.loads(again.out)
    assert (told["known"], len(told["measured"]), told["left"]) == (len(early), 9 - len(early), 0)
    records = kept(root)
    assert [record for record in records if record.run.commit in {known.run.commit for known in early}] == early
    assert [record.run.commit for record in records] == git(root, "log", "--reverse", "--format=%H").split()
    assert_tells_how_it_was(records)
    assert original(root) == before
    assert left_behind(root) == []
    assert [pid for pid in marked("E2E_BACKFILL") if alive(pid)] == []


def assert_tells_how_it_was(records: list[RunRecord]) -> None:
    """Failing suites failed; commits without tests or that cannot be checked out were not measured, with the reason."""
    assert [record.stages["test"].status for record in records] == [
        *("not_measured", "passed", "failed", "passed", "not_measured"),
        *("passed", "not_measured", "passed", "passed"),
    ]
    assert "no test was run" in records[0].stages["test"].reason
    assert "git refuses to write '.git/hooks'" in records[4].stages["test"].reason
    assert [record.run.started for record in records[3:7]] == [
        *("2024-01-04T10:00:00Z", "2024-01-05T10:00:00Z", "2024-01-05T10:00:01Z", "2024-01-06T10:00:00Z")
    ]
    assert {(record.run.event, record.run.branch, record.run.dirty) for record in records} == {
        ("backfill", "main", False)
    }
    assert {record.run.repository for record in records} == {"a repo"}
    assert records[2].run.base_commit == records[1].run.commit
    assert not any(name.startswith("ci.") for record in records for name in record.metrics)


def test_a_dry_run_writes_nothing_and_tells_all(root: Path) -> None:
    """It lists the commits in their order and what is known of the time."""
    before = state(root)
    ended = backfill(root, "--dry-run", "--commits", "3", "--every", "2")
    assert ended.code == 0, ended.err
    newest = git(root, "log", "--format=%H").split()
    assert [line.split()[0] for line in ended.out.splitlines()[:3]] == [newest[0][:12], newest[4][:12], newest[2][:12]]
    assert "3 commits of main to measure" in ended.out
    assert state(root) == before


def test_equal_trees_are_measured_once(tmp_path: Path) -> None:
    """The suite does not run again on a tree that it has run on."""
    root = repository(tmp_path / "repo")
    committed(root, 1, {"pkg/__init__.py": SOURCE, "pyproject.toml": PYPROJECT, "tests/test_double.py": TEST})
    committed(root, 2, {})
    committed(root, 3, {})
    ended = backfill(root, "--jobs", "1", "--format", "json")
    assert [row["reused"] for row in json.loads(ended.out)["measured"]] == [["test"], ["test"], []]


def test_an_environment_that_cannot_be_built_is_a_reason(tmp_path: Path) -> None:
    """Without the package index nothing is installed: the commit has a run that says so, and can be tried again."""
    root = repository(tmp_path / "repo")
    needs = PYPROJECT.replace('"1"\n', '"1"\ndependencies = ["no-such-thing==1"]\n')
    committed(root, 1, {"pkg/__init__.py": SOURCE, "pyproject.toml": needs, "tests/test_double.py": TEST})
    offline = {"PIP_NO_INDEX": "1"}
    ended = ratchetry(root, "history", "backfill", "--stage", "test", extra=offline)
    assert ended.code == 3, ended.err
    (record,) = kept(root)
    assert record.stages["test"].status == "not_measured"
    assert "no-such-thing" in record.stages["test"].reason
    assert backfill(root).out.splitlines()[0] == "0 commits measured, 1 were in the history already"
    assert "test: 1 passed" in backfill(root, "--retry-failed").out
    assert [(found.run.attempt, found.stages["test"].status) for found in kept(root)] == [
        (1, "not_measured"),
        (2, "passed"),
    ]


def test_an_interrupt_keeps_what_was_measured(root: Path) -> None:
    """After an interrupt no process is left, and the same command goes on."""
    with subprocess.Popen(
        argv(*BACKFILL, "--jobs", "2"),
        cwd=root,
        env=environment({"E2E_INTERRUPTED": "1"}),
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr
        process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read().decode()
    assert process.returncode == 130
    assert "the same command goes on from there" in said
    assert marked("E2E_INTERRUPTED") == []
    assert left_behind(root) == []
    (noted,) = HistoryDirectory(root / ".ratchetry").events()
    assert (noted.subject, noted.data["commits"]) == ("backfill", len(kept(root)))
    assert 1 <= len(kept(root)) < 9


def test_a_bare_repository_needs_a_place_for_the_output(root: Path, tmp_path: Path) -> None:
    """A bare repository is measured like any other, and nothing is written into it."""
    git(root, "clone", "-q", "--bare", str(root), str(tmp_path / "bare.git"))
    before = state(tmp_path / "bare.git")
    arguments = (*BACKFILL, "--commits", "1", str(tmp_path / "bare.git"))
    refused = ratchetry(tmp_path, *arguments)
    assert refused.code == 2
    assert "--output-dir" in refused.err
    ended = ratchetry(tmp_path, *arguments, "--output-dir", str(tmp_path / "out"))
    assert ended.code == 0, ended.err
    assert len(list(HistoryDirectory(tmp_path / "out").records())) == 1
    assert state(tmp_path / "bare.git") == before


def test_a_directory_of_a_repository_is_measured_alone(tmp_path: Path) -> None:
    """Run inside of one project of several, it measures that one, and says which commits do not have it yet."""
    made = repository(tmp_path / "several")
    committed(made, 1, {"README.md": "# several\n"})
    committed(made, 2, {"lib/pyproject.toml": PYPROJECT, "lib/pkg/__init__.py": SOURCE, "lib/tests/test_it.py": TEST})
    write(made, {"tests/test_other.py": "def test_other():\n    assert False\n"})
    committed(made, 3, {"lib/README.md": "# pkg\n"})
    ended = backfill(made / "lib", "--format", "json")
    assert ended.code == 0, ended.err
    records = kept(made / "lib")
    assert [[test.id for test in record.tests] for record in records] == [[], *[["tests/test_it.py::test_double"]] * 2]
    assert "has no directory lib" in records[0].stages["test"].reason
