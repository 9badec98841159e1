"""What decides in the repository's settings whether the workflows work, as far as the token may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import (
    ActionsFacts,
    BranchFacts,
    RepositoryFacts,
    Unknown,
    WorkflowFacts,
    WorkflowRunFacts,
    WorkflowTokenFacts,
)
from ratchetry.errors import GitHubError

T = TypeVar("T")

DATA_BRANCH: Final = "ratchetry-data"
LEARNING: Final = ".github/workflows/learning-feedback.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFacts:
    """Everything that `ratchetry doctor --github` judges; what the token may not see is Unknown, and why."""

    repository: RepositoryFacts | Unknown
    actions: ActionsFacts | Unknown
    token: WorkflowTokenFacts | Unknown
    workflows: tuple[WorkflowFacts, ...] | Unknown
    default_branch: BranchFacts | Unknown | None
    default_branch_rules: tuple[str, ...] | Unknown
    data_branch: BranchFacts | Unknown | None
    """None when there is none yet."""
    data_branch_rules: tuple[str, ...] | Unknown
    last_learning: WorkflowRunFacts | Unknown | None
    """The last run of the learning workflow that has ended; None when there never was one."""


def setup_facts(client: GitHubClient, *, data_branch: str = DATA_BRANCH, learning: str = LEARNING) -> SetupFacts:
    """Return what can be learned of a repository's setup, in nine requests; never raises for what GitHub refuses."""
    repository = _learned(client.repository_settings)
    default = "main" if isinstance(repository, Unknown) else repository.default_branch
    return SetupFacts(
        repository=repository,
        actions=_learned(client.actions_settings),
        token=_learned(client.workflow_token_settings),
        workflows=_learned(client.workflows),
        default_branch=_learned(lambda: client.branch(default)),
        default_branch_rules=_learned(lambda: client.branch_rules(default)),
        data_branch=_learned(lambda: client.branch(data_branch)),
        data_branch_rules=_learned(lambda: client.branch_rules(data_branch)),
        last_learning=_learned(lambda: client.last_run(learning)),
    )


def _learned(ask: Callable[[], T]) -> T | Unknown:
    """Return a fact, or why it cannot be had."""
    try:
        return ask()
    except GitHubError as error:
        return Unknown(reason=str(error))
