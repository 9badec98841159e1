"""Runs of workflows as GitHub itself describes them: what an artifact claims is held against these facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """One attempt of a run that has ended."""

    id: str
    attempt: int
    event: str
    head_sha: str
    head_branch: str
    head_repository: str
    """owner/name of the repository that the code is from; empty when it is gone."""
    head_owner: str = ""
    repository: str
    """owner/name of the repository that the run is in."""
    path: str
    """The file of its workflow."""
    url: str = ""
    created: str = ""
    """When the first attempt was created: UTC, ISO 8601."""
    pull_requests: tuple[int, ...] = ()
    """Numbers that GitHub knows at once; always empty for forks."""
    default_branch: str = ""
    """That of the repository that the run is in, where GitHub's payload names it."""

    @property
    def name(self) -> str:
        """Return the run attempt's name, as evidence cites it."""
        return f"{self.id}-{self.attempt}"
