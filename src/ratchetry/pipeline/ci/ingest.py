"""The step that collects what has run since: from GitHub, or from artifacts that were downloaded already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ratchetry.adapters.github import GitHubClient
from ratchetry.analyze.provenance import Expected
from ratchetry.domain.learning import Cursor
from ratchetry.errors import UsageError
from ratchetry.pipeline.ci.directory_runs import DirectoryRuns
from ratchetry.pipeline.ci.github_runs import GitHubRuns
from ratchetry.pipeline.ci.reconcile import Batch, earlier, reconcile

WORKFLOW: Final = ".github/workflows/ci.yml"
KEPT: Final = timedelta(days=90)
"""The longest that GitHub keeps artifacts of public repositories: before that there is nothing to fetch."""
MOST: Final = 800
"""Summaries that one learning run fetches: a request each, of the 1,000 an hour that GITHUB_TOKEN may make."""


def from_github(
    client: GitHubClient,
    cursor: Cursor,
    *,
    now: datetime,
    workflow: str,
    branch: str = "",
    most: int = MOST,
    pull_requests: bool = False,
) -> Batch:
    """Return what has run since the cursor, as GitHub tells; without one, what may still have its summary.

    With the runs of the repository's own pull requests, where those may give rewards.

    Raises GitHubError when the runs cannot even be listed.
    """
    expected = Expected(
        repository=client.repository,
        branch=branch or client.default_branch(),
        workflow=workflow,
        pull_requests=pull_requests,
    )
    source = GitHubRuns(client, expected)
    begin = cursor if cursor.time else Cursor(time=earlier(f"{now:%Y-%m-%dT%H:%M:%SZ}", KEPT))
    return reconcile(source, begin, expected, most=most)


def from_directory(directory: Path, expected: Expected) -> Batch:
    """Return what is in a directory of downloaded artifacts, whenever it ran."""
    return reconcile(DirectoryRuns(directory, expected), Cursor(), expected, most=10**9)


def repository_here(path: str, environ: Mapping[str, str]) -> str:
    """Return the owner/name of the job's repository or, outside of one, of the checkout's remote.

    Raises UsageError when neither is known.
    """
    if name := environ.get("GITHUB_REPOSITORY", ""):
        return name
    from ratchetry.adapters.git import Git, repository_of

    found = repository_of(Git(str(Path(path).resolve()), environ))
    if "/" not in found:
        msg = "repository: not known here; name it with --repository owner/name"
        raise UsageError(msg)
    return found
