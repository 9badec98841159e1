"""Histories of real runs travel through a remote: pushed, folded, compacted there, pulled and read elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from ratchetry.adapters.data_branch.objections import DAMAGED, WHOLE, objection_to
from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.event import event
from ratchetry.domain.record import RunRecord
from ratchetry.history.layout import layout_bytes
from ratchetry.pipeline.sync import compaction, covered_by_part
from ratchetry.settings import Settings
from ratchetry.state.record import dumps
from tests.adapters.data_branch.remotes import DATA, Server, server
from tests.adapters.repositories import ENVIRON, commit, git, repository
from tests.unit.history.realistic import runs

RECORDS: Final = tuple(runs(6, tests=20))


def dated(number: int, month: str) -> RunRecord:
    """Return a run of a month."""
    record = RECORDS[number]
    return replace(record, run=replace(record.run, run_id=f"{number}", started=f"{month}-0{number + 1}T00:00:00Z"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository whose origin is a bare one beside it, called remote.git."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    root = repository(tmp_path / "work")
    commit(root, a__py="1\n")
    git(root, "remote", "add", "origin", server(tmp_path / "remote.git").url)
    return root


def remote_of(project: Path) -> Server:
    """Return the bare repository."""
    return Server(path=project.parent / "remote.git")


def call(*words: str, code: int = 0) -> Result:
    """Return how a command ended, which must be as expected."""
    result = CliRunner().invoke(cli, ["history", *words])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def keep(root: Path, records: Iterator[RunRecord]) -> HistoryDirectory:
    """Return the history of a repository with some runs."""
    history = HistoryDirectory(root / ".ratchetry")
    assert all(history.add(record) for record in records)
    return history


def test_runs_travel_through_a_remote(project: Path, tmp_path: Path) -> None:
    """What is pushed from a checkout is pulled into any directory, run for run, and nothing is wrong with it."""
    mine = keep(project, (dated(number, "2026-10") for number in range(4)))
    mine.add_event(event("log", time="2026-10-05T00:00:00Z", subject="x"))
    assert "4 runs" in call("push", "--path", str(project)).stdout
    assert "has all of this history" in call("push", "--path", str(project)).stdout
    theirs = HistoryDirectory(tmp_path / "theirs")
    assert "brought" in call("pull", "--path", str(project), "--history", str(theirs.root)).stdout
    assert list(theirs.records()) == list(mine.records())
    assert list(theirs.events()) == list(mine.events())
    assert verify(theirs).problems == verify(theirs).notes == ()


def test_a_fold_compacts_months_that_are_over(project: Path, tmp_path: Path) -> None:
    """Compacted at the remote and without a past, the history reads the same after a pull; nobody sends files again."""
    mine = keep(project, (dated(number, "2026-09") for number in range(3)))
    call("push", "--path", str(project))
    keep(project, (dated(number, "2026-10") for number in range(3, 5)))
    call("push", "--path", str(project), "--no-fold")
    before = list(mine.records())
    result = call("fold", "--path", str(project), "--compact", "--squash", "--format", "json")
    folded = json.loads(result.stdout)
    assert (len(folded["folded"]), folded["squashed"], folded["notes"]) == (1, True, [])
    assert not [path for path in remote_of(project).files() if path.startswith("runs/2026/09")]
    assert git(remote_of(project).path, "rev-list", "--count", DATA) == "1"
    assert json.loads(call("push", "--path", str(project), "--format", "json").stdout)["paths"] == []
    theirs = HistoryDirectory(tmp_path / "theirs")
    call("pull", "--path", str(project), "--history", str(theirs.root))
    assert list(theirs.records()) == before
    call("pull", "--path", str(project))
    assert list(HistoryDirectory(mine.root).records()) == before
    assert verify(HistoryDirectory(mine.root)).problems == ()
    assert not list((mine.root / "runs" / "2026" / "09").glob("*.json"))


def test_what_was_compacted_here_replaces_files_there(project: Path, tmp_path: Path) -> None:
    """Compacting on a laptop and pushing does what a compacting fold does; a part takes the place of its files."""
    mine = keep(project, (dated(number, "2026-09") for number in range(3)))
    call("push", "--path", str(project))
    compaction(Settings(), datetime(2026, 11, 1, tzinfo=UTC))(mine.root)
    (part,) = mine.root.glob("months/*/*")
    assert len(covered_by_part(part.read_bytes(), "part")) == 3
    call("push", "--path", str(project))
    assert [path for path in remote_of(project).files() if not path.startswith("catalog")] == [
        part.relative_to(mine.root).as_posix()
    ]
    theirs = HistoryDirectory(tmp_path / "theirs")
    call("pull", "--path", str(project), "--history", str(theirs.root))
    assert list(theirs.records()) == list(mine.records())


def test_dropped_tests_do_not_come_back(project: Path) -> None:
    """A fold drops what the settings keep no longer, and a push from where it still is does not bring it back."""
    mine = keep(project, (dated(number, "2024-09") for number in range(3)))
    call("push", "--path", str(project))
    (project / "ratchetry.toml").write_text("history-keep-tests-days = 100\n", encoding="utf-8")
    call("fold", "--path", str(project), "--compact")
    pruned = remote_of(project).refs()[DATA]
    assert sum(path.startswith("months/2024-09") for path in remote_of(project).files()) == 2
    assert all(record.tests for record in mine.records())
    call("push", "--path", str(project))
    assert remote_of(project).refs()[DATA] == pruned


def test_damaged_and_whole_files_are_not_shared(project: Path, tmp_path: Path) -> None:
    """A file that was cut, and a record that an earlier version wrote whole, stay here, and are named."""
    mine = keep(project, (dated(number, "2026-10") for number in range(3)))
    first, second, _ = sorted((mine.root / "runs").rglob("*.json"))
    first.write_bytes(first.read_bytes()[:-10])
    second.write_bytes(dumps(dated(1, "2026-10")))
    result = call("push", "--path", str(project), "--format", "json")
    assert sorted(json.loads(result.stdout)["left_out"].values()) == sorted([WHOLE, DAMAGED])
    assert "2 files are not shared" in result.stderr
    theirs = tmp_path / "theirs"
    call("pull", "--path", str(project), "--history", str(theirs))
    assert len(list(HistoryDirectory(theirs).records())) == 1


def test_damaged_files_at_the_remote_are_not_written(project: Path, tmp_path: Path) -> None:
    """What somebody has planted on the branch under a good name is left out of a pull, and counted."""
    mine = keep(project, (dated(number, "2026-10") for number in range(2)))
    call("push", "--path", str(project))
    work = tmp_path / "plant"
    git(tmp_path, "clone", "-q", "-b", "ratchetry-data", remote_of(project).url, str(work))
    for path in (*work.glob("runs/*/*/*"), *work.glob("catalog/*/*")):
        path.write_bytes(b"planted")
    git(work, "commit", "-q", "-a", "-m", "x")
    git(work, "push", "-q")
    theirs = tmp_path / "theirs"
    result = call("pull", "--path", str(project), "--history", str(theirs))
    assert f"entries were not taken: {DAMAGED}" in result.stderr
    assert [path.name for path in theirs.rglob("*") if path.is_file()] == ["layout.json"]
    assert objection_to("layout.json", layout_bytes()) == ""
    assert len(list(mine.records())) == 2


def test_dry_runs_and_errors_of_the_commands(project: Path) -> None:
    """Dry runs tell and change nothing; an unknown remote is an error of usage that lists the known ones."""
    keep(project, (dated(number, "2026-10") for number in range(2)))
    assert "would push" in call("push", "--path", str(project), "--dry-run").stdout
    assert remote_of(project).refs() == {}
    assert "where they wait" in call("push", "--path", str(project), "--no-fold").stdout
    assert "would fold 1 batches" in call("fold", "--path", str(project), "--dry-run").stdout
    assert "no history yet" in call("pull", "--path", str(project)).stdout
    call("fold", "--path", str(project))
    assert "would bring 0 files" in call("pull", "--path", str(project), "--dry-run").stdout
    from ratchetry.cli.app import run

    assert run(["history", "push", "--path", str(project), "--remote", "upstream"]) == 2


def test_a_reference_of_ones_own(project: Path, tmp_path: Path) -> None:
    """With --ref the history stays out of ordinary clones."""
    keep(project, (dated(number, "2026-10") for number in range(2)))
    call("push", "--path", str(project), "--ref", "refs/ratchetry/data")
    assert remote_of(project).refs().keys() == {"refs/ratchetry/data"}
    call("pull", "--path", str(project), "--ref", "refs/ratchetry/data", "--history", str(tmp_path / "theirs"))
    assert len(list(HistoryDirectory(tmp_path / "theirs").records())) == 2
