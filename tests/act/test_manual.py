"""The workflows that people start by hand: a note in the history, and the file of tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.act.conftest import MakeWorld
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.repositories import measured
from tests.act.world import World, adopt
from tests.adapters.repositories import git
from tests.e2e.commands import ratchetry
from tests.github.fake import BOT

pytestmark = pytest.mark.e2e

LOG = ".github/workflows/manual-log.yml"
TASKS = ".github/workflows/manual-tasks.yml"


def dispatched(world: World, checkout: Path, workflow: str, **inputs: str) -> ActRun:
    """Return what came of starting a workflow by hand."""
    own = world.github.state.add_run(world.repository, path=workflow, name=workflow, event="workflow_dispatch")
    trigger = Trigger(event="workflow_dispatch", run_id=own.id, inputs=inputs)
    return run_workflow(world, checkout, workflow, trigger)


def test_note_reaches_the_shared_history(make_world: MakeWorld, tmp_path: Path) -> None:
    """An incident that is logged by hand is in the history that the next clone pulls, its text taken literally."""
    world, checkout, remote = make_world("octo/noted"), tmp_path / "checkout", tmp_path / "remote.git"
    checkout.mkdir()
    adopt(world.repository, measured(checkout))
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(remote))
    git(checkout, "remote", "add", "origin", str(remote))
    message = "the runners were slow; $(touch owned) `touch owned`"
    run = dispatched(world, checkout, LOG, message=message, kind="incident", subject="runners")
    assert run.code == 0, run.log
    git(tmp_path, "clone", "-q", str(remote), "clone")
    assert ratchetry(tmp_path / "clone", "history", "pull").code == 0
    (event,) = (tmp_path / "clone" / ".ratchetry" / "events").rglob("*.json")
    assert message in event.read_text(encoding="utf-8")
    assert not list(world.scratch.rglob("owned"))


def test_tasks_are_proposed_in_one_pull_request(make_world: MakeWorld, tmp_path: Path) -> None:
    """The open issues that ratchetry keeps are proposed as a file of tasks, in one pull request however often."""
    world = make_world("octo/tasks")
    measured(tmp_path)
    state, repository = world.github.state, world.repository
    state.add_issue(repository, "coverage.line is below its bound", author=BOT, labels=("ratchetry",))
    first = dispatched(world, tmp_path, TASKS, file="TASKS.md")
    assert first.code == 0, first.log
    (pull,) = repository.pulls.values()
    head = pull.pull
    assert head is not None
    tree = repository.objects.commits[repository.refs[f"refs/heads/{head.head_ref}"]].tree
    proposed = repository.objects.blobs[repository.objects.files(tree)["TASKS.md"].sha].decode()
    assert "coverage.line is below its bound" in proposed
    again = dispatched(world, tmp_path, TASKS, file="TASKS.md")
    assert again.code == 0, again.log
    assert list(repository.pulls.values()) == [pull]
    assert all(request.status < 400 or request.status == 404 for request in (*first.requests, *again.requests))
