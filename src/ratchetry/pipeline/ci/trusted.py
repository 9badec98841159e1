"""What a job that may write relies on without a checkout: the default branch's configuration and shared history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.contents import read_file
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import NotMeasuredError
from ratchetry.history.layout import LAYOUT_FILE
from ratchetry.pipeline.ci.shared import shared_history
from ratchetry.pipeline.history import history_at
from ratchetry.ports import Progress
from ratchetry.settings import Settings

CONFIGURATIONS: Final = ("ratchetry.toml", "pyproject.toml")
_ORIGIN: Final = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A configuration file as the default branch has it; no name where there is none."""

    name: str = ""
    text: str = ""


def configuration(client: GitHubClient, branch: str, named: str = "") -> Configuration:
    """Return the configuration that stands on a branch; raises GitHubError."""
    for name in (named,) if named else CONFIGURATIONS:
        found = read_file(client, name, branch)
        if found.blob and found.text is not None:
            return Configuration(name=name, text=found.text)
    return Configuration()


def branch_of(run: EndedRun, client: GitHubClient) -> str:
    """Return the default branch, as the payload of the event names it or else GitHub; raises GitHubError."""
    return run.default_branch or client.default_branch()


def history_of(
    place: Path, settings: Settings, repository: str, environ: Mapping[str, str], progress: Progress
) -> HistoryDirectory:
    """Return the shared history of a repository, fetched into an empty directory.

    Raises NotMeasuredError when there is none yet, UnreachableError when the server cannot be reached.
    """
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    address = (
        f"{server.rstrip('/')}/{repository}.git" if settings.history_remote == _ORIGIN else settings.history_remote
    )
    asked = replace(settings, history_remote=address)
    return existing(shared_history(str(place), asked, environ, progress, str(place / "history")), settings)


def existing(place: Path, settings: Settings) -> HistoryDirectory:
    """Return the history in a directory; raises NotMeasuredError when there is none."""
    if not (place / LAYOUT_FILE).is_file():
        msg = "there is no shared history yet, so only the gates are judged"
        raise NotMeasuredError(msg)
    return history_at(place, settings)
