"""GitHub's API, as far as ratchetry asks it."""

from ratchetry.adapters.github.client import GitHubClient, open_client
from ratchetry.adapters.github.facts import (
    ActionsFacts,
    ArtifactFacts,
    BranchFacts,
    PullRequestFacts,
    RepositoryFacts,
    Unknown,
    WorkflowFacts,
    WorkflowRunFacts,
    WorkflowTokenFacts,
)

__all__ = [
    "ActionsFacts",
    "ArtifactFacts",
    "BranchFacts",
    "GitHubClient",
    "PullRequestFacts",
    "RepositoryFacts",
    "Unknown",
    "WorkflowFacts",
    "WorkflowRunFacts",
    "WorkflowTokenFacts",
    "open_client",
]
