"""The step that synchronizes the file of improvement tasks with the open issues."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ratchetry.act.plan import LABEL
from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.markers import fingerprint_of
from ratchetry.adapters.github.open_issues import open_issues
from ratchetry.domain.action import ProposeChange
from ratchetry.errors import StateError, UsageError
from ratchetry.report.tasks import Task, synchronized

BRANCH: Final = "ratchetry/tasks"


def open_tasks(client: GitHubClient) -> tuple[Task, ...]:
    """Return the open issues with our label; raises GitHubError.

    A fingerprint is shown only of those that our own account has opened: anybody can write a marker.
    """
    return tuple(
        Task(
            number=row.number,
            title=row.title,
            url=row.url,
            fingerprint=fingerprint_of(row.body) if client.is_ours(row.author) else "",
        )
        for row in open_issues(client, LABEL)
    )


def rewritten(root: Path, name: str, tasks: tuple[Task, ...]) -> tuple[str, str]:
    """Return the text of the file and what it should be; a file that is not there yet is empty.

    Raises UsageError for a path outside of the repository, StateError for what is no text or has no sound block.
    """
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        msg = f"file: {name} lies outside of the repository; name one in it"
        raise UsageError(msg)
    try:
        text = read_bounded(path, name).decode("utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        msg = f"{name}: not UTF-8: {error}"
        raise StateError(msg) from error
    return text, synchronized(text, tasks, name)


def proposal(name: str, text: str, base: str) -> ProposeChange:
    """Return the standing pull request that brings the file up to date."""
    return ProposeChange(
        branch=BRANCH,
        base=base,
        title="Bring the improvement tasks up to date",
        body="The open issues with the label `ratchetry`, as a list. The issues are the truth: close them there.",
        message="Bring the improvement tasks up to date",
        files={Path(name).as_posix(): text},
    )
