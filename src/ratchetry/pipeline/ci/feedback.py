"""The step that writes the one comment on a pull request, with rights that the pull request's own run does not have.

It executes and checks out nothing of the pull request; what its runs have uploaded is data, and the pull request that
they claim to be of is believed only when GitHub confirms that its head is the runs'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from ratchetry.adapters.github.facts import ArtifactFacts, PullRequestFacts, WorkflowRunFacts
from ratchetry.domain.action import RefreshComment, UpsertComment
from ratchetry.domain.envelope import SummaryContext, summary_name
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.review import Review
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import GitHubError, NotFoundError, ReportError, StateError
from ratchetry.pipeline.ci.advice import advice
from ratchetry.pipeline.ci.base_runs import BaseRuns, BaseWanted, compared
from ratchetry.pipeline.ci.github_runs import ended_run
from ratchetry.pipeline.ci.summary import LIMITS, Summary, open_summary
from ratchetry.report.comment import render, verdict_of
from ratchetry.report.comment_view import says_something
from ratchetry.settings import Settings

PULL_REQUEST: Final = "pull_request"
MOST_WORKFLOWS: Final = 20
"""Further workflows of the same commit whose runs are looked at: each is a package of its own."""


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

    def runs_of_commit(self, commit: str, *, event: str = "") -> Iterator[WorkflowRunFacts]:
        """Yield the runs whose head is a commit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why there is nothing to write; a warning when something was not as it should be."""

    reason: str
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What the comment may rely on: the default branch, its settings, what the history knows, and the server."""

    default_branch: str
    settings: Settings
    base: BaseRuns
    server: str = "https://github.com"


def feedback(run: EndedRun, source: PullRequestSource, trusted: Trusted) -> UpsertComment | RefreshComment | Silence:
    """Return the comment that a run of a pull request gets, or why it gets none.

    It is made anew from what the newest runs of the same commit have uploaded, so that no package loses its part to
    another.  GitHub is not asked when the run is of another event.  Raises GitHubError when GitHub cannot be asked.
    """
    if run.event != PULL_REQUEST:
        return Silence(reason=f"the run {run.name} is of the event {run.event}: only pull requests get a comment")
    if trusted.settings.comment == "off":
        return Silence(reason="the setting comment of the default branch is off")
    summary = _uploaded(run, source)
    if isinstance(summary, Silence):
        return summary
    pull = confirmed(run, summary.context, source)
    if pull is None:
        return Silence(reason=f"no open pull request has the head {run.head_sha[:12]} of the run {run.name} any more")
    packages = ((run, summary), *_others(run, source))
    reviews = tuple(_review(facts, each, pull, trusted) for facts, each in packages)
    suggestions = advice(trusted.base, trusted.settings, trusted.default_branch)
    body = render(reviews, dashboard=trusted.settings.dashboard_url, suggestions=suggestions)
    if _is_due(reviews, trusted.settings):
        return UpsertComment(number=pull.number, fingerprint=comment_fingerprint(), body=body)
    return RefreshComment(number=pull.number, fingerprint=comment_fingerprint(), body=body)


def confirmed(run: EndedRun, context: SummaryContext, source: PullRequestSource) -> PullRequestFacts | None:
    """Return the open pull request whose head is the run's, None when GitHub confirms none.

    A number that GitHub's payload or the summary names is a hint; without one that holds, GitHub is asked for the
    pull requests of the head's branch.
    """
    hint = run.pull_requests[0] if run.pull_requests else context.pull_request
    if hint is not None:
        try:
            found = source.pull_request(hint)
        except NotFoundError:
            pass  # whoever wrote the hint was wrong, or lied
        else:
            if _is_of(found, run):
                return found
    if not (run.head_owner and run.head_branch):
        return None
    rows = source.pull_requests(head=f"{run.head_owner}:{run.head_branch}")
    return next((row for row in rows if _is_of(row, run)), None)


def comment_fingerprint() -> str:
    """Return what tells the comment on a pull request from other texts of ours: there is one for all packages."""
    return short_hash("comment", "pull request")


def _uploaded(run: EndedRun, source: PullRequestSource) -> Summary | Silence:
    """Return the summary that a run has uploaded, or why there is none to use; raises GitHubError."""
    wanted = summary_name(run.attempt)
    artifact = next((row for row in source.artifacts(int(run.id), wanted) if str(row.run_id) == run.id), None)
    if artifact is None:
        return Silence(reason=f"the run {run.name} uploaded no {wanted}: its score job did not get that far")
    if artifact.expired:
        return Silence(reason=f"{wanted} of the run {run.name} has expired")
    try:
        return open_summary(source.download_artifact(artifact, limit=LIMITS.archive), run)
    except (ReportError, StateError) as error:
        return Silence(reason=f"{wanted} of the run {run.name}: {error}", warning=True)


def _others(run: EndedRun, source: PullRequestSource) -> Iterator[tuple[EndedRun, Summary]]:
    """Yield the newest run of each other workflow that has measured the same commit, with its summary.

    Of a run that is going on, what its attempt before said is kept: when it ends, it writes the comment anew.
    """
    newest: dict[str, EndedRun] = {}
    for facts in source.runs_of_commit(run.head_sha, event=PULL_REQUEST):
        if facts.head_repository == run.head_repository and facts.path != run.path:
            newest.setdefault(facts.path, _ended(facts, run.repository))
    for other in list(newest.values())[:MOST_WORKFLOWS]:
        if other.attempt:
            try:
                summary = _uploaded(other, source)
            except GitHubError:
                continue  # what another package said is not worth losing this one's
            if isinstance(summary, Summary):
                yield other, summary


def _ended(facts: WorkflowRunFacts, repository: str) -> EndedRun:
    """Return the newest attempt of a run that has ended, 0 where none has."""
    run = ended_run(facts, repository)
    return run if run.attempt else replace(run, attempt=facts.attempt - 1)


def _review(run: EndedRun, summary: Summary, pull: PullRequestFacts, trusted: Trusted) -> Review:
    """Return what a run says, beside its base."""
    wanted = BaseWanted(
        commit=pull.base_sha, ref=pull.base_ref, branch=trusted.default_branch or pull.base_ref, started=run.created
    )
    # where the package lies, what it is and at which commit are GitHub's to say, as far as GitHub does
    record = replace(
        summary.record,
        run=replace(summary.record.run, commit=run.head_sha, pull_request=pull.number, branch=run.head_branch),
    )
    return Review(
        record=record,
        comparison=compared(trusted.base, record, wanted),
        directory=summary.context.directory,
        link=run.url,
        blobs=f"{trusted.server.rstrip('/')}/{run.head_repository}/blob/{run.head_sha}" if run.head_repository else "",
        base=wanted.note,
    )


def _is_due(reviews: tuple[Review, ...], settings: Settings) -> bool:
    """Tell whether there is enough to say for a comment where there is none yet."""
    match settings.comment:
        case "always":
            return True
        case "failures":
            return verdict_of(reviews) in {"fail", "not_measured"}
        case "changes":
            return any(map(says_something, reviews))
        case "off":
            return False


def _is_of(pull_request: PullRequestFacts, run: EndedRun) -> bool:
    """Tell whether a pull request is open, of this repository, and at the commit that the run has measured."""
    return (
        pull_request.state == "open"
        and pull_request.base_repository == run.repository
        and pull_request.head_sha == run.head_sha
        and pull_request.head_repository == run.head_repository
    )
