"""`ratchetry ci report` about improvements and the digest, from a history to the issues that are there."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as ratchetry
from ratchetry.domain.improvement import DIGEST_LABEL, LABEL
from ratchetry.pipeline.ci.improve import learned_advice
from ratchetry.settings import Settings
from tests.github.fake import FakeGitHub
from tests.histories import Shape, history

WORDS = ["ci", "report", "--history", "history", "--branch", "main"]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: FakeGitHub) -> HistoryDirectory:
    """Return a history whose coverage falls, in a job of the repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    for name, value in fake.environ.items():
        monkeypatch.setenv(name, value)
    place = HistoryDirectory(tmp_path / "history")
    for record in history(Shape(runs=100, tests=20, decline=0.05, seed=4)):
        runner = replace(record.run.runner, cpu_model="AMD EPYC 7763")
        place.add(replace(record, run=replace(record.run, runner=runner)))
    return place


def taught(place: HistoryDirectory, root: Path) -> int:
    """Return how many events the learner of advice has appended."""
    found = learned_advice(place, root=root, settings=Settings(), environ=os.environ, branch="main")
    return sum(place.add_event(one) for one in found)


def test_what_the_learner_gives_becomes_issues(kept: HistoryDirectory, fake: FakeGitHub, tmp_path: Path) -> None:
    """Nothing is opened that was not given; what is given has one issue, however often it is reported."""
    assert ratchetry(WORDS) == 0
    assert not fake.repo.issues
    assert taught(kept, tmp_path) > 0
    (tmp_path / "CODEOWNERS").write_text("* @octocat\n", encoding="utf-8")
    assert ratchetry(WORDS) == ratchetry(WORDS) == 0
    titles = [issue.title for issue in fake.repo.issues.values()]
    assert "coverage.line gets worse" in titles
    assert len(titles) == len(set(titles)) <= 3
    assert all(issue.labels == [LABEL] for issue in fake.repo.issues.values())


def test_the_digest_on_a_schedule(
    kept: HistoryDirectory, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheduled run writes it, others only when asked; a dry run shows it and asks GitHub for nothing."""
    assert kept.root.exists()
    assert ratchetry([*WORDS, "--digest", "--dry-run"]) == 0
    assert "## Week 2026-W" in capsys.readouterr().out
    assert not fake.repo.issues
    monkeypatch.setenv("GITHUB_EVENT_NAME", "schedule")
    assert ratchetry(WORDS) == ratchetry(WORDS) == 0
    (issue,) = fake.repo.issues.values()
    assert (issue.labels, issue.title) == ([DIGEST_LABEL], "Weekly digest of acme/anvil")


def test_frozen_learning_still_reports(
    kept: HistoryDirectory, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing is learned, issues follow the score alone."""
    assert kept.root.exists()
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    assert ratchetry(WORDS) == 0
    assert "coverage.line gets worse" in [issue.title for issue in fake.repo.issues.values()]
