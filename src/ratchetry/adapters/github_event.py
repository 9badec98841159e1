"""What GitHub Actions says about the run: its variables and the payload of the event.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

_MAX_PAYLOAD: Final = 30_000_000
_SHA: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_WORKFLOW: Final = re.compile(r"[^/@]+/[^/@]+/(?P<path>[^@]+)@.*")
_QUEUE: Final = re.compile(r"(?:refs/heads/)?gh-readonly-queue/(?P<target>.+)/pr-\d+-[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """The run as Actions names it; all empty outside of Actions.

    `commit` is what was checked out (for a pull request the merge of its head into its base), `head` the commit that
    was pushed, `base_commit` what the event itself says that it is compared with.
    """

    repository: str = ""
    run_id: str = ""
    attempt: int = 1
    event: str = ""
    workflow: str = ""
    commit: str = ""
    head: str = ""
    base_commit: str = ""
    branch: str = ""
    default_branch: str = ""
    pull_request: int | None = None


def read_event(environ: Mapping[str, str]) -> EventFacts:
    """Return what the variables and the payload file that they name say."""
    return run_facts(environ, _payload(environ.get("GITHUB_EVENT_PATH", "")))


def run_facts(environ: Mapping[str, str], payload: Mapping[str, object]) -> EventFacts:
    """Return what the variables and the payload say; what is malformed is left out."""
    if environ.get("GITHUB_ACTIONS") != "true":
        return EventFacts()
    event = _text(environ.get("GITHUB_EVENT_NAME"))
    commit = _sha(environ.get("GITHUB_SHA"))
    workflow = _WORKFLOW.fullmatch(_text(environ.get("GITHUB_WORKFLOW_REF")))
    repository = _text(environ.get("GITHUB_REPOSITORY"))
    run_id = _text(environ.get("GITHUB_RUN_ID"))
    return EventFacts(
        repository=repository if _REPOSITORY.fullmatch(repository) else "",
        run_id=run_id if run_id.isdecimal() else "",
        attempt=max(1, _number(environ.get("GITHUB_RUN_ATTEMPT")) or 1),
        event=event,
        workflow=workflow["path"] if workflow else "",
        commit=commit,
        head=_head(event, payload) or commit,
        base_commit=_base(event, payload),
        branch=_branch(environ, payload),
        default_branch=_text(_at(payload, "repository", "default_branch")),
        pull_request=_pull_request(event, payload),
    )


def _payload(path: str) -> Mapping[str, object]:
    """Return the event's payload, empty when there is none that can be read."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_PAYLOAD + 1)
        if len(data) > _MAX_PAYLOAD:
            return {}
        return msgspec.json.decode(data, type=dict[str, object])
    except (OSError, ValueError, RecursionError):
        return {}


def _base(event: str, payload: Mapping[str, object]) -> str:
    """Return the commit that the event names as the one before."""
    match event:
        case "pull_request" | "pull_request_target" | "pull_request_review":
            return _sha(_at(payload, "pull_request", "base", "sha"))
        case "merge_group":
            return _sha(_at(payload, "merge_group", "base_sha"))
        case "push":
            return _sha(payload.get("before"))
    return ""


def _head(event: str, payload: Mapping[str, object]) -> str:
    """Return the commit that was pushed, where it is another one than what is checked out."""
    match event:
        case "pull_request" | "pull_request_target" | "pull_request_review":
            return _sha(_at(payload, "pull_request", "head", "sha"))
        case "merge_group":
            return _sha(_at(payload, "merge_group", "head_sha"))
    return ""


def _branch(environ: Mapping[str, str], payload: Mapping[str, object]) -> str:
    """Return the branch that the changes are on; of a merge queue, the one they are merged into; empty for tags."""
    head = _text(environ.get("GITHUB_HEAD_REF"))
    if head:
        return head
    queue = _QUEUE.fullmatch(_text(environ.get("GITHUB_REF")))
    if queue:
        return _text(_at(payload, "merge_group", "base_ref")).removeprefix("refs/heads/") or queue["target"]
    name = _text(environ.get("GITHUB_REF_NAME"))
    return name if environ.get("GITHUB_REF_TYPE") == "branch" and not name.endswith("/merge") else ""


def _pull_request(event: str, payload: Mapping[str, object]) -> int | None:
    """Return the number of the pull request that the event is about."""
    if not event.startswith("pull_request"):
        return None
    return _number(_at(payload, "pull_request", "number")) or _number(payload.get("number"))


def _at(value: object, *keys: str) -> object:
    """Return what is under a path of keys, None when it is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _sha(value: object) -> str:
    """Return a commit's name, empty when it is none or the one of zeros that stands for no commit."""
    return value if isinstance(value, str) and _SHA.fullmatch(value) and value.strip("0") else ""


def _number(value: object) -> int | None:
    """Return a positive whole number, None for everything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**15 else None


def _text(value: object) -> str:
    """Return one short line of text without control characters."""
    return "".join(char for char in value if char.isprintable())[:1000] if isinstance(value, str) else ""
