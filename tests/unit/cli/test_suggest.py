"""`ratchetry suggest` and its door as they are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.errors import RatchetryError, StateError, UsageError
from ratchetry.pipeline.ci.improve import learned_advice
from ratchetry.settings import Settings
from ratchetry.state import trend_report
from ratchetry.state.schema import json_schema
from ratchetry.state.suggestions import loads
from tests.histories import Shape, history
from tests.unit.learn.suggestions.evidence import BUSY

DOOR = Path(__file__).parents[3] / "scripts" / "ci" / "generate_suggestions.py"
BOUNDS = '{"version": 1, "coverage": {"minimum": 70}, "metrics": {"lint.findings": {"maximum": 2}}}'


def call(*words: str) -> str:
    """Return what the command prints when it ends well; raises what it raises."""
    result = CliRunner().invoke(cli, ["suggest", *words])
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a history whose coverage falls, and bounds."""
    root = tmp_path_factory.mktemp("repository")
    (root / "quality-thresholds.json").write_text(BOUNDS, encoding="utf-8")
    place = HistoryDirectory(root / ".ratchetry")
    for record in history(Shape(runs=100, tests=20, decline=0.05, seed=4)):
        runner = replace(record.run.runner, cpu_model="AMD EPYC 7763")
        place.add(replace(record, run=replace(record.run, runner=runner)))
    return root


def test_what_a_history_suggests(repository: Path, tmp_path: Path) -> None:
    """A table names what falls and what to do; the document says the same, again and again."""
    text = call("--path", str(repository))
    assert "coverage.line gets worse" in text
    assert "next: ratchetry trends --metric coverage.line" in text
    target = tmp_path / "suggestions.json"
    printed = call("--path", str(repository), "--format", "json", "--output", str(target), "--top", "2")
    assert target.read_text(encoding="utf-8") == printed
    assert call("--path", str(repository), "--format", "json", "--top", "2") == printed
    jsonschema.validate(json.loads(printed), json_schema("suggestions"))
    report = loads(target.read_bytes(), "x")
    assert len(report.suggestions) == 2 < report.found
    assert "### Suggestions" in call("--path", str(repository), "--format", "markdown", "--seed", "other")


def test_hit_rates(repository: Path) -> None:
    """Before any advice there is nothing to show; once it was given, it is open."""
    assert "no advice has been given yet" in call("--path", str(repository), "--hit-rates")
    place = HistoryDirectory(repository / ".ratchetry")
    told = learned_advice(place, root=repository, settings=Settings(), environ=os.environ, branch="main")
    assert {one.kind for one in told} == {"decision", "issue"}
    assert all(place.add_event(one) for one in told)
    again = learned_advice(place, root=repository, settings=Settings(), environ=os.environ, branch="main")
    assert again == (), "a second look gives nothing"
    frozen = Settings(disable_learning=True)
    assert learned_advice(place, root=repository, settings=frozen, environ=os.environ, branch="main") == ()
    assert "metric-worsening  0" in call("--path", str(repository), "--hit-rates")
    assert json.loads(call("--path", str(repository), "--hit-rates", "--format", "json"))[0]["waiting"] == 1


def test_a_trend_report_alone(tmp_path: Path) -> None:
    """Without a history, what needs a run is named as not looked at."""
    (tmp_path / "t.json").write_bytes(trend_report.dumps(BUSY))
    text = call("--path", str(tmp_path), "--trend-report", str(tmp_path / "t.json"))
    assert "types.errors gets worse" in text
    assert "not looked at: findings: no run record was given" in text


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A missing report, a broken one and a missing history are clear errors."""
    with pytest.raises(UsageError, match="there is no such trend report"):
        call("--path", str(tmp_path), "--trend-report", "none.json")
    (tmp_path / "t.json").write_text('{"series": 3}', encoding="utf-8")
    with pytest.raises(StateError, match="series"):
        call("--path", str(tmp_path), "--trend-report", str(tmp_path / "t.json"))
    with pytest.raises(UsageError):
        call("--path", str(tmp_path), "--trend-report", str(tmp_path / "t.json"), "--history", "none")
    with pytest.raises(UsageError):
        call("--path", str(tmp_path))


@pytest.mark.e2e
def test_the_door(tmp_path: Path) -> None:
    """The script of the workflow turns a trend report into the document."""
    (tmp_path / "t.json").write_bytes(trend_report.dumps(BUSY))
    words = ["--trend-report", "t.json", "--output", "suggestions.json"]
    done = subprocess.run(
        [sys.executable, str(DOOR), *words], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert loads((tmp_path / "suggestions.json").read_bytes(), "x").found == 4
