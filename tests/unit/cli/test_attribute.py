"""`ratchetry attribute` and the commands on rewards, as a user calls them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run
from ratchetry.domain.bandit import TRAILER, ArmDecision, ArmOutcome, decision_event, outcome_event, outcome_of
from ratchetry.domain.record import Change
from ratchetry.domain.trend_report import ModuleEvidence, TrendReport
from ratchetry.pipeline.rewards import learned_rewards
from ratchetry.settings import Settings
from ratchetry.state import trend_report
from tests.adapters.repositories import commit, git, repository
from tests.builders import metric
from tests.pipeline.test_run_evidence import TESTS, kept


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of which some commits were measured, the last with a failing test and a slow benchmark."""
    root = repository(tmp_path / "repo")
    history = HistoryDirectory(root / ".ratchetry")
    for number in range(24):
        sha = commit(root, **{f"part_{number % 4}__py": f"x = {number}\n"})
        if number % 3 == 0 or number > 21:
            slow = metric(2.0 if number > 14 else 1.0, better="lower", unit="seconds", stage="benchmark")
            failing = (TESTS[0],) * (number == 21)
            record = kept(number, *failing, verdict="fail" if failing else "pass", gates=(), commit=sha)
            assert history.add(replace(record, metrics={**record.metrics, "benchmark.part": slow}))
    (root / ".ratchetry" / ".gitignore").write_text("*\n")
    monkeypatch.chdir(root)
    return root


def test_the_newest_failure_is_explained(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the commits since the last good one, also those that nobody measured, and the commands to make sure."""
    assert run(["attribute", "--format", "json", "--plot", "modules.svg"]) == 0
    found = json.loads(capsys.readouterr().out)["attribution"]
    good, bad = (git(root, "rev-parse", f"HEAD~{back}") for back in (5, 2))
    assert (found["subject"], found["last_good"], found["first_bad"]) == (TESTS[0], good, bad)
    assert len(found["commits"]) == 3
    assert found["bisection"]["commands"][0] == f"git bisect start --first-parent {bad} {good}"
    assert (root / "modules.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_step_is_explained_by_its_commits(root: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """A benchmark that became slower has a range of commits."""
    del root
    assert run(["attribute", "--metric", "benchmark.part", "--format", form]) == 0
    shown = capsys.readouterr().out
    assert "went up by 100%" in shown
    assert "ratchetry bench compare" in shown


def test_a_test_and_a_run_by_name(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What never failed, and a run that passed, have nothing to explain."""
    del root
    assert run(["attribute", "--test", TESTS[0]]) == 0
    assert run(["attribute", "--run", "21"]) == 0
    assert capsys.readouterr().out.count("test_a.py::test_0 failed at") == 2
    for wrong, why in (
        (["--test", "no"], "it never failed"),
        (["--run", "3"], "nothing began"),
        (["--run", "x"], "no such run"),
    ):
        assert run(["attribute", *wrong]) == 2
        assert why in capsys.readouterr().err
    assert run(["attribute", "--run", "1", "--test", "x"]) == 2
    assert run(["attribute", "--branch", "none"]) == 2


def test_rewards_are_learned_once(tmp_path: Path) -> None:
    """From the kept runs of a branch; a second pass, or one while learning is disabled, appends nothing."""
    history = HistoryDirectory(tmp_path)
    decision = ArmDecision(id="01D", time="2026-01-01T01:00:00Z", arm="a", propensities={"a": 0.5, "b": 0.5})
    history.add_event(decision_event(decision))
    for number, named in ((0, ""), (3, "01D"), (80, "")):
        record = kept(number)
        trailers = {TRAILER: (named,)} if named else {}
        assert history.add(replace(record, change=Change(trailers=trailers)))
    assert learned_rewards(history, Settings(disable_learning=True), branch="main").outcomes == ()
    (found,) = learned_rewards(history, Settings(), branch="main").outcomes
    outcome = outcome_of(found)
    assert (outcome.decision, outcome.reward, outcome.runs) == ("01D", 1.0, ("3-1",))
    assert learned_rewards(history, Settings(), branch="main").outcomes == ()
    assert found in tuple(history.events())


def test_evaluating_a_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the log in the history, by name or as a file; too little is not measured, and ends with 3."""
    monkeypatch.chdir(tmp_path)
    history = HistoryDirectory(tmp_path / ".ratchetry")
    for at in range(120):
        when, later = (f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z" for hour in (at, at + 2))
        arm = "ab"[at % 2]
        history.add_event(
            decision_event(ArmDecision(id=f"d{at}", time=when, arm=arm, propensities={"a": 0.5, "b": 0.5}))
        )
        outcome = ArmOutcome(decision=f"d{at}", time=later, status="rewarded", reward=float(arm == "b"))
        history.add_event(outcome_event(outcome))
    (tmp_path / "b.json").write_text('{"arms": {"b": 1}}')
    assert run(["bandit", "evaluate", "--arm-probabilities", "b.json", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["value"]["value"], found["support"]["effective"]) == ("Evaluated", 1.0, 60.0)
    assert run(["bandit", "evaluate", "--arm-probabilities", "b.json", "--since", "2026-01-03"]) == 3
    assert "not measured, because the effective sample size is 36" in capsys.readouterr().out
    assert run(["bandit", "evaluate", "--policy", "epsilon-greedy", "--format", "markdown"]) == 0
    assert run(["bandit", "evaluate"]) == 2


def test_feedback_from_a_trend_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is taken in once; a report that knows nothing of modules changes nothing, and says so."""
    monkeypatch.chdir(tmp_path)
    module = ModuleEvidence(module="auth", passed=20, failed=9, blame_mean=0.3, interval=(0.15, 0.5), runs=("1-1",))
    (tmp_path / "t.json").write_bytes(trend_report.dumps(TrendReport(modules=(module,))))
    command = ["bandit", "feedback", "--trend-report", "t.json", "--weights-file", "w.json"]
    assert run([*command, "--dry-run"]) == 0
    assert not (tmp_path / "w.json").exists()
    assert run(command) == 0
    before = (tmp_path / "w.json").read_bytes()
    assert json.loads(before)["priorities"] == {"auth": 0.6}
    capsys.readouterr()
    assert run(command) == 0
    assert "w.json: nothing new" in capsys.readouterr().out
    assert (tmp_path / "w.json").read_bytes() == before
    (tmp_path / "t.json").write_bytes(trend_report.dumps(TrendReport(unmeasured={"modules": "there is no run"})))
    assert run(command) == 3
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    assert run(command) == 0
    assert run(["bandit", "feedback", "--trend-report", "none.json"]) == 0
    monkeypatch.delenv("RATCHETRY_DISABLE_LEARNING")
    assert run(["bandit", "feedback", "--trend-report", "none.json"]) == 2
    assert (tmp_path / "w.json").read_bytes() == before
