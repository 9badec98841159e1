"""What was learned becomes files, and the files one standing proposal, which is gone when they say what was learned."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.action import CommitFiles, ProposeChange, WithdrawChange
from ratchetry.domain.event import event
from ratchetry.domain.proposal import FileProposals
from ratchetry.errors import StateError
from ratchetry.pipeline.ci.learn import append, learn
from ratchetry.pipeline.ci.propose import BRANCH, action_of, proposals
from ratchetry.report.proposal import body, message, preview, refused_words, title
from ratchetry.settings import Settings
from tests.e2e.repositories import write
from tests.pipeline.ci import taught

START = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = Settings(arms=taught.ARMS)
FILES = ["quality-thresholds.json", "bandit_weights.json", "active-versions.json"]


@pytest.fixture(name="past", scope="module")
def _past(tmp_path_factory: pytest.TempPathFactory) -> HistoryDirectory:
    """Return a history that holds all that follows from it."""
    root = tmp_path_factory.mktemp("past")
    write(root, taught.files(START))
    history = taught.seed(root / ".ratchetry", START)
    append(history, learn(root, SETTINGS, history, branch="main"))
    return history


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """Return a repository whose files say nothing of it yet."""
    return write(tmp_path, taught.files(START))


def found_in(root: Path, history: HistoryDirectory, settings: Settings = SETTINGS) -> FileProposals:
    """Return what would be proposed."""
    return proposals(root, settings, history, branch="main")


def test_each_file_gets_a_section(root: Path, past: HistoryDirectory) -> None:
    """Bounds come with their runs, weights with their probabilities, versions with their evidence."""
    changed = found_in(root, past).changed
    assert [file.path for file in changed] == FILES
    assert title(changed) == (
        "Tighten 1 bound; update the weights of arms; roll back review-prompt to v1 and promote tone-prompt to short"
    )
    text = body(changed)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        *(f"## `{path}`" for path in FILES),
        "## What to do",
    ]
    assert "| `lint.findings` | 12 | 4 | 4 | 0 |" in text
    assert "1029-1" in text
    assert "| `v2` | 0." in text
    assert "### Roll back to `v1` in `review-prompt`" in text
    assert "RATCHETRY_DISABLE_LEARNING=1" in text
    assert "left out" not in text
    assert "active-versions.json: roll back review-prompt to v1" in message(changed)
    assert '-    "lint.findings": {"maximum": 12' in preview(changed) or "+++ quality-thresholds.json" in preview(
        changed
    )


def test_the_same_again(root: Path, past: HistoryDirectory) -> None:
    """The same events give the same texts, and files that were merged leave nothing to propose, also after learning."""
    found = found_in(root, past)
    assert found_in(root, past) == found
    write(root, {file.path: file.text for file in found.files})
    merged = found_in(root, past)
    assert merged.changed == ()
    action = action_of(merged, SETTINGS, "main")
    assert isinstance(action, WithdrawChange)
    noted = learn(root, SETTINGS, past, branch="main").events
    assert [(one.kind, one.subject) for one in noted] == [("promotion", "review-prompt"), ("promotion", "tone-prompt")]


def test_what_is_done_on_github(root: Path, past: HistoryDirectory) -> None:
    """One request for all files, each with what it was made from."""
    found = found_in(root, past)
    change = action_of(found, SETTINGS, "main")
    assert isinstance(change, ProposeChange)
    assert (change.branch, change.base, sorted(change.files)) == (BRANCH, "main", sorted(FILES))
    assert change.expected["quality-thresholds.json"] == (root / "quality-thresholds.json").read_text()
    assert change.expected["bandit_weights.json"] == ""


def test_commits_only_where_they_are_asked_for(root: Path, past: HistoryDirectory) -> None:
    """Bounds and weights may be committed; versions are proposed beside them, for somebody has to look."""
    settings = replace(SETTINGS, propose="commit")
    found = found_in(root, past)
    action = action_of(found, settings, "main")
    assert isinstance(action, CommitFiles)
    assert sorted(action.change.files) == ["bandit_weights.json", "quality-thresholds.json"]
    assert isinstance(action.besides, ProposeChange)
    assert (list(action.besides.files), action.besides.title) == (
        ["active-versions.json"],
        "Roll back review-prompt to v1 and promote tone-prompt to short",
    )
    assert action.otherwise == action_of(found, SETTINGS, "main")
    write(root, {file.path: file.text for file in found.files if file.reviewed == "where-wanted"})
    assert isinstance(action_of(found_in(root, past), settings, "main"), ProposeChange)
    write(root, {file.path: file.text for file in found.files})
    assert isinstance(action_of(found_in(root, past), settings, "main"), WithdrawChange)


def test_an_older_text_on_the_branch_does_not_stay(root: Path, past: HistoryDirectory) -> None:
    """A file that was merged by itself is still named beside those that change."""
    weights = next(file for file in found_in(root, past).files if file.path == "bandit_weights.json")
    write(root, {weights.path: weights.text})
    change = action_of(found_in(root, past), SETTINGS, "main")
    assert isinstance(change, ProposeChange)
    assert change.files[weights.path] == weights.text == change.expected[weights.path]
    assert "weights" not in change.title


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (replace(SETTINGS, propose="off"), "propose = off"),
        (replace(SETTINGS, disable_learning=True), "RATCHETRY_DISABLE_LEARNING"),
    ],
)
def test_nothing_is_proposed_where_that_is_set(
    root: Path, past: HistoryDirectory, settings: Settings, reason: str
) -> None:
    """Then no file is looked at, and the reason is told."""
    found = found_in(root, past, settings)
    assert found.files == ()
    assert reason in found.idle


def test_only_files_that_a_repository_uses(tmp_path: Path, past: HistoryDirectory, root: Path) -> None:
    """Without bounds, arms or versions none of their files is made; versions that an experiment has won are."""
    (tmp_path / "bare").mkdir()
    bare = found_in(tmp_path / "bare", past, Settings())
    assert [file.path for file in bare.files] == ["active-versions.json"]
    assert proposals(root, SETTINGS, past, branch="other").idle.startswith("the history has no run of branch 'other'")
    write(root, {"active-versions.json": json.dumps({"version": 99})})
    with pytest.raises(StateError, match=r"active-versions\.json"):
        found_in(root, past)


def test_events_that_do_not_count_are_told(root: Path, tmp_path: Path) -> None:
    """A move to no number does not count, and the section says which event that is."""
    history = HistoryDirectory(tmp_path / "odd")
    for record in taught.records(START):
        history.add(record)
    odd = event("threshold_move", time="2026-04-02T00:00:00Z", subject="lint.findings", data={"to": "<b>@all</b>"})
    history.add_event(odd)
    bounds = found_in(root, history).files[0]
    assert odd.id in refused_words(bounds)
    assert "<b>" not in body((replace(bounds, text="changed"),))
