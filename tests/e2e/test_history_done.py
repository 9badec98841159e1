"""A project's past is measured, shared by several writers at once, compacted, verified and asked: all as it was."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from ratchetry.fleet.light import ANALYSES
from ratchetry.fleet.rows import Cell
from ratchetry.pipeline.fleet import ENGINES, Request, answers
from tests.adapters.data_branch.remotes import DATA, Server, server
from tests.adapters.repositories import ENVIRON, git, repository
from tests.answers import assert_same, light_answer
from tests.e2e.commands import OWN, ratchetry
from tests.e2e.repositories import write

pytestmark = pytest.mark.e2e

COMMITS: Final = 12
WRITERS: Final = 4
PYPROJECT: Final = '[project]\nname = "pkg"\nversion = "1"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
TEST: Final = """import pytest
from pkg import double

@pytest.mark.parametrize("n", range({cases}))
def test_double(n):
    assert double(n) == 2 * n
"""
PASSED: Final = """SELECT "commit", count(*) AS tests, count(*) FILTER (outcome = 'passed') AS passed
FROM tests GROUP BY "commit" ORDER BY "commit\""""


def project(root: Path) -> Path:
    """Return a repository with a past of two months, in which each commit has a test more and every fifth is wrong."""
    repository(root)
    for number in range(COMMITS):
        factor = 3 if number % 5 == 4 else 2
        files = {
            "pyproject.toml": PYPROJECT,
            "pkg/__init__.py": f"def double(x: int) -> int:\n    return {factor} * x\n",
        }
        write(root, {**files, "tests/test_double.py": TEST.format(cases=number + 2), ".gitignore": ".ratchetry\n"})
        when = f"2024-{1 + number // 6:02}-{1 + number % 6:02}T12:00:00Z"
        git(root, "add", "-A")
        command = ("git", "commit", "-q", "-m", f"change {number}")
        dated = {**ENVIRON, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        subprocess.run(command, cwd=root, env=dated, check=True, capture_output=True)
    return root


def call(root: Path, *words: str) -> str:
    """Return what a command of the history printed in a repository; it must succeed."""
    ended = ratchetry(root, "history", *words)
    assert ended.code == 0, ended.err
    return ended.out


def clones(remote: Server, origin: Path, records: tuple[RunRecord, ...]) -> list[Path]:
    """Return clones that have a share of some runs each, and the first run all of them."""
    found = []
    for number in range(WRITERS):
        root = origin.parent / f"writer {number}"
        git(origin.parent, "clone", "-q", str(origin), str(root))
        git(root, "remote", "set-url", "origin", remote.url)
        share = records[number::WRITERS]
        for record in share if number == 0 else (records[0], *share):
            assert HistoryDirectory(root / ".ratchetry").add(record)
        found.append(root)
    return found


def asked(history: Path, engine: str, scratch: Path) -> dict[str, list[Mapping[str, Cell]]]:
    """Return what an engine answers to every analysis of a history."""
    (name,) = (each for each in ENGINES if each == engine)
    request = Request(source=str(history), engine=name, since=date(2024, 1, 1), master="", scratch=scratch)
    return {analysis: list(rows) for analysis, rows in answers(request, tuple(ANALYSES)).items()}


def test_a_past_is_measured_shared_compacted_verified_and_asked(tmp_path: Path) -> None:
    """Nothing is lost or twice on the way, and each engine answers what the runs that were measured say."""
    origin = project(tmp_path / "origin")
    call(origin, "backfill", "--stage", "test", "--jobs", "2", *OWN)
    measured = tuple(HistoryDirectory(origin / ".ratchetry").records())
    assert [record.run.commit for record in measured] == git(origin, "log", "--reverse", "--format=%H").split()
    assert [record.stages["test"].status for record in measured].count("failed") == 2
    remote = server(tmp_path / "remote.git")
    writers = clones(remote, origin, measured)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda root: call(root, "push"), writers))
    reader = tmp_path / "reader"
    git(tmp_path, "clone", "-q", str(origin), str(reader))
    git(reader, "remote", "set-url", "origin", remote.url)
    call(reader, "pull")
    history = reader / ".ratchetry"
    assert tuple(HistoryDirectory(history).records()) == measured
    call(reader, "fold", "--compact", "--squash")
    assert remote.refs().keys() == {DATA}
    assert not [path for path in remote.files() if path.startswith("runs/")]
    call(reader, "pull")
    assert "12 runs and 0 events in" in (told := call(reader, "verify"))
    assert told.endswith(": 0 problems, 0 notes\n")
    assert tuple(HistoryDirectory(history).records()) == measured
    assert_answers(reader, measured, tmp_path / "scratch")


def assert_answers(reader: Path, measured: tuple[RunRecord, ...], scratch: Path) -> None:
    """Assert that the light core and DuckDB answer as the history that was measured does, and SQL counts its tests."""
    history = reader / ".ratchetry"
    light, duckdb = asked(history, "light", scratch), asked(history, "duckdb", scratch)
    for name in ANALYSES:
        assert_same(light[name], duckdb[name])
        assert_same(light[name], light_answer(name, [reader.parent / "origin" / ".ratchetry"]))
    assert light["trend"]
    assert light["weekly"]
    rows = json.loads(call(reader, "query", PASSED, "--format", "json"))
    assert rows == sorted(
        (
            {
                "commit": record.run.commit,
                "tests": len(record.tests),
                "passed": sum(test.outcome == "passed" for test in record.tests),
            }
            for record in measured
        ),
        key=lambda row: str(row["commit"]),
    )
    assert sum(row["tests"] for row in rows) == sum(range(2, COMMITS + 2))
