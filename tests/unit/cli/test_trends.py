"""`ratchetry trends` as it is called: over a history, over records, and over nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.record import RunRecord
from ratchetry.errors import RatchetryError, StateError, UsageError
from ratchetry.state import record as record_file
from ratchetry.state.trend_report import loads
from tests.histories import Shape, history

SHAPE: Final = Shape(runs=120, tests=20, decline=0.05, seed=4)
BOUNDS: Final = '{"version": 1, "coverage": {"minimum": 70}, "metrics": {"lint.findings": {"maximum": 20}}}'
DOOR: Final = Path(__file__).parents[3] / "scripts" / "ci" / "analyze_trends.py"


def call(*words: str) -> str:
    """Return what the command prints when it ends well; raises what it raises."""
    result = CliRunner().invoke(cli, ["trends", *words])
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def on_branch() -> Iterator[RunRecord]:
    """Yield runs of a branch, the machine always the same."""
    for record in history(SHAPE):
        runner = replace(record.run.runner, cpu_model="AMD EPYC 7763")
        yield replace(record, run=replace(record.run, runner=runner))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a history and bounds."""
    root = tmp_path_factory.mktemp("repository")
    (root / "quality-thresholds.json").write_text(BOUNDS, encoding="utf-8")
    place = HistoryDirectory(root / ".ratchetry")
    for record in on_branch():
        place.add(record)
    return root


def test_a_table_of_a_history(repository: Path) -> None:
    """Each metric has a row; coverage, which loses a point in five days, worsens towards its bound."""
    lines = call("--path", str(repository)).splitlines()
    assert "1 worsening" in lines[0]
    row = next(line for line in lines if line.startswith("coverage.line"))
    assert "worsening" in row
    assert "70% about 2026-02" in row
    assert sum(line.startswith(("tests.", "lint.", "types.")) for line in lines) >= 7


def test_the_report_as_json_in_a_file_and_drawn(repository: Path, tmp_path: Path) -> None:
    """JSON is the trend report, the file holds the same, and the drawing is well-formed."""
    target, drawing = tmp_path / "report.json", tmp_path / "trends.svg"
    words = ("--path", str(repository), "--format", "json", "--output", str(target), "--plot", str(drawing))
    printed = call(*words)
    assert target.read_text(encoding="utf-8") == printed
    report = loads(target.read_bytes(), "report.json")
    assert report.runs > 70
    assert report.run == f"{max(int(row.run.run_id) for row in kept_runs())}-1"
    coverage = next(each for each in report.series if each.name == "coverage.line")
    assert coverage.trend.slope is not None
    assert coverage.trend.slope == pytest.approx(-0.2, abs=0.02)
    assert {each.name for each in report.regressions} <= {each.name for each in report.series}
    assert report.flaky is not None
    assert report.modules
    assert report.unmeasured == {}
    ElementTree.fromstring(drawing.read_text(encoding="utf-8"))


def kept_runs() -> list[RunRecord]:
    """Return the runs that count."""
    return [record for record in on_branch() if record.run.pull_request is None and not record.run.dirty]


def test_metrics_like_a_pattern(repository: Path) -> None:
    """Only those are shown, with the numbers that they have among all; the pattern of none is an error."""
    everything = json.loads(call("--path", str(repository), "--format", "json"))["series"]
    chosen = json.loads(call("--path", str(repository), "--format", "json", "--metric", "coverage.*"))["series"]
    assert chosen == [each for each in everything if each["name"] == "coverage.line"]
    assert "| `coverage.line` |" in call("--path", str(repository), "--format", "markdown", "--metric", "coverage.line")
    with pytest.raises(UsageError, match=r"no run of branch 'main' has a metric like 'nothing\.\*'"):
        call("--path", str(repository), "--metric", "nothing.*")


def test_since_a_day(repository: Path) -> None:
    """Earlier runs do not count."""
    words = ("--path", str(repository), "--format", "json", "--since", "2026-02-01")
    report = json.loads(call(*words))
    assert report["since"] > "2026-02-01"


def test_records_in_a_directory(repository: Path, tmp_path: Path) -> None:
    """A directory of records, or of a history, is reported on like the history here."""
    for at, record in enumerate(on_branch()):
        (tmp_path / f"{at}.json").write_bytes(record_file.dumps(record))
    where = ("--path", str(repository), "--format", "json")
    of_records = call(*where, "--metrics-dir", str(tmp_path))
    assert of_records == call(*where) == call(*where, "--metrics-dir", str(repository / ".ratchetry"))


def test_one_run_alone(tmp_path: Path) -> None:
    """A single run has values, no trends, and a reason for each part that cannot be made of it."""
    HistoryDirectory(tmp_path).add(replace(kept_runs()[0], tests=()))
    report = loads(call("--history", str(tmp_path), "--format", "json").encode(), "printed")
    assert (report.runs, report.regressions) == (1, ())
    assert {each.trend.verdict for each in report.series} == {"unknown"}
    assert {"regressions", "flaky"} <= report.unmeasured.keys()
    assert "flaky not measured" in call("--history", str(tmp_path))


def test_nothing_to_report_on(tmp_path: Path) -> None:
    """No history, no record, a broken record and two sources end with code 2 and a message."""
    for words, message in [
        (("--path", str(tmp_path)), "no run of branch"),
        (("--history", str(tmp_path / "none")), "there is no such directory"),
        (("--metrics-dir", str(tmp_path / "none")), "there is no such directory"),
        (("--metrics-dir", str(tmp_path)), "there is no record"),
        (("--metrics-dir", str(tmp_path), "--history", str(tmp_path)), "give one of them"),
    ]:
        with pytest.raises(UsageError, match=message) as raised:
            call(*words)
        assert raised.value.exit_code == 2
    (tmp_path / "broken.json").write_text('{"run": {', encoding="utf-8")
    with pytest.raises(StateError, match=r"broken\.json"):
        call("--metrics-dir", str(tmp_path))


def test_the_door(repository: Path, tmp_path: Path) -> None:
    """scripts/ci/analyze_trends.py writes the report of a directory."""
    target = tmp_path / "report.json"
    words = ["--path", str(repository), "--metrics-dir", str(repository / ".ratchetry"), "--output", str(target)]
    subprocess.run([sys.executable, str(DOOR), *words], check=True, capture_output=True, timeout=60)
    assert loads(target.read_bytes(), "report.json").branch == "main"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
