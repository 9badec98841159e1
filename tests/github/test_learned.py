"""The life of the one pull request with what was learned, from its opening to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ratchetry.adapters.apply import apply
from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.action import Effect
from ratchetry.pipeline.ci.learn import append, learn
from ratchetry.pipeline.ci.propose import BRANCH, action_of, proposals
from ratchetry.settings import Settings
from tests.e2e.repositories import write
from tests.github.backends import Backend
from tests.github.fake import FakeGitHub
from tests.pipeline.ci import taught

START = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = Settings(arms=taught.ARMS)
FILES = ("quality-thresholds.json", "bandit_weights.json", "active-versions.json")


def proposed(root: Path, client: GitHubClient, settings: Settings = SETTINGS) -> Effect:
    """Return what became of proposing what a repository's history says."""
    found = proposals(root, settings, HistoryDirectory(root / ".ratchetry"), branch="main")
    (effect,) = apply((action_of(found, settings, "main"),), client)
    return effect


def taught_repository(root: Path, backend: Backend) -> Path:
    """Return a checkout of what GitHub has, whose history holds all that follows from it."""
    files = taught.files(START)
    backend.commit("main", files)
    write(root, files)
    history = taught.seed(root / ".ratchetry", START)
    append(history, learn(root, SETTINGS, history, branch="main"))
    return root


def test_one_request_from_its_opening_to_its_merge(
    tmp_path: Path, backend: Backend, client: GitHubClient, fake: FakeGitHub
) -> None:
    """It is opened once, the same again writes nothing, and merged there is nothing left."""
    root = taught_repository(tmp_path, backend)
    assert proposed(root, client).state == "created"
    before = len(fake.requests)
    assert proposed(root, client).state == "unchanged"
    assert {request.method for request in fake.requests[before:]} == {"GET"}
    (pull,) = backend.pulls()
    assert pull.title.startswith("Tighten 1 bound; update the weights of arms; roll back review-prompt to v1")
    backend.merge(pull.number)
    write(root, {path: backend.text("main", path) or "" for path in FILES})
    assert '"maximum": 4' in (root / "quality-thresholds.json").read_text()
    assert proposed(root, client).state == "unchanged"
    assert [row.state for row in backend.pulls()] == ["closed"]


def test_closed_when_somebody_has_done_it_by_hand(tmp_path: Path, backend: Backend, client: GitHubClient) -> None:
    """Files that say by themselves what was learned leave nothing to propose, so the request is closed."""
    root = taught_repository(tmp_path, backend)
    proposed(root, client)
    files = {path: backend.text(BRANCH, path) or "" for path in FILES}
    backend.commit("main", files)
    write(root, files)
    assert proposed(root, client).state == "updated"
    assert [row.state for row in backend.pulls()] == ["closed"]


def test_an_old_checkout_takes_nothing_back(tmp_path: Path, backend: Backend, client: GitHubClient) -> None:
    """A job that waited while somebody changed a file on the branch proposes nothing from the old one."""
    root = taught_repository(tmp_path, backend)
    backend.commit("main", {"quality-thresholds.json": '{"metrics": {"lint.findings": {"maximum": 2}}}\n'})
    effect = proposed(root, client)
    assert (effect.state, backend.pulls()) == ("unchanged", [])
    assert "quality-thresholds.json has changed on main since" in effect.problem


def test_bounds_and_weights_committed_and_versions_proposed(
    tmp_path: Path, backend: Backend, client: GitHubClient
) -> None:
    """Where a setting asks for commits, the branch has bounds and weights at once, and versions wait for a person."""
    root = taught_repository(tmp_path, backend)
    settings = replace(SETTINGS, propose="commit")
    assert proposed(root, client, settings).state in {"created", "updated"}
    assert '"maximum": 4' in (backend.text("main", "quality-thresholds.json") or "")
    assert '"version": "v2"' in (backend.text("main", "active-versions.json") or "")
    write(root, {path: backend.text("main", path) or "" for path in FILES})
    assert proposed(root, client, settings).state == "unchanged"
    assert [row.title for row in backend.pulls()] == ["Roll back review-prompt to v1 and promote tone-prompt to short"]
