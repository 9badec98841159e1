"""What is read of a repository, its branches and pull requests."""

from __future__ import annotations

import pytest

from ratchetry.adapters.github import GitHubClient
from tests.github.backends import OTHER, OWNER, Backend


def test_the_repository(backend: Backend, client: GitHubClient) -> None:
    """The repository says how it is called, and which branch is the default."""
    facts = client.repository_settings()
    assert (facts.full_name, facts.default_branch) == (client.repository, "main")
    assert (facts.archived, facts.disabled, facts.fork, facts.has_issues) == (False, False, False, True)
    assert backend.text(client.default_branch(), "README.md")


def test_branches(backend: Backend, client: GitHubClient) -> None:
    """A branch says where it is, also when its name has a slash; one that is not there is none."""
    backend.commit("feature/one", {"a.py": "x = 1\n"})
    branch = client.branch("feature/one")
    assert branch
    assert (branch.name, branch.sha, branch.protected) == ("feature/one", backend.head("feature/one"), False)
    assert client.branch("feature") is None


def test_pull_requests(backend: Backend, client: GitHubClient) -> None:
    """A pull request is read alone, and found by its head; once it is closed it is in other lists."""
    backend.commit("feature", {"a.py": "x = 1\n"})
    number = backend.open_pull("feature")
    facts = client.pull_request(number)
    assert (facts.number, facts.state, facts.merged, facts.author) == (number, "open", False, OTHER)
    assert (facts.head_repository, facts.head_ref, facts.base_ref) == (client.repository, "feature", "main")
    assert facts.head_sha == backend.head("feature")
    assert [row.number for row in client.pull_requests(head=f"{OWNER}:feature", base="main")] == [number]
    assert list(client.pull_requests(head=f"{OWNER}:other")) == []
    backend.merge(number)
    assert list(client.pull_requests(head=f"{OWNER}:feature")) == []
    assert [row.merged for row in client.pull_requests(head=f"{OWNER}:feature", state="all")] == [True]


@pytest.mark.needs("pushes")
def test_a_pull_request_follows_its_branch(backend: Backend, client: GitHubClient) -> None:
    """The head of an open pull request is the head of its branch, also after a push."""
    backend.commit("feature", {"a.py": "x = 1\n"})
    number = backend.open_pull("feature")
    backend.commit("feature", {"a.py": "x = 2\n"})
    assert client.pull_request(number).head_sha == backend.head("feature")


def test_nothing_has_run_yet(client: GitHubClient) -> None:
    """A repository without workflows has neither runs nor artifacts."""
    assert client.workflows() == ()
    assert client.last_run(".github/workflows/ci.yml") is None
    assert list(client.artifacts(name="ci-metrics-summary-a1")) == []
