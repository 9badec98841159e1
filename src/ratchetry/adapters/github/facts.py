"""What GitHub says about runs, artifacts, pull requests, issues and the repository, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRunFacts:
    """One run of a workflow, in its latest attempt."""

    id: int
    attempt: int
    event: str
    head_branch: str
    head_sha: str
    head_repository: str
    """owner/name; empty when the repository of the head is gone."""
    path: str
    """The workflow's file, without the reference that GitHub may add after @."""
    name: str
    status: str
    conclusion: str
    created_at: str
    updated_at: str
    pull_requests: tuple[int, ...] = ()
    """Numbers of pull requests of the same repository; always empty for forks."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFacts:
    """One artifact that a run has uploaded."""

    id: int
    name: str
    size: int
    run_id: int
    head_branch: str
    head_sha: str
    expired: bool
    created_at: str
    digest: str
    """sha256:<hex> of the archive, empty for old ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestFacts:
    """One pull request."""

    number: int
    state: str
    title: str
    body: str
    author: str
    draft: bool
    merged: bool
    head_sha: str
    head_ref: str
    head_repository: str
    """owner/name; empty when the fork is gone."""
    base_repository: str
    base_ref: str
    base_sha: str
    url: str
    mergeable: bool | None = None
    """None when GitHub has not found out yet, or was not asked for this pull request alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """One issue."""

    number: int
    title: str
    body: str
    state: str
    state_reason: str
    author: str
    labels: tuple[str, ...]
    url: str
    closed_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFacts:
    """One comment on an issue or pull request."""

    id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFacts:
    """The repository itself."""

    full_name: str
    default_branch: str
    private: bool
    archived: bool
    disabled: bool
    fork: bool
    has_issues: bool
    pushed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFacts:
    """One branch: where it is, and whether a protection or ruleset holds it."""

    name: str
    sha: str
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFacts:
    """One workflow of the repository, with its state: active, disabled_manually or disabled_inactivity."""

    id: int
    name: str
    path: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsFacts:
    """What the repository's settings let Actions do."""

    enabled: bool
    allowed_actions: str
    sha_pinning_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowTokenFacts:
    """What the settings give GITHUB_TOKEN: `read` or `write` by default, and whether it may create pull requests."""

    default_permissions: str
    may_create_pull_requests: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A fact that this token cannot learn, and why."""

    reason: str
