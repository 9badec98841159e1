"""Runs and their summaries as GitHub keeps them (a RunSource)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from ratchetry.adapters.github.budget import Budget
from ratchetry.adapters.github.facts import ArtifactFacts, WorkflowRunFacts
from ratchetry.analyze.provenance import PULL_REQUEST, Expected, is_own_pull_request
from ratchetry.domain.envelope import summary_name
from ratchetry.domain.record import RunRecord
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import NotFoundError, ReportError
from ratchetry.pipeline.ci.reconcile import ExpiredError, MissingError
from ratchetry.pipeline.ci.summary import LIMITS, open_summary


class RunsClient(Protocol):
    """What is needed of the client for GitHub."""

    @property
    def repository(self) -> str:
        """Return the repository's owner/name."""
        ...

    @property
    def budget(self) -> Budget:
        """Return what is left of the hour's requests."""
        ...

    def workflow_runs(
        self, workflow_path: str, *, branch: str = "", status: str = "completed", created_since: str = ""
    ) -> Iterator[WorkflowRunFacts]:
        """Yield the runs of a workflow's file, newest first."""
        ...

    def artifacts(self, run_id: int | None = None, name: str = "") -> Iterator[ArtifactFacts]:
        """Yield the artifacts of the whole repository that have a name, newest first."""
        ...

    def download_artifact(self, artifact: ArtifactFacts, *, limit: int = ...) -> bytes:
        """Return the bytes of an artifact's archive."""
        ...


class GitHubRuns:
    """The runs of one workflow on one branch; their artifacts are listed a hundred at a time, by name.

    With those of pull requests from the repository's own branches, where they are asked for.
    """

    def __init__(self, client: RunsClient, expected: Expected) -> None:
        self._client = client
        self._expected = expected
        self._since = ""
        self._listed: dict[str, dict[str, ArtifactFacts]] = {}

    def runs(self, since: str) -> Iterator[EndedRun]:
        """Yield the runs that were created since, newest first; those that have not ended have attempt 0."""
        self._since = since
        expected = self._expected
        branch = "" if expected.pull_requests else expected.branch
        for facts in self._client.workflow_runs(expected.workflow, branch=branch, status="", created_since=since):
            run = ended_run(facts, self._client.repository)
            if run.head_branch == expected.branch or is_own_pull_request(run, expected):
                yield run

    def record(self, run: EndedRun) -> RunRecord:
        """Return the record in a run's summary; raises what `RunSource.record` says."""
        record = open_summary(self._archive(run), run).record
        return of_pull_request(record, run) if run.event == PULL_REQUEST else record

    def _archive(self, run: EndedRun) -> bytes:
        """Return the archive of a run's summary."""
        name = summary_name(run.attempt)
        artifact = self._artifacts(name).get(run.id)
        if artifact is None:
            msg = f"it uploaded no {name}: its score job did not get that far, or GitHub has deleted it"
            raise MissingError(msg)
        if artifact.expired:
            msg = f"its {name} has expired on GitHub before it was fetched"
            raise ExpiredError(msg)
        if artifact.size > LIMITS.archive:
            msg = f"its {name} has {artifact.size:,} bytes, more than the {LIMITS.archive:,} that are read"
            raise ReportError(msg)
        # what would not fit is left for the next learning run, and the hour's last requests for other jobs
        self._client.budget.require(1, f"fetching {name}")
        try:
            return self._client.download_artifact(artifact, limit=LIMITS.archive)
        except NotFoundError as error:
            msg = f"its {name} is gone: {error}"
            raise ExpiredError(msg) from error

    def _artifacts(self, name: str) -> dict[str, ArtifactFacts]:
        """Return the artifacts of a name by the run they are of, listed once."""
        if name not in self._listed:
            found: dict[str, ArtifactFacts] = {}
            for artifact in self._client.artifacts(name=name):
                if artifact.created_at < self._since:
                    break  # the newest come first, and no run uploads before it was created
                found.setdefault(str(artifact.run_id), artifact)
            self._listed[name] = found
        return self._listed[name]


def of_pull_request(record: RunRecord, run: EndedRun) -> RunRecord:
    """Return the record of a run of a pull request with the branch and number that GitHub knows.

    Raises ReportError when it does not say which pull request it is of: by that it is told from runs of the branch.
    """
    number = run.pull_requests[0] if run.pull_requests else record.run.pull_request
    if number is None:
        msg = "it is of a pull request, and does not say of which"
        raise ReportError(msg)
    return replace(record, run=replace(record.run, pull_request=number, branch=run.head_branch))


def ended_run(facts: WorkflowRunFacts, repository: str) -> EndedRun:
    """Return what GitHub says of a run; one that has not ended has attempt 0."""
    return EndedRun(
        id=str(facts.id),
        attempt=facts.attempt if facts.status == "completed" else 0,
        event=facts.event,
        head_sha=facts.head_sha,
        head_branch=facts.head_branch,
        head_repository=facts.head_repository,
        repository=repository,
        path=facts.path,
        url=facts.url,
        created=facts.created_at,
        pull_requests=facts.pull_requests,
    )
