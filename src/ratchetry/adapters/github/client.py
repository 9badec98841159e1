"""GitHub for one repository: what is read of it, typed, bounded and paged; writing is `adapters.apply`'s."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from random import SystemRandom
from types import TracebackType
from typing import Final, Self

from ratchetry.adapters.github import action_answers, answers, runs
from ratchetry.adapters.github.address import api_base, repository_name, segment, segments
from ratchetry.adapters.github.budget import Budget
from ratchetry.adapters.github.download import LIMIT, download_artifact
from ratchetry.adapters.github.facts import (
    ActionsFacts,
    ArtifactFacts,
    BranchFacts,
    PullRequestFacts,
    RepositoryFacts,
    WorkflowFacts,
    WorkflowRunFacts,
    WorkflowTokenFacts,
)
from ratchetry.adapters.github.session import PATIENCE, Session, read
from ratchetry.adapters.github.transport import Transport
from ratchetry.errors import MissingPermissionError, NotFoundError, UsageError
from ratchetry.ports import Clock

ACTIONS_LOGIN: Final = "github-actions[bot]"
LOGIN_VARIABLE: Final = "RATCHETRY_GITHUB_LOGIN"
"""Names the account that a token of another app writes as."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_.~+/=-]{1,4096}")


class GitHubClient:
    """Reads what GitHub knows of one repository; every method raises GitHubError for what GitHub refuses."""

    def __init__(self, session: Session, repository: str, *, clock: Clock, author: str = "") -> None:
        self._clock = clock
        self.session = session
        self.repository = repository
        self.base = f"/repos/{repository}"
        self.author = author
        """The account that the token writes as, as far as it is known without asking."""

    def __enter__(self) -> Self:
        """Return the client, to be closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.session.close()

    def is_ours(self, login: str) -> bool:
        """Tell whether an account is the one that the token writes as; raises GitHubError when nobody knows."""
        return login.casefold() == self.own_login().casefold()

    def own_login(self) -> str:
        """Return the account that the token writes as; tokens of apps cannot ask who they are.

        Raises MissingPermissionError saying how to tell.
        """
        if not self.author:
            try:
                self.author = self.session.get("/user", answers.Login).login
            except MissingPermissionError as error:
                msg = f"GitHub does not tell which app this token is of: set {LOGIN_VARIABLE}, as my-app[bot]"
                raise MissingPermissionError(msg) from error
        return self.author

    @property
    def budget(self) -> Budget:
        """Return what is left of the hour's requests."""
        return self.session.budget

    @property
    def requests_used(self) -> int:
        """Return how many requests were made."""
        return self.session.budget.used

    def workflow_runs(
        self, workflow_path: str, *, branch: str = "", status: str = "completed", created_since: str = ""
    ) -> Iterator[WorkflowRunFacts]:
        """Yield the runs of a workflow's file, newest first, each once, however many there are."""
        return runs.workflow_runs(
            self.session, self.base, workflow_path, branch=branch, status=status, created_since=created_since
        )

    def runs_of_commit(self, commit: str, *, event: str = "") -> Iterator[WorkflowRunFacts]:
        """Yield the runs of all workflows whose head is a commit, newest first."""
        return runs.runs_of_commit(self.session, self.base, commit, event=event)

    def workflow_run(self, run_id: int) -> WorkflowRunFacts:
        """Return one run in its latest attempt."""
        return self.session.get(f"{self.base}/actions/runs/{segment(run_id)}", action_answers.Run).facts()

    def artifacts(self, run_id: int | None = None, name: str = "") -> Iterator[ArtifactFacts]:
        """Yield the artifacts of a run, or of all runs, newest first; of one name, when it is given."""
        return runs.artifacts(self.session, self.base, run_id=run_id, name=name)

    def download_artifact(self, artifact: ArtifactFacts, *, limit: int = LIMIT) -> bytes:
        """Return the bytes of an artifact's archive, at most `limit` of them."""
        return download_artifact(self.session, self.base, artifact, limit=limit, clock=self._clock)

    def pull_request(self, number: int) -> PullRequestFacts:
        """Return one pull request."""
        return self.session.get(f"{self.base}/pulls/{segment(number)}", answers.PullRequest).facts()

    def pull_requests(self, *, head: str = "", base: str = "", state: str = "open") -> Iterator[PullRequestFacts]:
        """Yield the pull requests, newest first; `head` is owner:branch."""
        path = f"{self.base}/pulls"
        asked = {"head": head, "base": base, "state": state}
        for page in self.session.pages(path, {key: value for key, value in asked.items() if value}):
            yield from (row.facts() for row in read(page.text, tuple[answers.PullRequest, ...], path))

    def default_branch(self) -> str:
        """Return the name of the branch that others are merged into."""
        return self.repository_settings().default_branch

    def repository_settings(self) -> RepositoryFacts:
        """Return the repository itself."""
        return self.session.get(self.base, answers.Repository).facts()

    def branch(self, name: str) -> BranchFacts | None:
        """Return a branch, None when there is none of this name."""
        try:
            return self.session.get(f"{self.base}/branches/{segments(name)}", answers.Branch).facts()
        except NotFoundError:
            return None

    def branch_rules(self, name: str) -> tuple[str, ...]:
        """Return the kinds of rules that rulesets impose on a branch, such as pull_request or non_fast_forward."""
        path = f"{self.base}/rules/branches/{segments(name)}"
        pages = self.session.pages(path)
        return tuple(
            sorted({row.type for page in pages for row in read(page.text, tuple[answers.BranchRule, ...], path)})
        )

    def workflows(self) -> tuple[WorkflowFacts, ...]:
        """Return the workflows that GitHub knows, with their states."""
        path = f"{self.base}/actions/workflows"
        pages = self.session.pages(path)
        return tuple(row.facts() for page in pages for row in read(page.text, action_answers.Workflows, path).workflows)

    def actions_settings(self) -> ActionsFacts:
        """Return what the settings let Actions do; needs `administration: read`, which GITHUB_TOKEN cannot have."""
        return self.session.get(f"{self.base}/actions/permissions", action_answers.ActionsPermissions).facts()

    def workflow_token_settings(self) -> WorkflowTokenFacts:
        """Return what the settings give GITHUB_TOKEN; needs `administration: read`."""
        return self.session.get(f"{self.base}/actions/permissions/workflow", action_answers.WorkflowPermissions).facts()

    def last_run(self, workflow_path: str, *, branch: str = "", status: str = "completed") -> WorkflowRunFacts | None:
        """Return the newest run of a workflow's file, None when it never ran or does not exist."""
        try:
            return next(self.workflow_runs(workflow_path, branch=branch, status=status), None)
        except NotFoundError:
            return None


def open_client(
    environ: Mapping[str, str],
    *,
    repository: str = "",
    clock: Clock,
    sleep: Callable[[float], None],
    jitter: Callable[[], float] | None = None,
    patience: float = PATIENCE,
) -> GitHubClient:
    """Return a client for a repository, by default the one of the job that runs.

    Raises UsageError when GITHUB_TOKEN, the repository or GITHUB_API_URL is missing or makes no sense.
    """
    token = environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        msg = (
            "GITHUB_TOKEN is not set: export a token that may read the repository or, in a workflow, give the step "
            "`env: GITHUB_TOKEN: ${{ github.token }}`"
        )
        raise UsageError(msg)
    if not _TOKEN.fullmatch(token):
        msg = "GITHUB_TOKEN holds characters that no token has; its value is not shown here"
        raise UsageError(msg)
    name = repository_name(repository or environ.get("GITHUB_REPOSITORY", ""))
    in_actions = environ.get("GITHUB_ACTIONS") == "true"
    author = environ.get(LOGIN_VARIABLE, "").strip() or (ACTIONS_LOGIN if in_actions else "")
    transport = Transport(api_base(environ), token)
    chance = jitter or SystemRandom().random
    session = Session(transport, Budget(clock), clock=clock, sleep=sleep, jitter=chance, patience=patience)
    return GitHubClient(session, name, clock=clock, author=author)
