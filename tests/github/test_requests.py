"""How many requests each flow takes, counted on the fake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ratchetry.adapters.apply import apply
from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.budget import HOURLY
from ratchetry.domain.action import (
    Action,
    CloseIssue,
    CommitFiles,
    ProposeChange,
    UpsertComment,
    UpsertIssue,
    WithdrawChange,
)
from tests.github.fake import FakeGitHub

COMMENT = UpsertComment(number=1, fingerprint="0" * 16, body="x")
ISSUE = UpsertIssue(fingerprint="1" * 16, title="Coverage fell", body="x")
CLOSE = CloseIssue(fingerprint="1" * 16, comment="It rose again.")
PROPOSAL = ProposeChange(
    branch="ratchetry/thresholds", base="main", title="t", body="b", message="m", files={"a.json": "{}\n"}
)
WITHDRAWAL = WithdrawChange(branch=PROPOSAL.branch, base="main", comment="Nothing is left.")
COMMIT = CommitFiles(change=PROPOSAL, besides=WITHDRAWAL, otherwise=PROPOSAL)


@pytest.mark.parametrize(
    ("before", "action", "requests"),
    [
        ((), COMMENT, 2),
        ((COMMENT,), COMMENT, 1),
        ((COMMENT,), replace(COMMENT, body="y"), 2),
        ((), ISSUE, 3),
        ((ISSUE,), ISSUE, 1),
        ((ISSUE,), replace(ISSUE, body="y"), 2),
        ((ISSUE,), CLOSE, 4),
        ((), CLOSE, 1),
        ((ISSUE, CLOSE), ISSUE, 2),
        ((), PROPOSAL, 10),
        ((PROPOSAL,), PROPOSAL, 6),
        ((PROPOSAL,), replace(PROPOSAL, files={"a.json": "[]\n"}), 10),
        ((PROPOSAL,), WITHDRAWAL, 2),
        ((PROPOSAL, WITHDRAWAL), WITHDRAWAL, 1),
        ((), COMMIT, 7),
        ((COMMIT,), COMMIT, 3),
    ],
)
def test_actions(
    fake: FakeGitHub, client: GitHubClient, before: tuple[Action, ...], action: Action, requests: int
) -> None:
    """Each action takes what the table says."""
    fake.state.add_commit(fake.repo, "feature", {"a.py": "x = 1\n"})
    fake.state.add_pull(fake.repo, "feature")
    apply(before, client)
    already = client.requests_used
    (effect,) = apply((action,), client)
    assert effect.state != "failed"
    assert client.requests_used - already == requests


def test_the_comment_on_a_pull_request(fake: FakeGitHub, client: GitHubClient) -> None:
    """From the event of a finished run to its comment takes five requests to the API, and one to the store."""
    fake.state.add_commit(fake.repo, "feature", {"a.py": "x = 1\n"})
    number = fake.state.add_pull(fake.repo, "feature").number
    run = fake.state.add_run(fake.repo, event="pull_request", branch="feature")
    fake.state.add_artifact(fake.repo, run, "ci-metrics-summary-a1", b"x")
    artifact = next(client.artifacts(run.id, "ci-metrics-summary-a1"))
    client.download_artifact(artifact)
    client.pull_request(number)
    (effect,) = apply((COMMENT,), client)
    assert effect.state == "created"
    assert (client.requests_used, len(fake.requests)) == (5, 6)


def _listing(client: GitHubClient) -> None:
    """List the runs of a workflow and their summaries."""
    assert len(list(client.workflow_runs(".github/workflows/ci.yml", branch="main"))) == 250
    assert len(list(client.artifacts(name="ci-metrics-summary-a1"))) == 250


def _one_download(client: GitHubClient) -> None:
    """Fetch one summary."""
    client.download_artifact(next(client.artifacts(name="ci-metrics-summary-a1")))


@pytest.mark.parametrize(("flow", "requests"), [(_listing, 6), (_one_download, 2)])
def test_ingest(fake: FakeGitHub, client: GitHubClient, flow: Callable[[GitHubClient], None], requests: int) -> None:
    """Listing takes two requests for a hundred runs, and each summary that is fetched one: GitHub has no bulk download.

    So 1,000 runs are listed with 20 requests, and as many summaries are fetched in an hour as `budget.room` says.
    """
    for _ in range(250):
        run = fake.state.add_run(fake.repo)
        fake.state.add_artifact(fake.repo, run, "ci-metrics-summary-a1", b"x")
    flow(client)
    assert client.requests_used == requests
    assert client.budget.room == HOURLY - client.budget.reserve - requests
