"""`ratchetry history import`: its options and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from ratchetry.cli.app import cli
from ratchetry.errors import EXIT_PASS, EXIT_USAGE

DATA: Final = Path(__file__).parents[2] / "data"
SCRIPT: Final = str(DATA / "github-action-benchmark-1/data.js")


def call(tmp_path: Path, *arguments: str) -> Result:
    """Return how the command ended."""
    history = ("--history", str(tmp_path / "history"), "--path", str(tmp_path))
    return CliRunner().invoke(cli, ["history", "import", *arguments, *history], standalone_mode=False)


def told(tmp_path: Path, *arguments: str) -> str:
    """Return the error that the command ends with."""
    error = call(tmp_path, *arguments).exception
    assert error is not None
    return str(error)


def test_it_says_what_it_did(tmp_path: Path) -> None:
    """How many runs of which time are where now, and how many were there already."""
    first = call(tmp_path, "--from", "github-action-benchmark", SCRIPT)
    assert first.return_value == EXIT_PASS
    assert "imported 3 runs; they started from 2026-01-05T10:00:00Z to 2026-01-07T10:00:00Z" in first.output
    again = call(tmp_path, "--from", "github-action-benchmark", SCRIPT)
    assert again.return_value == EXIT_PASS
    assert "imported 0 runs; 3 were there already" in again.output


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says what would be done."""
    result = call(tmp_path, "--from", "github-action-benchmark", SCRIPT, "--dry-run", "--format", "json")
    document = json.loads(result.stdout)
    assert (document["added"], document["dry_run"]) == (3, True)
    assert document["repositories"] == {"owner/sample": 3}
    assert not (tmp_path / "history").exists()


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    """The rest is imported, and the command succeeds."""
    result = call(tmp_path, "--from", "github-action-benchmark", str(DATA / "github-action-benchmark-1"))
    assert result.return_value == EXIT_PASS
    assert "entries.Load[0].benches[2]: Broken: value: it is no finite number" in result.stderr
    assert "warning: 1 thing was left out" in result.stderr


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    """The reasons are told; at most some of them, all are counted."""
    (tmp_path / "data.js").write_text(json.dumps({"entries": {"S": [{}] * 30}}), encoding="utf-8")
    result = call(tmp_path, "--from", "github-action-benchmark", str(tmp_path / "data.js"))
    assert result.return_value == EXIT_USAGE
    assert "error: nothing was found that can be imported" in result.stderr
    assert "left out: 30 in all, of which the first 20 are told" in result.stderr


def test_names_of_a_source_steer_nothing(tmp_path: Path) -> None:
    """What GitHub's runner would take for a command is told as text."""
    (tmp_path / "data.js").write_text(json.dumps({"entries": {"\n::error::x\x1b[2J": [{}]}}), encoding="utf-8")
    result = call(tmp_path, "--from", "github-action-benchmark", str(tmp_path / "data.js"))
    assert "\n::error::" not in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--from", "junit", "x", "--suite", "a"), "--suite is for --from github-action-benchmark only"),
        (("--from", "octocov", "x", "--commit", "abcdef0"), "--commit is for --from junit only"),
        (("--from", "octocov", "x", "--github"), "--github is for --from artifacts only"),
        (("--from", "junit"), "name what is to be imported"),
        (("--from", "artifacts", "x", "--github"), "there is nothing to name"),
        (("--from", "artifacts", "x", "--most", "3"), "need --github"),
        (("--from", "junit", "x", "--commit", "HEAD"), "'HEAD' is no commit's hash"),
        (("--from", "junit", "x", "--started", "soon"), "'soon' is no time in ISO 8601"),
        (("--from", "junit", "x", "--pattern", "("), "is no regular expression"),
        (("--from", "junit", "x", "--pattern", "abc"), "it names no group"),
        (("--from", "octocov", "x", "--better", "a=up"), "'a=up' is none of GLOB=higher and GLOB=lower"),
        (("--from", "octocov", "absent"), "absent: there is no such file"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], why: str, tmp_path: Path) -> None:
    """The error says which option, and what is wrong with it."""
    assert why in told(tmp_path, *arguments)


def test_own_histories_are_sources_too(tmp_path: Path) -> None:
    """Stored benchmarks, imported into one history, go on to another; a remote without a history has nothing."""
    stored = str(DATA / "pytest-benchmark-4.0.0" / "stored.json")
    assert call(tmp_path / "a", "--from", "pytest-benchmark", stored).return_value == EXIT_PASS
    moved = call(tmp_path / "b", "--from", "dir", str(tmp_path / "a"))
    assert "imported 1 run;" in moved.output
    (tmp_path / "empty").mkdir()
    nothing = call(tmp_path / "b", "--from", "artifacts", str(tmp_path / "empty"))
    assert nothing.return_value == EXIT_USAGE
    assert "no remote is called 'nowhere'" in told(tmp_path / "b", "--from", "branch", "nowhere")


def test_github_needs_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the error says so."""
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert "GITHUB_TOKEN" in told(tmp_path, "--from", "artifacts", "--github", "--repository", "owner/name")


def test_directions_and_patterns_arrive(tmp_path: Path) -> None:
    """What the options say is in the runs."""
    octocov = str(DATA / "octocov-0/report.json")
    assert call(tmp_path, "--from", "octocov", octocov, "--better", "*/N=higher").return_value == EXIT_PASS
    junit = str(DATA / "gotestsum-1.13.0")
    result = call(tmp_path, "--from", "junit", junit, "--pattern", r"gotestsum-(?P<branch>[\d.]+)/", "--group", "all")
    assert result.return_value == EXIT_PASS
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "history").rglob("*.json")]
    assert any('"imported.benchmark_0.N"' in text for text in texts)
    assert any('"branch":"1.13.0"' in text for text in texts)
