"""Runs whose artifacts GitHub still keeps, imported from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as ratchetry
from tests.github.fake import FakeGitHub, Fault, Response
from tests.github.test_ci_steps import taught

ARGUMENTS = ["history", "import", "--from", "artifacts", "--github", "--history", "history"]


def test_what_github_keeps_is_imported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs that may teach come as they are, others are left out with the reason, and no cursor is moved."""
    monkeypatch.chdir(tmp_path)
    with FakeGitHub() as fake:
        for name, value in fake.environ.items():
            monkeypatch.setenv(name, value)
        fake.state.add_workflow(fake.repo, ".github/workflows/ci.yml", "CI")
        honest = taught(fake, 2)
        taught(fake, 1, commit="2" * 40)
        assert ratchetry([*ARGUMENTS, "--dry-run"]) == 0
        assert not (tmp_path / "history").exists()
        assert ratchetry(ARGUMENTS) == 0
        assert "its commit is" in capsys.readouterr().err
        assert ratchetry(ARGUMENTS) == 0
        assert "imported 0 runs; 2 were there already" in capsys.readouterr().out
        refused = Response(status=403, body={"message": "Resource not accessible by integration"})
        fake.faults.append(Fault(kind="answer", path="/runs$", times=9, response=refused))
        assert ratchetry(ARGUMENTS) == 3
        fake.faults.clear()
    runs = list(HistoryDirectory(tmp_path / "history").records())
    assert {run.run.run_id for run in runs} == {str(run.id) for run in honest}
    assert not (tmp_path / "history" / "cursor.json").exists()
