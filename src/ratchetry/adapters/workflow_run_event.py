"""The payload of the event workflow_run: which run has ended, as GitHub says it.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, ValidationError, json

from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import UsageError

_MAX_PAYLOAD: Final = 30_000_000
_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?/[A-Za-z0-9._/-]{1,300}")


class _Owner(Struct, frozen=True):
    """An account."""

    login: str = ""


class _Repository(Struct, frozen=True):
    """A repository; its owner is told apart from its name, for both may hold any letters."""

    full_name: str = ""
    default_branch: str = ""
    owner: _Owner = _Owner()


class _Number(Struct, frozen=True):
    """A pull request of the repository itself; those of forks are not listed."""

    number: int


class _Run(Struct, frozen=True):
    """The run that has ended."""

    id: int
    event: str
    head_sha: str
    path: str = ""
    run_attempt: int = 1
    head_branch: str | None = None
    html_url: str = ""
    created_at: str = ""
    head_repository: _Repository | None = None
    pull_requests: tuple[_Number, ...] = ()


class _Payload(Struct, frozen=True):
    """The event, as far as it is read."""

    workflow_run: _Run
    repository: _Repository


def read_ended_run(path: str) -> EndedRun:
    """Return the run that the payload in a file is about; raises UsageError when it is not of a workflow_run event."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_PAYLOAD + 1)
    except (OSError, ValueError) as error:
        msg = f"event: {path or 'GITHUB_EVENT_PATH'} cannot be read: {error}; name the payload of a workflow_run event"
        raise UsageError(msg) from error
    return parse_ended_run(data, path)


def parse_ended_run(data: bytes, origin: str) -> EndedRun:
    """Return the run that a payload is about; raises UsageError when it is not that of a workflow_run event."""
    try:
        if len(data) > _MAX_PAYLOAD:
            msg = f"more than {_MAX_PAYLOAD:,} bytes"
            raise ValidationError(msg)
        payload = json.decode(data, type=_Payload)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"event: {origin} is not the payload of a workflow_run event: {error}"
        raise UsageError(msg) from error
    run, head = payload.workflow_run, payload.workflow_run.head_repository or _Repository()
    return EndedRun(
        id=str(run.id),
        attempt=run.run_attempt,
        event=run.event,
        head_sha=run.head_sha,
        head_branch=run.head_branch or "",
        head_repository=head.full_name,
        head_owner=head.owner.login,
        repository=payload.repository.full_name,
        path=run.path.partition("@")[0],
        url=run.html_url if _URL.fullmatch(run.html_url) else "",
        created=run.created_at,
        pull_requests=tuple(row.number for row in run.pull_requests),
        default_branch=payload.repository.default_branch,
    )
