"""`ratchetry thresholds` as it is called."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.record import Finding, Metric, RunInfo, RunRecord, StageResult
from ratchetry.errors import RatchetryError, UsageError
from ratchetry.state.record import dumps
from tests.adapters.repositories import git
from tests.builders import RUNNER

START = datetime(2026, 1, 1, tzinfo=UTC)
FILE = "quality-thresholds.json"
BOUNDS = {
    "updated_at": "2026-01-01",
    "metrics": {
        "lint.findings": {"maximum": 30, "target": 0, "ratchet_increment": 1},
        "lint.findings[src/old/**]": {"maximum": 9, "target": 0, "ratchet_increment": 1},
        "types.errors": {"target": 0, "ratchet_increment": 1},
    },
}


def record(run: int, findings: int, branch: str = "main") -> RunRecord:
    """Return a run with some findings, all but one in one directory."""
    rows = tuple(
        Finding(tool="ruff", rule="E501", severity="low", path=f"src/{'old' if at else 'new'}/a.py", line=at + 1)
        for at in range(findings)
    )
    values = {"lint.findings": float(findings), "types.errors": 4.0}
    return RunRecord(
        run=RunInfo(
            repository="o/n",
            run_id=str(run),
            event="push",
            branch=branch,
            commit=f"{run:040x}",
            started=f"{START + timedelta(hours=6 * run):%Y-%m-%dT%H:%M:%SZ}",
            runner=RUNNER,
        ),
        stages={"quality": StageResult(status="passed")},
        metrics={
            name: Metric(value=value, unit="count", better="lower", stage="quality") for name, value in values.items()
        },
        findings=rows,
        verdict="pass",
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with bounds and a history of twelve runs that got better, and runs of another branch."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / FILE).write_text(json.dumps(BOUNDS), encoding="utf-8")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    history = HistoryDirectory(tmp_path / ".ratchetry")
    for run in range(12):
        history.add(record(run, 20 if run < 2 else 6))
        history.add(record(100 + run, 0, "topic"))
    (tmp_path / ".ratchetry" / "record.json").write_bytes(dumps(record(11, 6)))
    return tmp_path


def call(root: Path, *words: str, code: int = 0) -> str:
    """Return what a command prints; raises what it raises."""
    result = CliRunner().invoke(cli, ["thresholds", *words, "--path", str(root)], standalone_mode=False)
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exception is None, result.output
    assert (result.return_value or 0) == code, result.output
    return result.stdout


def test_apply_moves_what_the_history_supports_and_once_only(repository: Path) -> None:
    """Moves are noted, the file is written with its evidence, and a second call changes no byte."""
    dry = call(repository, "apply", "--dry-run")
    assert '+      "maximum": 6,' in dry
    assert json.loads((repository / FILE).read_text(encoding="utf-8")) == BOUNDS
    assert not list(HistoryDirectory(repository / ".ratchetry").events())
    body = repository / "body.md"
    told = call(repository, "apply", "--body", str(body))
    assert "lint.findings: 30 → 6 (supported: 6)" in told
    assert "| `lint.findings` | 30 | 6 |" in body.read_text(encoding="utf-8")
    data = (repository / FILE).read_bytes()
    written = json.loads(data)
    assert {name: row["maximum"] for name, row in written["metrics"].items()} == {
        "lint.findings": 6,
        "lint.findings[src/old/**]": 5,
        "types.errors": 4,
    }
    assert {row["metric"] for row in written["history"]} == set(BOUNDS["metrics"])
    assert written["updated_at"] == record(11, 6).run.started
    assert "nothing to move" in call(repository, "apply")
    assert (repository / FILE).read_bytes() == data


def test_frozen_learning_moves_nothing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With disable-learning there are no moves."""
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    assert "nothing to move" in call(repository, "apply")
    assert json.loads((repository / FILE).read_text(encoding="utf-8")) == BOUNDS


def test_show_tells_where_each_bound_stands(repository: Path) -> None:
    """The bound, the last value, what the next move needs; as JSON, Markdown and a drawing, too."""
    assert "nothing: due, to 6" in call(repository, "show")
    call(repository, "apply")
    rows = {row["metric"]: row for row in json.loads(call(repository, "show", "--format", "json"))["bounds"]}
    assert rows["lint.findings"]["bound"] == 6
    assert rows["lint.findings"]["needs"] == "10 runs that support 5: the newest support 6"
    assert rows["lint.findings"]["moves"][0]["runs"][-1] == "11-1"
    assert "`lint.findings[src/old/**]`" in call(repository, "show", "--format", "markdown")
    drawing = repository / "a.svg"
    call(repository, "show", "lint.findings", "--plot", str(drawing))
    assert drawing.read_text(encoding="utf-8").count('class="k"') == 2
    with pytest.raises(UsageError, match="has no bound; there are"):
        call(repository, "show", "lint.finding")


def test_check_holds_the_last_run_or_a_record_to_the_bounds(repository: Path) -> None:
    """A bound that does not hold is exit code 1, of paths as well."""
    assert "PASS" in call(repository, "check")
    worse = repository / "worse.json"
    worse.write_bytes(dumps(record(50, 12)))
    told = call(repository, "check", "--record", str(worse), "--format", "json", code=1)
    gates = {gate["metric"]: gate["verdict"] for gate in json.loads(told)["gates"]}
    assert gates == {"lint.findings": "pass", "lint.findings[src/old/**]": "fail"}
    assert "### Bounds" in call(repository, "check", "--format", "markdown")


def test_simulate_replays_a_policy_and_writes_nothing(repository: Path) -> None:
    """The moves that it would have made, from the beginning."""
    found = json.loads(call(repository, "simulate", "--k", "5", "--format", "json"))
    assert found["policy"]["runs"] == 5
    row = next(row for row in found["bounds"] if row["metric"] == "lint.findings")
    assert [move["to"] for move in row["moves"]] == [20.0, 6.0]
    assert (row["honest_blocked"], row["bound"]) == (0, 6.0)
    assert "honest runs blocked" in call(repository, "simulate", "--metric", "lint.findings", "--format", "markdown")
    assert json.loads((repository / FILE).read_text(encoding="utf-8")) == BOUNDS
    with pytest.raises(UsageError, match="no bound to simulate"):
        call(repository, "simulate", "--metric", "coverage.line")


def test_relax_writes_an_attributed_waiver_that_ends(repository: Path) -> None:
    """The file holds who, why and until when; the history notes it; the next check shows it."""
    until = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    words = ("relax", "lint.findings[src/old/**]", "--to", "20", "--reason", "a rename", "--until", until)
    told = json.loads(call(repository, *words, "--actor", "ann", "--format", "json"))
    assert (told["metric"], told["to"], told["until"]) == ("lint.findings[src/old/**]", 20, until)
    (row,) = json.loads((repository / FILE).read_text(encoding="utf-8"))["waivers"]
    assert (row["to"], row["reason"], row["actor"], row["until"]) == (20, "a rename", "ann", until)
    (event,) = HistoryDirectory(repository / ".ratchetry").events()
    assert (event.kind, event.subject, event.data["to"]) == ("waiver", "lint.findings[src/old/**]", 20.0)
    worse = repository / "worse.json"
    worse.write_bytes(dumps(record(50, 12)))
    checked = call(repository, "check", "--record", str(worse))
    assert "waived to 20" in checked
    assert "WARN" in checked
    assert "commit the file" in call(repository, "relax", "lint.findings", "--to", "40", *words[4:], "--actor", "ann")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--to": "30"}, "does not loosen the maximum of 30"),
        ({"--to": "nan"}, "does not loosen"),
        ({"--reason": "  "}, "--reason: must have 1 to 1000 characters"),
        ({"--until": "2020-01-01"}, "at most 90 days away"),
        ({"--until": "2999-01-01"}, "at most 90 days away"),
        ({"metric": "coverage.line"}, "there is no bound to relax"),
    ],
)
def test_relax_refuses_what_makes_no_sense(repository: Path, change: dict[str, str], message: str) -> None:
    """No waiver without a loosening, a reason, and a last day that is near."""
    soon = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    given = {"metric": "lint.findings", "--to": "40", "--reason": "r", "--until": soon, "--actor": "a", **change}
    metric = given.pop("metric")
    with pytest.raises(UsageError, match=message):
        call(repository, "relax", metric, *(word for pair in given.items() for word in pair))
    assert json.loads((repository / FILE).read_text(encoding="utf-8")) == BOUNDS
