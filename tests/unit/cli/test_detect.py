"""`ratchetry detect` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree

from ratchetry.cli.app import run

STEP = [10.0, 10.1, 9.9, 10.0, 10.05] * 6 + [12.0, 12.1, 11.9, 12.05] * 2


def _write(directory: Path, *series: list[float]) -> str:
    """Return the path of a file with a series on each line."""
    path = directory / "series.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in series), encoding="utf-8")
    return str(path)


def test_answers_each_line_with_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON comes line by line, with the documented fields."""
    assert run(["detect", "--input", _write(tmp_path, STEP, [5.0] * 20), "--format", "json"]) == 0
    changed, constant = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    (point,) = changed["change_points"]
    assert point["index"] == 30
    assert point["direction"] == "up"
    assert point["interval"][0] < point["effect"] < point["interval"][1]
    assert constant["change_points"] == []


def test_says_whether_the_end_has_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --online, there is one answer for each series."""
    old = STEP + [12.0, 12.1, 11.9, 12.05] * 10
    assert run(["detect", "--input", _write(tmp_path, STEP, old), "--online", "--format", "json"]) == 0
    recent, past = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (recent["changed"], recent["change_point"]["index"]) == (True, 30)
    assert (past["changed"], past["change_point"]) == (False, None)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_shows_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Tables hold the effect as a percentage, and say how many series there were."""
    assert run(["detect", "--input", _write(tmp_path, STEP), "--format", form]) == 0
    out = capsys.readouterr().out
    assert "+20" in out
    assert "1 series, 1 change points" in out


@pytest.mark.parametrize("form", ["table", "json"])
def test_draws_series_with_their_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """The drawing is a well-formed SVG file that names each change."""
    source, drawing = _write(tmp_path, [5.0] * 20, STEP), tmp_path / "drawing.svg"
    assert run(["detect", "--input", source, "--format", form, "--plot", str(drawing)]) == 0
    text = drawing.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "+20" in text
    assert capsys.readouterr().out


def test_refuses_what_is_no_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file, and a file that is not there, end with 2 and say what to do."""
    path = tmp_path / "wrong.json"
    path.write_text('[1, "x"]', encoding="utf-8")
    assert run(["detect", "--input", str(path)]) == 2
    assert "line 1: [1]: must be a number" in capsys.readouterr().err
    assert run(["detect", "--input", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_refuses_a_history_without_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run there is nothing to look at, which is said."""
    assert run(["detect", "--path", str(tmp_path), "--history", str(tmp_path)]) == 2
    assert "backfill" in capsys.readouterr().err
