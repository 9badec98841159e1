"""The parts of GitHub's documents about Actions that are read, and the facts in them."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.adapters.github.answers import Owned
from ratchetry.adapters.github.facts import (
    ActionsFacts,
    ArtifactFacts,
    WorkflowFacts,
    WorkflowRunFacts,
    WorkflowTokenFacts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A pull request by its number."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """As at https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run."""

    id: int
    event: str
    head_sha: str
    path: str
    created_at: str
    updated_at: str
    run_attempt: int = 1
    name: str | None = None
    head_branch: str | None = None
    head_repository: Owned | None = None
    status: str | None = None
    conclusion: str | None = None
    pull_requests: tuple[Numbered, ...] | None = None
    html_url: str = ""

    def facts(self) -> WorkflowRunFacts:
        """Return what is used of it."""
        return WorkflowRunFacts(
            id=self.id,
            attempt=self.run_attempt,
            event=self.event,
            head_branch=self.head_branch or "",
            head_sha=self.head_sha,
            head_repository=self.head_repository.full_name if self.head_repository else "",
            path=self.path.partition("@")[0],
            name=self.name or "",
            status=self.status or "",
            conclusion=self.conclusion or "",
            created_at=self.created_at,
            updated_at=self.updated_at,
            pull_requests=tuple(row.number for row in self.pull_requests or ()),
            url=self.html_url,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One page of runs."""

    total_count: int
    workflow_runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRun:
    """The run that an artifact is of."""

    id: int = 0
    head_branch: str | None = None
    head_sha: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """As at https://docs.github.com/en/rest/actions/artifacts#get-an-artifact."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool
    created_at: str | None
    digest: str | None = None
    workflow_run: ArtifactRun | None = None

    def facts(self) -> ArtifactFacts:
        """Return what is used of it."""
        run = self.workflow_run or ArtifactRun()
        return ArtifactFacts(
            id=self.id,
            name=self.name,
            size=self.size_in_bytes,
            run_id=run.id,
            head_branch=run.head_branch or "",
            head_sha=run.head_sha,
            expired=self.expired,
            created_at=self.created_at or "",
            digest=self.digest or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifacts:
    """One page of artifacts."""

    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """As at https://docs.github.com/en/rest/actions/workflows#get-a-workflow."""

    id: int
    name: str
    path: str
    state: str

    def facts(self) -> WorkflowFacts:
        """Return what is used of it."""
        return WorkflowFacts(id=self.id, name=self.name, path=self.path, state=self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflows:
    """One page of workflows."""

    workflows: tuple[Workflow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsPermissions:
    """As at https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository."""

    enabled: bool
    allowed_actions: str = ""
    sha_pinning_required: bool = False

    def facts(self) -> ActionsFacts:
        """Return what is used of it."""
        return ActionsFacts(
            enabled=self.enabled,
            allowed_actions=self.allowed_actions,
            sha_pinning_required=self.sha_pinning_required,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowPermissions:
    """As at https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository."""

    default_workflow_permissions: str
    can_approve_pull_request_reviews: bool

    def facts(self) -> WorkflowTokenFacts:
        """Return what is used of it."""
        return WorkflowTokenFacts(
            default_permissions=self.default_workflow_permissions,
            may_create_pull_requests=self.can_approve_pull_request_reviews,
        )
