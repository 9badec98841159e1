"""Runs and artifacts, however many there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.doctor import setup_facts
from ratchetry.adapters.github.facts import Unknown
from ratchetry.errors import GitHubError, NotFoundError
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub

CI = ".github/workflows/ci.yml"


def seed(fake: FakeGitHub, time: FakeTime, count: int, *, seconds: int = 60) -> None:
    """Let a workflow run many times, some seconds after each other."""
    for number in range(count):
        moment = time.now() - timedelta(seconds=seconds * (count - number))
        fake.state.add_run(fake.repo, created_at=f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def test_more_runs_than_github_lists(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """GitHub ends a list of runs early (200 here); the others are asked for, and each comes once, newest first."""
    fake.repo.most_runs = 200
    seed(fake, time, 450)
    rows = list(client.workflow_runs(CI, branch="main"))
    assert len(rows) == len({row.id for row in rows}) == 450
    assert [row.created_at for row in rows] == sorted((row.created_at for row in rows), reverse=True)
    assert client.requests_used == 5


def test_runs_that_cannot_be_told_apart(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """More runs of one second than GitHub lists are an error, and not a shorter list."""
    fake.repo.most_runs = 100
    seed(fake, time, 101, seconds=0)
    with pytest.raises(GitHubError, match="does not list all 101 runs"):
        list(client.workflow_runs(CI))


def test_filters(fake: FakeGitHub, client: GitHubClient, time: FakeTime) -> None:
    """Runs are those of one workflow, branch and status since a moment."""
    seed(fake, time, 5, seconds=3600)
    fake.state.add_run(fake.repo, path=".github/workflows/other.yml", name="Other")
    fake.state.add_run(fake.repo, branch="feature")
    fake.state.add_run(fake.repo, status="in_progress", conclusion=None)
    since = f"{time.now() - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    assert len(list(client.workflow_runs(CI, branch="main", created_since=since))) == 2
    assert len(list(client.workflow_runs(CI, branch="main", status=""))) == 6
    with pytest.raises(NotFoundError):
        list(client.workflow_runs("none.yml"))


def test_a_run_of_a_fork(fake: FakeGitHub, client: GitHubClient) -> None:
    """A run says whose head it ran; that of a fork that is gone is nobody's."""
    fork = fake.state.add_repository("mallory/hello", fork=True)
    ids = [
        fake.state.add_run(fake.repo, event="pull_request", head=head, branch=branch, attempt=3).id
        for head, branch in ((fork.full_name, "patch"), (None, None))
    ]
    theirs, gone = map(client.workflow_run, ids)
    assert (theirs.head_repository, theirs.head_branch, theirs.attempt) == ("mallory/hello", "patch", 3)
    assert (gone.head_repository, gone.head_branch) == ("", "")
    assert theirs.pull_requests == ()


def test_a_pull_request_of_a_fork(fake: FakeGitHub, client: GitHubClient) -> None:
    """A pull request says where its head is, and where it would be merged."""
    fork = fake.state.add_repository("mallory/hello", fork=True)
    fake.state.add_commit(fork, "patch", {"a.py": "x = 1\n"})
    pull = fake.state.add_pull(fake.repo, "patch", head=fork)
    facts = client.pull_request(pull.number)
    assert (facts.head_repository, facts.base_repository, facts.base_ref) == ("mallory/hello", "octocat/hello", "main")
    assert facts.head_sha == fork.refs["refs/heads/patch"]
    assert [row.number for row in client.pull_requests(head="mallory:patch")] == [pull.number]
    assert pull.pull
    pull.pull.head_repository = None
    assert client.pull_request(pull.number).head_repository == ""


def test_artifacts_of_a_name(fake: FakeGitHub, client: GitHubClient) -> None:
    """Artifacts of one name come from all runs, newest first, or from one run."""
    for _ in range(3):
        run = fake.state.add_run(fake.repo)
        fake.state.add_artifact(fake.repo, run, "ci-metrics-summary-a1", b"x")
        fake.state.add_artifact(fake.repo, run, "other", b"yy")
    rows = list(client.artifacts(name="ci-metrics-summary-a1"))
    assert [row.run_id for row in rows] == sorted((row.run_id for row in rows), reverse=True)
    assert len(rows) == 3
    assert [(row.name, row.size, row.run_id) for row in client.artifacts(run.id, "other")] == [("other", 2, run.id)]


def test_the_setup(fake: FakeGitHub, client: GitHubClient) -> None:
    """Everything that decides whether the workflows work is learned in nine requests."""
    fake.state.add_run(fake.repo, path=".github/workflows/learning-feedback.yml", name="learn")
    fake.state.add_workflow(fake.repo, CI, "CI", state="disabled_inactivity")
    fake.state.add_commit(fake.repo, "ratchetry-data", {"layout.json": "{}"})
    fake.repo.protected.add("main")
    fake.repo.rules["main"] = ("pull_request", "non_fast_forward")
    fake.repo.actions_may_propose = False
    facts = setup_facts(client)
    assert client.requests_used == 9
    assert not isinstance(facts.token, Unknown)
    assert not facts.token.may_create_pull_requests
    assert not isinstance(facts.workflows, Unknown)
    assert {row.path: row.state for row in facts.workflows}[CI] == "disabled_inactivity"
    assert facts.default_branch_rules == ("non_fast_forward", "pull_request")
    assert facts.default_branch
    assert not isinstance(facts.default_branch, Unknown)
    assert facts.default_branch.protected
    assert facts.data_branch
    assert facts.last_learning


def test_a_setup_that_a_job_may_not_see(fake: FakeGitHub, time: FakeTime) -> None:
    """What GITHUB_TOKEN may not see is unknown, with the reason, and the rest is learned."""
    fake.state.add_token("ghs_job", contents="read", actions="read")
    with opened({**fake.environ, "GITHUB_TOKEN": "ghs_job"}, time) as client:
        facts = setup_facts(client)
    assert isinstance(facts.actions, Unknown)
    assert "administration: read" in facts.actions.reason
    assert facts.data_branch is None
    assert facts.last_learning is None
    assert facts.workflows == ()
