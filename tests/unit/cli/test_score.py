"""`ratchetry score` and its door end with the exit code that their result deserves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ratchetry.cli.app import run

DOOR = Path(__file__).parents[3] / "scripts" / "ci" / "run_scoring.py"


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory, a repository with two documents."""
    (tmp_path / "README.md").write_text("# Title\n\nText.\n")
    (tmp_path / "bad.md").write_text("Text.\n\n## \n\n```\nx\n```\n")
    (tmp_path / "empty.md").write_text("")
    model = {"metrics": {"structure": {"weight": 1, "minimum": 0.1}}, "thresholds": {"warn": 0.9, "fail": 0.6}}
    (tmp_path / "model.json").write_text(json.dumps(model))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--input", "README.md"], 0),
        (["--input", "README.md", "--ci-mode"], 0),
        (["--input", "bad.md"], 0),
        (["--input", "bad.md", "--ci-mode"], 1),
        (["--input", "empty.md"], 3),
        (["--input", "empty.md", "--ci-mode"], 3),
        (["--input", "gone.md"], 2),
        (["--record", "gone.json"], 2),
        (["--record", "model.json"], 2),
    ],
)
@pytest.mark.usefixtures("repository")
def test_exit_codes(arguments: list[str], code: int) -> None:
    """Only --ci-mode fails; nothing measured and wrong input never look like a failed gate."""
    assert run(["score", "--model", "model.json", "--out", "score.json", *arguments]) == code


def test_the_result_is_written_and_step_outputs_are_set(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The total of the file and of the output agree."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(repository / "outputs"))
    assert run(["score", "--model", "model.json", "--input", "bad.md", "--out", "score.json", "--ci-mode"]) == 1
    result = json.loads((repository / "score.json").read_text())
    assert result["verdict"] == "fail"
    outputs = (repository / "outputs").read_text().splitlines()
    assert f"{result['total']:.6g}" in outputs
    assert "fail" in outputs
    assert [line.partition("<<")[0] for line in outputs if "<<" in line] == ["score", "verdict"]


def test_a_failed_publication_is_told_and_changes_nothing(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outputs that cannot be written are a warning."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(repository))
    assert run(["score", "--model", "model.json", "--input", "README.md", "--ci-mode"]) == 0
    assert "warning: GITHUB_OUTPUT could not be written" in capsys.readouterr().err


@pytest.mark.usefixtures("repository")
def test_without_out_standard_output_is_the_result_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """What people read goes to standard error."""
    assert run(["score", "--model", "model.json", "--input", "README.md", "--input", "empty.md"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["total"] == 1.0
    assert "score 1.000" in printed.err


def test_the_door_does_the_same(repository: Path) -> None:
    """The script takes the same options and ends with the same code."""
    arguments = ["--model", "model.json", "--input", "bad.md", "--out", "score.json", "--ci-mode"]
    environment = {name: value for name, value in os.environ.items() if name != "GITHUB_OUTPUT"}
    ended = subprocess.run(
        [sys.executable, str(DOOR), *arguments], cwd=repository, env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert json.loads((repository / "score.json").read_text())["verdict"] == "fail"
