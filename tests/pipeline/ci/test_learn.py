"""Every learner looks at the history once, and what follows is appended once, by however many."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.event import event
from ratchetry.domain.lesson import Lessons
from ratchetry.pipeline.ci.learn import LEARNERS, append, learn
from ratchetry.pipeline.ci.shared import share_back, shared_history
from ratchetry.report.lessons import markdown, told
from ratchetry.settings import Settings
from tests.adapters.repositories import git
from tests.e2e.repositories import write
from tests.pipeline.ci import taught

START = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = Settings(arms=taught.ARMS)
ENVIRON = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@pytest.fixture(name="past", scope="module")
def _past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history that teaches; nobody writes into it."""
    place = tmp_path_factory.mktemp("past")
    taught.seed(place, START)
    return place


@pytest.fixture(name="root")
def _root(past: Path, tmp_path: Path) -> Path:
    """Return a repository with a history that teaches."""
    write(tmp_path, taught.files(START))
    shutil.copytree(past, tmp_path / ".ratchetry")
    return tmp_path


def history_of(root: Path) -> HistoryDirectory:
    """Return the history of a repository."""
    return HistoryDirectory(root / ".ratchetry")


def look(root: Path, settings: Settings = SETTINGS) -> Lessons:
    """Return what the history of a repository teaches."""
    return learn(root, settings, history_of(root), branch="main")


def lines(lessons: Lessons) -> dict[str, list[str]]:
    """Return what waits, by learner."""
    return {row.learner: [f"{wait.subject}: {wait.reason}" for wait in row.waits] for row in lessons.lessons}


def test_every_learner_says_what_follows_and_why_the_rest_waits(root: Path) -> None:
    """A bound moves on its runs, decisions get outcomes, an experiment its verdict, a version its alarm, and advice."""
    lessons = look(root)
    assert [row.learner for row in lessons.lessons] == list(LEARNERS)
    assert Counter(one.kind for one in lessons.events) == {
        "threshold_move": 1,
        "outcome": 29,
        "experiment": 1,
        "alarm": 1,
        "decision": 2,
        "issue": 2,
    }
    move = next(one for one in lessons.events if one.kind == "threshold_move")
    assert (move.subject, move.data["from"], move.data["to"], len(move.runs)) == ("lint.findings", 12.0, 4.0, 10)
    assert "coverage.line: waits for 20 more of 50 runs that may teach" in lines(lessons)["bounds"]
    assert len(lines(lessons)["rewards"]) == 1
    shown = told(lessons, dry_run=False)
    assert "36 events appended" in shown
    assert "verdict on tone: winner" in shown
    assert "alarm about review-prompt: v2 fell by" in shown
    assert "and 17 more" in shown
    assert "36 events appended" in markdown(lessons)


def test_again_nothing_is_appended(root: Path) -> None:
    """What was appended is not found again, whatever the order of the learners was."""
    assert append(history_of(root), look(root)) == 36
    again = look(root)
    assert again.events == ()
    assert append(history_of(root), again) == 0
    assert "nothing new" in told(again, dry_run=False)
    assert any(line.startswith("review-prompt: v2: alarm of") for line in lines(again)["versions"])


def test_learning_that_is_disabled_says_so(root: Path) -> None:
    """Not even a damaged file is looked at then."""
    write(root, {"quality-thresholds.json": "{"})
    lessons = look(root, replace(SETTINGS, disable_learning=True))
    assert (lessons.events, lessons.lessons) == ((), ())
    assert "nothing is learned: learning is disabled (disable-learning, RATCHETRY_DISABLE_LEARNING)" in told(
        lessons, dry_run=False
    )
    assert "learning is disabled" in markdown(lessons)


def test_a_learner_that_cannot_look_leaves_the_others_alone(root: Path) -> None:
    """A file that nobody can read is a problem of its learner; bounds that there are none of wait for a file."""
    write(root, {"quality-thresholds.json": "{"})
    lessons = look(root)
    assert [problem.partition(".json")[0] for problem in lessons.problems] == [
        "bounds: quality-thresholds",
        "advice: quality-thresholds",
    ]
    assert Counter(one.kind for one in lessons.events) == {"outcome": 29, "experiment": 1, "alarm": 1}
    assert "could not look" in told(lessons, dry_run=True)
    (root / "quality-thresholds.json").unlink()
    assert "`ratchetry init` seeds one" in lines(look(root))["bounds"][0]


def test_a_merged_version_is_noted(root: Path) -> None:
    """A version that the file shows and no event tells of was accepted by somebody; it is noted at its own time."""
    active = json.loads((root / "active-versions.json").read_text())
    active["slots"]["tone-prompt"] = {**active["slots"]["review-prompt"], "version": "short", "previous": "long"}
    write(root, {"active-versions.json": json.dumps(active)})
    (noted,) = [one for one in look(root).events if one.kind == "promotion"]
    assert (noted.subject, noted.time, noted.data["version"]) == ("tone-prompt", "2026-03-06T00:00:00Z", "short")


def test_events_that_make_no_sense_are_named(root: Path) -> None:
    """Each is refused by itself, one from after the newest run waits, and the others teach as before."""
    odd = event("outcome", time="2026-04-02T00:00:00Z", subject="nobody", data={"status": "rewarded", "reward": 1.0})
    late = event("decision", time="2030-01-01T00:00:00Z", subject="later", data={"arm": "v1"})
    for one in (odd, late):
        history_of(root).add_event(one)
    lessons = look(root)
    refused = {row.event: row.reason for row in lessons.refused}
    assert (set(refused), [one.id for one in lessons.ahead]) == ({odd.id}, [late.id])
    assert "1 event from after the newest run waits for the next one" in told(lessons, dry_run=True)
    assert late.id in told(lessons, dry_run=True)
    assert late.id in markdown(lessons)
    assert "there is no decision 'nobody'" in refused[odd.id]
    assert odd.id in told(lessons, dry_run=True)
    assert odd.id in markdown(lessons)
    assert len(lessons.events) == 36


def test_a_branch_without_runs(root: Path) -> None:
    """Where nothing may teach, that is said."""
    lessons = learn(root, SETTINGS, history_of(root), branch="other")
    assert "the history has no run of branch 'other' that may teach" in told(lessons, dry_run=False)


def test_two_learners_that_race_lose_nothing(root: Path, tmp_path: Path) -> None:
    """Two clones that learn at once, one of which has seen a run more, push what each found; the next finds nothing."""
    git(root, "init", "-q", "--bare", "remote.git")
    git(root, "init", "-q", "-b", "main")
    git(root, "remote", "add", "origin", str(root / "remote.git"))
    assert share_back(str(root), SETTINGS, ENVIRON, SilentProgress()).sent > 500
    places = [tmp_path / f"learner-{number}" for number in range(2)]
    for place in places:
        shared_history(str(root), SETTINGS, ENVIRON, SilentProgress(), str(place))
    fewer = min(places[1].glob("runs/*/*/1029-1.json"))
    fewer.unlink()

    def learned(place: Path) -> set[str]:
        lessons = learn(root, SETTINGS, HistoryDirectory(place), branch="main")
        append(HistoryDirectory(place), lessons)
        share_back(str(root), SETTINGS, ENVIRON, SilentProgress(), str(place))
        return {one.id for one in lessons.events}

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(learned, places))
    assert found[0] != found[1]
    shared_history(str(root), SETTINGS, ENVIRON, SilentProgress(), str(tmp_path / "third"))
    third = HistoryDirectory(tmp_path / "third")
    assert found[0] | found[1] <= {one.id for one in third.events()}
    assert learn(root, SETTINGS, third, branch="main").events == ()
