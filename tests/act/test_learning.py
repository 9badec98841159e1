"""The workflow that learns: thirty runs from GitHub into the history on a branch, and all that follows from them.

Bounds move, decisions get their outcomes, an experiment is decided, and a version that became worse has to go: one pull
request says so, and one issue comes and goes with the gate that fails for a while.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import Gate, Verdict
from ratchetry.pipeline.ci.propose import BRANCH
from ratchetry.state.record import loads
from tests.act import payloads
from tests.act.conftest import MakeWorld
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.repositories import CI, measured
from tests.act.summaries import seeded, summary
from tests.act.world import World, adopt
from tests.adapters.repositories import git
from tests.e2e.commands import ratchetry
from tests.github.fake.state import Issue
from tests.pipeline.ci import taught

pytestmark = pytest.mark.e2e

LEARNING = ".github/workflows/learning-feedback.yml"
FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=40)
"""Without a cursor, no older runs are asked for than those whose artifacts may still be there."""
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=taught.DAYS)
"""When the past that is learned from begins: its newest run is of yesterday."""


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


def lessons(world: World, checkout: Path, remote: Path) -> None:
    """Let a repository have bounds, arms and a version in use, on GitHub as in the checkout, and a remote."""
    files = taught.files(START)
    world.github.state.add_commit(world.repository, "main", files)
    adopt(world.repository, measured(checkout, files=files))
    git(remote.parent, "clone", "-q", "--bare", str(checkout), str(remote))
    git(checkout, "remote", "add", "origin", str(remote))


def teach(world: World, numbers: range) -> None:
    """Give GitHub completed pushes with summaries, one a day; in ten of thirty the gate on coverage fails."""
    state, repository = world.github.state, world.repository
    for number, record in enumerate(taught.records(START, path=CI)):
        if number not in numbers:
            continue
        line = 70.0 if 10 <= number < 20 else record.metrics["coverage.line"].value
        gate = Gate(
            metric="coverage.line",
            kind="minimum",
            bound=80.0,
            value=line,
            margin=line - 80.0,
            verdict="pass" if line >= 80 else "fail",
        )
        metrics = {**record.metrics, "coverage.line": replace(record.metrics["coverage.line"], value=line)}
        verdict: Verdict = "fail" if "fail" in {gate.verdict, record.verdict} else "pass"
        run = state.add_run(
            repository, run_id=int(record.run.run_id), sha=record.run.commit, created_at=record.run.started
        )
        known = replace(record, metrics=metrics, gates=(gate,), verdict=verdict)
        state.add_artifact(repository, run, "ci-metrics-summary-a1", summary(known))


def decide(remote: Path, place: Path, since: float, until: float) -> None:
    """Push, from a clone of its own, what was decided between two days of the past."""
    git(place.parent, "clone", "-q", str(remote), str(place))
    taught.seed(place / ".ratchetry", START, runs=False, between=(since, until))
    pushed = ratchetry(place, "history", "push")
    assert pushed.code == 0, pushed.err


def proposed(world: World, path: str) -> str:
    """Return a file as the branch of the one pull request has it."""
    objects, head = world.repository.objects, world.repository.refs[f"refs/heads/{BRANCH}"]
    return objects.blobs[objects.files(objects.commits[head].tree)[path].sha].decode()


def issues(world: World, *, pull_requests: bool = False) -> list[Issue]:
    """Return the issues of a repository about gates, or its pull requests."""
    found = [one for one in world.repository.issues.values() if (one.pull is not None) == pull_requests]
    return found if pull_requests else [one for one in found if "ratchetry" in one.labels]


def test_thirty_runs_are_learned_from_once(make_world: MakeWorld, tmp_path: Path) -> None:
    """Thirty runs end up in the history once, and what follows from them in one pull request, brought up to date.

    That is a bound on evidence, weights, the verdict on an experiment, and the way back from a version that got worse.
    """
    world, checkout, remote = make_world(taught.REPOSITORY), tmp_path / "checkout", tmp_path / "remote.git"
    checkout.mkdir()
    lessons(world, checkout, remote)
    teach(world, range(20))
    decide(remote, tmp_path / "earlier", 0, 49)
    first = learn(world, checkout)
    jobs = ("ingest", "persist", "propose", "report")
    assert (first.code, first.results) == (0, dict.fromkeys(jobs, "success")), first.log
    (issue,) = issues(world)
    assert (issue.state, issue.labels) == ("open", ["ratchetry"])
    assert "coverage.line" in issue.title + issue.body
    (pull,) = issues(world, pull_requests=True)
    assert pull.title == "Tighten 1 bound; update the weights of arms; promote tone-prompt to short"
    assert '"maximum": 7,' in proposed(world, "quality-thresholds.json")

    teach(world, range(20, 30))
    decide(remote, tmp_path / "later", 49, taught.DAYS)
    second = learn(world, checkout)
    assert second.code == 0, second.log
    assert [(one.state, one.state_reason) for one in issues(world)] == [("closed", "completed")]
    assert [one.number for one in issues(world, pull_requests=True)] == [pull.number]
    assert "roll back review-prompt to v1 and promote tone-prompt to short" in pull.title
    assert "| `lint.findings` | 12 | 7 | 7 | 0 |" in pull.body
    assert "| `lint.findings` | 7 | 4 | 4 | 0 |" in pull.body
    assert '"maximum": 4,' in proposed(world, "quality-thresholds.json")
    assert '"slot=review-prompt"' in proposed(world, "bandit_weights.json")
    assert json.loads(proposed(world, "active-versions.json"))["slots"]["review-prompt"]["version"] == "v1"

    third = learn(world, checkout)
    assert third.code == 0, third.log
    assert [request.path for request in third.requests if request.method != "GET"] == []
    assert "nothing new" in third.job("persist").log
    assert len(issues(world)) == len(issues(world, pull_requests=True)) == 1
    assert remembered(remote, tmp_path / "clone") == sorted(f"{1000 + number}-1" for number in range(30))
    kinds = Counter(one.kind for one in HistoryDirectory(tmp_path / "clone" / ".ratchetry").events())
    assert (kinds["threshold_move"], kinds["alarm"], kinds["experiment"]) == (2, 1, 2)
    refused = [request for run in (first, second, third) for request in run.requests if request.status == 403]
    # whether an issue stood for the pull request, the job that opened it may not ask
    assert [(request.method, request.path.rpartition("/")[2]) for request in refused] == [("GET", "issues")]


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
