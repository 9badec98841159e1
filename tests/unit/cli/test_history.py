"""`ratchetry history`: its commands as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as call
from ratchetry.history.privacy import person
from ratchetry.state.record import dumps, loads
from tests.adapters.history_runs import run


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project, which is the current directory, with two runs of its past."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    history = HistoryDirectory(tmp_path / ".ratchetry")
    history.add(run(1, started="2020-01-01T00:00:00Z"))
    history.add(run(2, started="2020-02-01T00:00:00Z"))
    return tmp_path


def test_add_says_what_is_new(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Adding twice keeps once, in words and as JSON."""
    (place / "r.json").write_bytes(dumps(run(3)))
    assert call(["history", "add", "r.json"]) == 0
    assert capsys.readouterr().out == f"kept 1 run: {place / '.ratchetry'}\n"
    assert call(["history", "add", "r.json"]) == 0
    assert capsys.readouterr().out == f"kept 0 runs; 1 was there already: {place / '.ratchetry'}\n"
    assert call(["history", "add", "r.json", "--history", "other", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 1, "known": 0, "history": "other"}
    (place / "r.json").write_bytes(b"{")
    assert call(["history", "add", "r.json"]) == 2
    assert capsys.readouterr().err.startswith("error: r.json: not valid JSON")


def test_show_in_three_forms(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run is shown for people, for programs and for a pull request."""
    assert call(["history", "show", "latest", "--format", "json"]) == 0
    assert loads(capsys.readouterr().out.encode(), "output") == run(2, started="2020-02-01T00:00:00Z")
    assert call(["history", "show", "1", "--format", "markdown"]) == 0
    assert "coverage" in capsys.readouterr().out
    assert call(["history", "show", "1"]) == 0
    assert "PASS" in capsys.readouterr().out
    assert call(["history", "show", "9", "--history", str(place / ".ratchetry")]) == 2
    assert "there is no such run" in capsys.readouterr().err


def test_log_verify_compact_and_prune(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the commands do is said by them, and looking with --dry-run changes nothing."""
    noted = ["history", "log", "it was slow", "--kind", "incident", "--time", "2020-01-02T01:00:00+01:00"]
    assert call([*noted, "--actor", "jo", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["time"], said["added"]) == ("2020-01-02T00:00:00Z", True)
    (event,) = HistoryDirectory(place / ".ratchetry").events()
    assert event.actor == person("jo", "hash", event.repository)
    assert call(["history", "compact", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("2020-01: would pack 1 run and 1 event, ")
    assert call(["history", "compact", "--month", "2020-01"]) == 0
    assert capsys.readouterr().out.startswith("2020-01: packed 1 run and 1 event, ")
    assert call(["history", "compact", "--format", "json"]) == 0
    assert [each["month"] for each in json.loads(capsys.readouterr().out)] == ["2020-02"]
    assert call(["history", "compact"]) == 0
    assert capsys.readouterr().out == "nothing to pack: no month that is over has files of its own\n"
    assert call(["history", "prune"]) == 0
    assert capsys.readouterr().out == "nothing to drop: tests are kept for ever\n"
    assert call(["history", "prune", "--keep-tests-days", "9", "--dry-run"]) == 0
    assert "2020-01: would drop 2 test results of 1 run\n" in capsys.readouterr().out
    assert call(["history", "prune", "--keep-tests-days", "9", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["chunks"] == 1
    assert call(["history", "show", "1"]) == 0
    assert "have been dropped" in capsys.readouterr().err
    assert call(["history", "verify"]) == 0
    assert capsys.readouterr().out.endswith("0 problems, 0 notes\n")


def test_verify_ends_with_2_when_something_is_wrong(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Problems are told with their files, hostile names made harmless."""
    month = place / ".ratchetry" / "runs" / "2020" / "01"
    (month / "::error::\x1b[31m").write_bytes(b"")
    assert call(["history", "verify"]) == 2
    out = capsys.readouterr().out
    assert out.startswith("problem: runs/2020/01/")
    assert "\x1b" not in out
    assert call(["history", "verify", "--format", "json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1
    assert call(["history", "verify", "--history", "none"]) == 2
    assert "there is no such directory" in capsys.readouterr().err


@pytest.mark.parametrize("when", ["yesterday", "2026-13-01", "", "0001-01-01T00:00:00+23:00"])
def test_a_time_that_is_none_is_told(place: Path, when: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no time is an error that shows how to write one."""
    code = call(["history", "log", "m", "--time", when])
    assert (code, "write it as 2026-11-20T18:00:00Z" in capsys.readouterr().err) in {(2, True), (0, False)}
    assert (code == 0) == (not when), "an empty time is now, as without the option"
    assert place.is_dir()
