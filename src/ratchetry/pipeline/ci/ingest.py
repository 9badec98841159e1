"""The step that collects what has run since: from GitHub, or from artifacts that were downloaded already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ratchetry.adapters.github import GitHubClient
from ratchetry.analyze.provenance import Expected
from ratchetry.domain.learning import Cursor
from ratchetry.errors import UsageError
from ratchetry.pipeline.ci.directory_runs import DirectoryRuns
from ratchetry.pipeline.ci.github_runs import GitHubRuns
from ratchetry.pipeline.ci.reconcile import Batch, reconcile

WORKFLOW: Final = ".github/workflows/ci.yml"
MOST: Final = 800
"""Summaries that one learning run fetches: a request each, of the 1,000 an hour that GITHUB_TOKEN may make."""


def from_github(client: GitHubClient, cursor: Cursor, *, workflow: str, branch: str = "", most: int = MOST) -> Batch:
    """Return what has run since the cursor, as GitHub tells; raises GitHubError when it cannot even be listed."""
    expected = Expected(repository=client.repository, branch=branch or client.default_branch(), workflow=workflow)
    source = GitHubRuns(client, workflow=workflow, branch=expected.branch)
    return reconcile(source, cursor, expected, most=most)


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
