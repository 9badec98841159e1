"""What the fake GitHub knows, easy to seed and to look at."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tests.github.fake.objects import Commit, Entry, Objects

BOT: Final = "github-actions[bot]"
ALL: Final = {
    "actions": "write",
    "administration": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}


@dataclass(slots=True, kw_only=True)
class Token:
    """A token: whose it is, and what it may do (`{"issues": "write"}`); `app` for tokens of installations."""

    login: str = BOT
    permissions: Mapping[str, str] = field(default_factory=lambda: dict(ALL))
    app: bool = True
    limit: int = 1000
    used: int = 0
    reset: float = 0.0


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment on an issue or pull request."""

    id: int
    number: int
    author: str
    body: str
    created_at: str
    updated_at: str


@dataclass(slots=True, kw_only=True)
class Pull:
    """What a pull request has beyond an issue; `head_repository` is None when the fork is gone."""

    head_ref: str
    head_sha: str
    head_repository: str | None
    base_ref: str
    base_sha: str
    draft: bool = False
    merged_at: str | None = None


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue, or a pull request when it has `pull`."""

    number: int
    title: str
    body: str
    author: str
    created_at: str
    updated_at: str
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    state: str = "open"
    state_reason: str | None = None
    closed_at: str | None = None
    pull: Pull | None = None


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of a workflow."""

    id: int
    path: str
    name: str
    event: str
    head_branch: str | None
    head_sha: str
    head_repository: str | None
    status: str
    conclusion: str | None
    created_at: str
    updated_at: str
    attempt: int = 1
    pull_requests: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class Artifact:
    """One artifact with its archive."""

    id: int
    name: str
    data: bytes
    run_id: int
    created_at: str
    expired: bool = False
    digest: str = ""


@dataclass(slots=True, kw_only=True)
class Workflow:
    """One workflow file."""

    id: int
    path: str
    name: str
    state: str = "active"


@dataclass(slots=True, kw_only=True)
class Repository:
    """One repository; everything in it may be set or changed directly."""

    full_name: str
    id: int
    default_branch: str = "main"
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    fork: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    drops_labels: bool = False
    """Whether labels of new issues are silently dropped, as they are for those who may not push."""
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    most_runs: int = 1000
    """How many runs GitHub lists for one question, the newest ones."""
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    workflows: dict[int, Workflow] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """Full names (refs/heads/main) to commits."""
    protected: set[str] = field(default_factory=set)
    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    objects: Objects = field(default_factory=Objects)
    actions_enabled: bool = True
    allowed_actions: str = "all"
    default_workflow_permissions: str = "read"
    actions_may_propose: bool = True
    """Whether Actions may create and approve pull requests."""

    @property
    def pulls(self) -> dict[int, Issue]:
        """Return the pull requests by number."""
        return {number: issue for number, issue in self.issues.items() if issue.pull}


class State:
    """Repositories, accounts' tokens, and a clock and identifiers that never repeat."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.ids: Iterator[int] = itertools.count(1001)
        self.repositories: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}

    def time(self) -> str:
        """Return the present time as GitHub writes it."""
        return f"{self.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def add_repository(
        self, full_name: str, *, fork: bool = False, files: Mapping[str, str] | None = None
    ) -> Repository:
        """Return a new repository with one commit on its default branch."""
        repository = Repository(full_name=full_name, id=next(self.ids), fork=fork)
        self.repositories[full_name] = repository
        self.add_commit(repository, "main", files or {"README.md": "# Hello\n"})
        return repository

    def add_commit(
        self, repository: Repository, branch: str, files: Mapping[str, str], *, author: str = "octocat"
    ) -> str:
        """Commit files on a branch, which is made when there is none, and return the commit."""
        objects, ref = repository.objects, f"refs/heads/{branch}"
        parent = repository.refs.get(ref, repository.refs.get(f"refs/heads/{repository.default_branch}", ""))
        rows = objects.files(objects.commits[parent].tree) if parent else {}
        rows |= {
            path: Entry(mode="100644", kind="blob", sha=objects.blob(text.encode())) for path, text in files.items()
        }
        commit = Commit(
            tree=objects.tree_of(rows),
            parents=(parent,) if parent else (),
            message=f"commit {next(self.ids)}",
            author=author,
            date=self.time(),
        )
        return self.move(repository, ref, objects.commit(commit))

    def move(self, repository: Repository, ref: str, sha: str) -> str:
        """Let a reference point at a commit, with the open pull requests of its branch; return the commit."""
        repository.refs[ref] = sha
        for row in (row for other in self.repositories.values() for row in other.pulls.values()):
            head = row.pull
            if head and row.state == "open" and head.head_repository == repository.full_name:
                head.head_sha = sha if f"refs/heads/{head.head_ref}" == ref else head.head_sha
        return sha

    def add_issue(
        self, repository: Repository, title: str, body: str = "", *, author: str = BOT, labels: tuple[str, ...] = ()
    ) -> Issue:
        """Return a new open issue."""
        time = self.time()
        number = len(repository.issues) + 1
        issue = Issue(number=number, title=title, body=body, author=author, created_at=time, updated_at=time)
        issue.labels.extend(labels)
        repository.labels |= dict.fromkeys(labels, "ededed")
        repository.issues[number] = issue
        return issue

    def add_pull(
        self, repository: Repository, branch: str, *, head: Repository | None = None, author: str = "octocat"
    ) -> Issue:
        """Return a new pull request of a branch, which exists in `head` (this repository, or a fork)."""
        source = head or repository
        issue = self.add_issue(repository, f"Pull {branch}", author=author)
        issue.pull = Pull(
            head_ref=branch,
            head_sha=source.refs[f"refs/heads/{branch}"],
            head_repository=source.full_name,
            base_ref=repository.default_branch,
            base_sha=repository.refs[f"refs/heads/{repository.default_branch}"],
        )
        return issue

    def merge(self, repository: Repository, number: int) -> str:
        """Merge an open pull request of this repository's branches, and return the commit; it must not conflict."""
        issue, objects = repository.issues[number], repository.objects
        assert issue.pull
        ref = f"refs/heads/{issue.pull.base_ref}"
        parents = (repository.refs[ref], issue.pull.head_sha)
        files = objects.merged(*parents)
        assert files is not None
        message, time = f"Merge pull request #{number}", self.time()
        commit = Commit(tree=objects.tree_of(files), parents=parents, message=message, author="octocat", date=time)
        issue.state, issue.pull.merged_at = "closed", time
        return self.move(repository, ref, objects.commit(commit))

    def add_comment(self, repository: Repository, number: int, body: str, *, author: str = BOT) -> Comment:
        """Return a new comment."""
        time = self.time()
        comment = Comment(id=next(self.ids), number=number, author=author, body=body, created_at=time, updated_at=time)
        repository.comments[comment.id] = comment
        return comment

    def add_workflow(self, repository: Repository, path: str, name: str, *, state: str = "active") -> Workflow:
        """Return a new workflow."""
        workflow = Workflow(id=next(self.ids), path=path, name=name, state=state)
        repository.workflows[workflow.id] = workflow
        return workflow

    def add_run(
        self,
        repository: Repository,
        *,
        path: str = ".github/workflows/ci.yml",
        name: str = "CI",
        run_id: int | None = None,
        event: str = "push",
        branch: str | None = "main",
        sha: str = "",
        head: str | None = "",
        status: str = "completed",
        conclusion: str | None = "success",
        created_at: str = "",
        attempt: int = 1,
        pull_requests: tuple[int, ...] = (),
    ) -> Run:
        """Return a new run; its workflow is made when there is none. `head` is the head's repository."""
        if all(workflow.path != path for workflow in repository.workflows.values()):
            self.add_workflow(repository, path, name)
        time = created_at or self.time()
        run = Run(
            id=run_id or next(self.ids),
            path=path,
            name=name,
            event=event,
            head_branch=branch,
            head_sha=sha or repository.refs[f"refs/heads/{repository.default_branch}"],
            head_repository=repository.full_name if head == "" else head,
            status=status,
            conclusion=conclusion,
            created_at=time,
            updated_at=time,
            attempt=attempt,
            pull_requests=pull_requests,
        )
        repository.runs[run.id] = run
        return run

    def add_artifact(self, repository: Repository, run: Run, name: str, data: bytes) -> Artifact:
        """Return a new artifact of a run, with the bytes of its archive."""
        artifact = Artifact(
            id=next(self.ids),
            name=name,
            data=data,
            run_id=run.id,
            created_at=self.time(),
            digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
        )
        repository.artifacts[artifact.id] = artifact
        return artifact

    def add_token(self, value: str, **permissions: str) -> Token:
        """Return a new token of GitHub Actions that may do this, and nothing else."""
        self.tokens[value] = Token(permissions={"metadata": "read", **permissions})
        return self.tokens[value]
