"""The step that writes the one comment on a pull request, with rights that the pull request's own run does not have.

It executes and checks out nothing of the pull request; what its run has uploaded is data, and the pull request that
it claims to be of is believed only when GitHub confirms that its head is the run's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ratchetry.adapters.github.facts import ArtifactFacts, PullRequestFacts
from ratchetry.domain.action import UpsertComment
from ratchetry.domain.envelope import SummaryContext, summary_name
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import NotFoundError, ReportError, StateError
from ratchetry.pipeline.ci.summary import LIMITS, open_summary
from ratchetry.report.comment import render


class PullRequestSource(Protocol):
    """What the comment needs of GitHub; `adapters.github.GitHubClient` gives it."""

    def artifacts(self, run_id: int | None = None, name: str = "") -> Iterator[ArtifactFacts]:
        """Yield the artifacts of a run that have a name."""
        ...

    def download_artifact(self, artifact: ArtifactFacts, *, limit: int = ...) -> bytes:
        """Return the bytes of an artifact's archive."""
        ...

    def pull_request(self, number: int) -> PullRequestFacts:
        """Return one pull request; raises NotFoundError when there is none."""
        ...

    def pull_requests(self, *, head: str = "", base: str = "", state: str = "open") -> Iterator[PullRequestFacts]:
        """Yield the pull requests of a head, owner:branch."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why there is nothing to write; a warning when something was not as it should be."""

    reason: str
    warning: bool = False


def feedback(run: EndedRun, source: PullRequestSource) -> UpsertComment | Silence:
    """Return the comment that a run of a pull request gets, or why it gets none.

    GitHub is not asked at all when the run is of another event.  Raises GitHubError when GitHub cannot be asked.
    """
    if run.event != "pull_request":
        return Silence(reason=f"the run {run.name} is of the event {run.event}: only pull requests get a comment")
    wanted = summary_name(run.attempt)
    artifact = next((row for row in source.artifacts(int(run.id), wanted) if str(row.run_id) == run.id), None)
    if artifact is None:
        return Silence(reason=f"the run {run.name} uploaded no {wanted}: its score job did not get that far")
    if artifact.expired:
        return Silence(reason=f"{wanted} of the run {run.name} has expired")
    try:
        summary = open_summary(source.download_artifact(artifact, limit=LIMITS.archive), run)
    except (ReportError, StateError) as error:
        return Silence(reason=f"{wanted} of the run {run.name}: {error}", warning=True)
    number = confirmed_number(run, summary.context, source)
    if number is None:
        return Silence(reason=f"no open pull request has the head {run.head_sha[:12]} of the run {run.name} any more")
    return UpsertComment(
        number=number,
        fingerprint=comment_fingerprint(run.path, summary.context.directory),
        body=render(summary.record, link=run.url),
    )


def confirmed_number(run: EndedRun, context: SummaryContext, source: PullRequestSource) -> int | None:
    """Return the number of the open pull request whose head is the run's, None when GitHub confirms none.

    A number that GitHub's payload or the summary names is a hint; without one that holds, GitHub is asked for the
    pull requests of the head's branch.
    """
    hint = run.pull_requests[0] if run.pull_requests else context.pull_request
    if hint is not None:
        try:
            if _is_of(source.pull_request(hint), run):
                return hint
        except NotFoundError:
            pass  # whoever wrote the hint was wrong, or lied
    if not (run.head_owner and run.head_branch):
        return None
    found = source.pull_requests(head=f"{run.head_owner}:{run.head_branch}")
    return next((row.number for row in found if _is_of(row, run)), None)


def comment_fingerprint(workflow: str, directory: str) -> str:
    """Return what tells the comments on one pull request apart: one for each workflow and measured directory."""
    return short_hash("comment", workflow, directory)


def _is_of(pull_request: PullRequestFacts, run: EndedRun) -> bool:
    """Tell whether a pull request is open, of this repository, and at the commit that the run has measured."""
    return (
        pull_request.state == "open"
        and pull_request.base_repository == run.repository
        and pull_request.head_sha == run.head_sha
        and pull_request.head_repository == run.head_repository
    )
