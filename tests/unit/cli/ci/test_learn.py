"""`ratchetry ci learn` and `ratchetry ci propose` say what follows, and touch nothing that they are not asked to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run
from tests.adapters.repositories import git
from tests.e2e.repositories import write
from tests.pipeline.ci import taught

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory, a repository with a history beside it that teaches."""
    git(tmp_path, "init", "-q", "-b", "main", ".")
    write(tmp_path, taught.files(START))
    history = HistoryDirectory(tmp_path / "history")
    for record in taught.records(START):
        history.add(record)
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN", "GITHUB_STEP_SUMMARY", "RATCHETRY_DISABLE_LEARNING"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_learn(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run appends nothing, a run appends once, and all of it is there as JSON and in the job's summary."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(root / "summary.md"))
    learn = ["ci", "learn", "--history", "history"]
    assert run([*learn, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "events would be appended" in shown
    assert "  advised on lint.findings (threshold-target)" in shown
    assert list(HistoryDirectory(root / "history").events()) == []
    assert run([*learn, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [lesson["learner"] for lesson in told["lessons"]][:2] == ["bounds", "rewards"]
    assert [one["subject"] for one in told["lessons"][0]["events"]] == ["lint.findings"]
    assert "lint.findings" in (root / "summary.md").read_text()
    assert run(learn) == 0
    assert "nothing new" in capsys.readouterr().out


def test_learning_is_disabled(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both say so and succeed, and neither needs a remote, a token or files that can be read."""
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    write(root, {"quality-thresholds.json": "{"})
    assert run(["ci", "learn"]) == 0
    assert run(["ci", "propose"]) == 0
    assert capsys.readouterr().out.count("learning is disabled") == 2


def test_a_file_that_cannot_be_read(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, with the exit code of a state error, after the other learners have looked."""
    write(root, {"quality-thresholds.json": "{"})
    assert run(["ci", "learn", "--history", "history"]) == 2
    said = capsys.readouterr()
    assert "rewards:" in said.out
    assert "quality-thresholds.json" in said.err


def test_propose(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run shows the text and the difference, and says when there is nothing to propose."""
    propose = ["ci", "propose", "--history", "history", "--dry-run"]
    assert run(propose) == 0
    assert capsys.readouterr().out == "nothing to propose: quality-thresholds.json, active-versions.json\n"
    assert run(["ci", "learn", "--history", "history"]) == 0
    capsys.readouterr()
    assert run(propose) == 0
    shown = capsys.readouterr().out
    assert "Tighten 1 bound\n" in shown
    assert "+++ quality-thresholds.json" in shown
    assert "lint.findings" in (root / "quality-thresholds.json").read_text()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("step", ["learn", "propose"])
def test_a_history_that_is_not_there(step: str) -> None:
    """A directory that was named and is none is a usage error."""
    assert run(["ci", step, "--history", "gone"]) == 2
