"""The bounds in force of a repository, here and at its base."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.analyze.enforcement import Held
from ratchetry.errors import StateError
from ratchetry.pipeline.bounds import bounds_in_force
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings
from tests.adapters.repositories import git

FILE = "quality-thresholds.json"


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return the moment."""
        return datetime(2026, 1, 15, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return no time."""
        return 0.0


def bounds(minimum: float, **more: object) -> str:
    """Return a file with one bound."""
    return json.dumps({"metrics": {"coverage.branch": {"minimum": minimum}}, **more})


def commit(root: Path, files: Mapping[str, str], message: str = "x") -> str:
    """Return a commit of some files."""
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with a bound of 80 on its default branch and a topic branch checked out."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {FILE: bounds(80)})
    git(tmp_path, "checkout", "-q", "-b", "topic")
    return tmp_path


def held(root: Path, environ: Mapping[str, str] | None = None, settings: Settings | None = None) -> Held:
    """Return the bounds in force."""
    settings = settings or Settings()
    return bounds_in_force(places_of(str(root), settings), settings, environ=environ or {}, clock=Noon())


def one(found: Held) -> float:
    """Return the only bound."""
    (row,) = found.bounds
    return row.bound


def test_a_branch_is_held_to_the_bounds_of_its_base(root: Path) -> None:
    """Lowering the bound, deleting the row or deleting the file changes nothing."""
    commit(root, {FILE: bounds(60)})
    assert one(held(root)) == 80
    assert "stricter than 60 here" in held(root).notes["coverage.branch"]
    commit(root, {FILE: "{}"})
    assert one(held(root)) == 80
    (root / FILE).unlink()
    assert one(held(root)) == 80


def test_a_file_that_cannot_be_read_fails_and_the_base_holds(root: Path) -> None:
    """A broken file is no way out; where there is no base, it is an error."""
    (root / FILE).write_text("{", encoding="utf-8")
    found = held(root)
    assert one(found) == 80
    assert [(gate.metric, gate.verdict) for gate in found.gates] == [("thresholds", "fail")]
    (root / "alone").mkdir()
    (root / "alone" / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(StateError, match=FILE):
        held(root / "alone")


def test_a_change_cannot_name_another_file_or_base(root: Path) -> None:
    """The settings that come with a change do not decide what it is held to."""
    commit(root, {"lax.json": bounds(1), "ratchetry.toml": 'thresholds = "lax.json"\n'})
    assert one(held(root, settings=Settings(thresholds="lax.json"))) == 80


def test_in_a_pull_request_the_first_parent_of_the_merge_is_the_base(root: Path, tmp_path: Path) -> None:
    """The branch's tip counts, also where the event names an older one or the settings another."""
    commit(root, {FILE: bounds(50)})
    git(root, "checkout", "-q", "main")
    old = git(root, "rev-parse", "HEAD").strip()
    commit(root, {FILE: bounds(85), "new": "x"})
    git(root, "merge", "-q", "--no-commit", "--no-ff", "-X", "theirs", "topic")
    merged = commit(root, {FILE: bounds(50)}, "merge")
    payload = tmp_path / "event.json"
    payload.write_text(json.dumps({"pull_request": {"number": 1, "base": {"sha": old}}}), encoding="utf-8")
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_SHA": merged,
        "GITHUB_EVENT_PATH": str(payload),
    }
    assert one(held(root, environ, Settings(base="HEAD"))) == 85
    git(root, "checkout", "-q", "--orphan", "shallow")
    alone = commit(root, {FILE: bounds(50)})
    payload.write_text(json.dumps({"pull_request": {"base": {"sha": "1" * 40}}}), encoding="utf-8")
    found = held(root, {**environ, "GITHUB_SHA": alone})
    assert one(found) == 50
    (gate,) = found.gates
    assert gate.verdict == "warn"
    assert "111111111111 is not in this clone" in gate.reason


def test_waivers_count_from_the_default_branch(root: Path) -> None:
    """On a topic branch a waiver waits, on the default branch it counts, and then for the branches from there."""
    row = {"metric": "coverage.branch", "to": 70, "reason": "r", "actor": "a"}
    waived = bounds(80, waivers=[{**row, "since": "2026-01-01", "until": "2026-02-01"}])
    commit(root, {FILE: waived})
    assert not held(root).waivers
    git(root, "checkout", "-q", "main")
    commit(root, {FILE: waived})
    assert held(root).waivers["coverage.branch"].to == 70
    git(root, "checkout", "-q", "-b", "later")
    commit(root, {"other": "x"})
    assert held(root).waivers["coverage.branch"].to == 70
