"""The main job as a step of GitHub Actions, whose files the measured code would like to write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.adapters.repositories import git
from tests.e2e.commands import OWN, Ended, run_in
from tests.e2e.repositories import README, committed, flat, write

pytestmark = pytest.mark.e2e

SPEAKING = """\
import os
import pathlib

NAMES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


def test_speaks_for_the_job():
    for name in NAMES:
        if name in os.environ:
            pathlib.Path(os.environ[name]).write_text("verdict=pass")


def test_has_no_token():
    secrets = ("GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    assert not [name for name in secrets if name in os.environ]


def test_prints_commands():
    print("::set-output name=verdict::pass")
    os.write(1, b"::error title=forged::forged\\\\n")
"""
GROWN = "def sign(x):\n    if x < 0:\n        return -1\n    if x == 0:\n        return 0\n    return 1\n"


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """Return how the step ended for a pull request with a lint finding, and the directory of the step's files."""
    base = tmp_path_factory.mktemp("step")
    configuration = '[tool.pytest.ini_options]\naddopts = "-s"\n'
    root = flat(base / "repo", {"README.md": README, "pyproject.toml": configuration})
    first = committed(root)
    write(root, {"pkg/__init__.py": f"import os\n\n\n{GROWN}", "tests/test_speaking.py": SPEAKING})
    second = committed(root)
    event = {
        "number": 7,
        "pull_request": {
            "number": 7,
            "base": {"sha": first, "ref": "main", "repo": {"full_name": "owner/pkg"}},
            "head": {"sha": second, "ref": "grow", "repo": {"full_name": "fork/pkg"}},
        },
    }
    (base / "event.json").write_text(json.dumps(event), encoding="utf-8")
    files = {name: str(base / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
    for name in files.values():
        Path(name).touch()
    variables = {
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(base / "event.json"),
        "GITHUB_REPOSITORY": "owner/pkg",
        "GITHUB_RUN_ID": "123",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_SHA": second,
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_HEAD_REF": "grow",
        "GITHUB_BASE_REF": "main",
        "GITHUB_WORKSPACE": str(root),
        "GITHUB_WORKFLOW_REF": "owner/pkg/.github/workflows/ci.yml@refs/pull/7/merge",
        "ACTIONS_RUNTIME_TOKEN": "secret",
        "GH_TOKEN": "secret",
        **files,
    }
    return run_in(root, "--stage", "quality", "--stage", "test", "--stage", "score", *OWN, extra=variables), base


def outputs(base: Path) -> dict[str, str]:
    """Return the outputs as the runner reads them."""
    text = (base / "github_output").read_text(encoding="utf-8")
    found = re.findall(r"([\w-]+)<<(\w+)\n(.*?)\n\2\n", text, re.DOTALL)
    assert "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, end, value in found) == text
    return {name: value for name, _, value in found}


def test_the_outputs_are_ours_alone(step: tuple[Ended, Path]) -> None:
    """Verdict, score and the record's path are set; what the suite tried to write is nowhere."""
    ended, base = step
    assert ended.code == 0, ended.out + ended.err
    assert ended.outcomes()["test_speaks_for_the_job"] == "passed"
    assert ended.outcomes()["test_has_no_token"] == "passed"
    given = outputs(base)
    assert set(given) == {"verdict", "score", "record-path"}
    assert given["verdict"] == ended.record.verdict
    assert float(given["score"]) == pytest.approx(ended.record.metrics["score.total"].value, abs=1e-5)
    assert given["record-path"] == str(ended.output / "record.json")
    assert (base / "github_env").read_text(encoding="utf-8") == ""


def test_the_summary_is_that_of_the_run(step: tuple[Ended, Path]) -> None:
    """It is Markdown, below what GitHub drops, and the same as the file."""
    ended, base = step
    summary = (base / "github_step_summary").read_text(encoding="utf-8")
    assert summary.strip() == (ended.output / "summary.md").read_text(encoding="utf-8").strip()
    assert len(summary.encode()) < 1024 * 1024


def test_the_annotations_stand_at_their_places(step: tuple[Ended, Path]) -> None:
    """The finding of the changed file is shown at its line; no line of the suite's output is a command."""
    ended, _ = step
    commands = [line for line in (ended.out + ended.err).splitlines() if line.lstrip().startswith("::")]
    assert any(re.match(r"::warning file=pkg/__init__\.py,line=1,title=ruff%3A F401::", line) for line in commands)
    assert all(re.match(r"::(error|warning|notice) (file|title)=", line) for line in commands)
    assert not [line for line in commands if "forged" in line]


def test_the_record_knows_the_pull_request(step: tuple[Ended, Path]) -> None:
    """Run, attempt, number and base come from the event, and changed lines are measured against that base."""
    ended, base = step
    run = ended.record.run
    assert (run.run_id, run.attempt, run.event, run.pull_request) == ("123", 2, "pull_request", 7)
    assert run.repository == "owner/pkg"
    assert run.base_commit == git(base / "repo", "rev-parse", "HEAD~1")
    assert ended.record.metrics["coverage.changed"].n == 3
    assert ended.record.metrics["coverage.changed"].value == pytest.approx(200 / 3)
