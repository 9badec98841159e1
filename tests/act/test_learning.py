"""The workflow that learns: thirty runs from GitHub into the history on a branch, and one issue that comes and goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ratchetry.state.record import loads
from tests.act import payloads
from tests.act.conftest import MakeWorld
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.repositories import CI, measured
from tests.act.summaries import seeded, summary
from tests.act.world import World, adopt
from tests.adapters.repositories import git
from tests.e2e.commands import ratchetry

pytestmark = pytest.mark.e2e

LEARNING = ".github/workflows/learning-feedback.yml"
FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=40)
"""Without a cursor, no older runs are asked for than those whose artifacts may still be there."""


def seed(world: World, numbers: range, line: float) -> None:
    """Give GitHub completed pushes with summaries, one an hour."""
    state, repository = world.github.state, world.repository
    sha = repository.refs["refs/heads/main"]
    for number in numbers:
        time = f"{FIRST + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}"
        run = state.add_run(repository, run_id=1000 + number, sha=sha, created_at=time)
        record = seeded(repository.full_name, run.id, started=time, commit=sha, line=line, path=CI)
        state.add_artifact(repository, run, "ci-metrics-summary-a1", summary(record))


def learn(world: World, checkout: Path) -> ActRun:
    """Return what came of a learning run after the newest push was measured, or on schedule when there was none."""
    pushes = [run for run in world.repository.runs.values() if run.event == "push"]
    own = world.github.state.add_run(
        world.repository, path=LEARNING, name="Learning feedback", event="workflow_run", status="in_progress",
        conclusion=None,
    )  # fmt: skip
    if not pushes:
        return run_workflow(world, checkout, LEARNING, Trigger(event="schedule", run_id=own.id))
    payload = payloads.workflow_run(world.repository, max(pushes, key=lambda run: run.created_at))
    return run_workflow(world, checkout, LEARNING, Trigger(event="workflow_run", run_id=own.id, payload=payload))


def remembered(remote: Path, place: Path) -> list[str]:
    """Return the names of the runs in the history on the remote's branch, as another clone reads them."""
    git(place.parent, "clone", "-q", str(remote), str(place))
    pulled = ratchetry(place, "history", "pull")
    assert pulled.code == 0, pulled.err
    return sorted(path.stem for path in (place / ".ratchetry" / "runs").rglob("*.json"))


def test_thirty_runs_are_learned_from_once(make_world: MakeWorld, tmp_path: Path) -> None:
    """Thirty runs end up in the history once, a gate that fails gets one issue, and it is closed when it passes."""
    world, checkout, remote = make_world("octo/learning"), tmp_path / "checkout", tmp_path / "remote.git"
    checkout.mkdir()
    adopt(world.repository, measured(checkout))
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(remote))
    git(checkout, "remote", "add", "origin", str(remote))
    seed(world, range(10), 90.0)
    seed(world, range(10, 20), 70.0)
    first = learn(world, checkout)
    assert (first.code, first.results) == (0, dict.fromkeys(("ingest", "persist", "report"), "success")), first.log
    (issue,) = world.repository.issues.values()
    assert (issue.state, issue.labels) == ("open", ["ratchetry"])
    assert "coverage.line" in issue.title + issue.body

    seed(world, range(20, 30), 90.0)
    second = learn(world, checkout)
    assert second.code == 0, second.log
    assert [(one.state, one.state_reason) for one in world.repository.issues.values()] == [("closed", "completed")]

    third = learn(world, checkout)
    assert third.code == 0, third.log
    assert [request.path for request in third.requests if request.method != "GET"] == []
    assert len(world.repository.issues) == 1
    assert remembered(remote, tmp_path / "clone") == sorted(f"{1000 + number}-1" for number in range(30))
    assert all(request.status != 403 for run in (first, second, third) for request in run.requests)


def test_nothing_is_learned_from_forks(make_world: MakeWorld, tmp_path: Path) -> None:
    """The first learning run of a repository finds nothing, and a later one keeps nothing that a fork's run says."""
    world, checkout, remote = make_world("octo/guarded"), tmp_path / "checkout", tmp_path / "remote.git"
    checkout.mkdir()
    sha = adopt(world.repository, measured(checkout))
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(remote))
    git(checkout, "remote", "add", "origin", str(remote))
    world.github.state.add_workflow(world.repository, CI, "CI")
    nothing = learn(world, checkout)
    assert nothing.code == 0, nothing.log

    seed(world, range(1), 90.0)
    time = f"{FIRST + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"
    state, repository = world.github.state, world.repository
    fork = state.add_run(
        repository, run_id=2000, sha=sha, head="stranger/guarded", event="pull_request", created_at=time
    )
    lie = seeded(repository.full_name, fork.id, started=time, commit=sha, line=1.0, path=CI)
    state.add_artifact(repository, fork, "ci-metrics-summary-a1", summary(lie))
    run = learn(world, checkout)
    assert run.code == 0, run.log
    batch = run.artifact("ratchetry-batch-a1")
    (kept,) = [name for name in batch if name.startswith("records/")]
    assert loads(batch[kept], kept).run.run_id == "1000"
    assert world.repository.issues == {}
    assert remembered(remote, tmp_path / "clone") == ["1000-1"]
