"""What GitHub's refusals mean, and what to do about each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ratchetry.adapters.github.transport import Answer, Request
from ratchetry.errors import GitHubError, MissingPermissionError, NotFoundError
from ratchetry.report.text import clip, neutralize

_INTEGRATION: Final = "not accessible by"
_MAY_PROPOSE: Final = "not permitted to create or approve pull requests"
_NEEDS: Final = (
    ("/issues", "issues"),
    ("/labels", "issues"),
    ("/pulls", "pull-requests"),
    ("/actions/permissions", "administration"),
    ("/actions", "actions"),
    ("/git", "contents"),
    ("/contents", "contents"),
    ("/compare", "contents"),
    ("/commits", "contents"),
    ("/branches", "contents"),
)
"""The permission of an operation by its path, for answers that do not say it."""

_ADVICE: Final = {
    401: ": the token in GITHUB_TOKEN is not valid, or not any more",
    409: ": it contradicts what is there now; run it again",
    500: "; run it again later",
    502: "; run it again later",
    503: "; run it again later",
    504: "; run it again later",
}


def refusal(request: Request, answer: Answer) -> GitHubError:
    """Return the error for an answer that is a refusal."""
    error = _error(request, answer)
    error.status = answer.status
    return error


def _error(request: Request, answer: Answer) -> GitHubError:
    """Return the error that says what a refusal means."""
    said = message(answer)
    what = f"GitHub refused {request.method} {clip(neutralize(request.path), 200)}"
    told = f"status {answer.status}: {clip(neutralize(said), 300) or 'no reason given'}"
    match answer.status:
        case 403:
            return _forbidden(request, answer, f"{what} ({told})", said)
        case 404:
            return NotFoundError(f"{what} ({told}): it does not exist, or {_permission(request, answer)}")
        case 410:
            return NotFoundError(f"{what} ({told}): it has expired, was deleted, or is switched off in the repository")
        case 422:
            return GitHubError(f"{what} ({told}{_details(answer)}): the request does not fit what is there")
    return GitHubError(f"{what} ({told}){_ADVICE.get(answer.status, '')}")


def message(answer: Answer) -> str:
    """Return what GitHub says in a refusal, empty when it says nothing that can be read."""
    said = _document(answer).get("message")
    return said if isinstance(said, str) else ""


def _forbidden(request: Request, answer: Answer, what: str, said: str) -> GitHubError:
    """Return the error for a request that the token may not make."""
    if _MAY_PROPOSE in said:
        return MissingPermissionError(
            f"{what}: Actions may not create pull requests here; an administrator can allow it under "
            "Settings > Actions > General > Workflow permissions"
        )
    if _INTEGRATION in said or "admin rights" in said.lower():
        return MissingPermissionError(f"{what}: {_permission(request, answer)}")
    return GitHubError(what)


def _permission(request: Request, answer: Answer) -> str:
    """Return the sentence that says which permission the token lacks, as GitHub says it or as the path tells."""
    stated = answer.headers.get("x-accepted-github-permissions", "")
    access = "write" if request.writes else "read"
    needed = " or ".join(filter(None, map(_workflow_terms, stated.split(";")))) or _by_path(request.path, access)
    if not needed:
        return "the token may not see it"
    if "administration" in needed:
        return f"the token lacks the permission `{needed}`, which GITHUB_TOKEN cannot have: use one that has it"
    return f"the token lacks a permission: add `{needed}` under `permissions:` of the job"


def _workflow_terms(alternative: str) -> str:
    """Return permissions that are needed together, as workflow files write them; empty for what is no permission."""
    pairs = (pair.strip().partition("=") for pair in alternative.split(","))
    named = [(name.replace("_", "-"), access) for name, _, access in pairs if access in {"read", "write", "admin"}]
    return ", ".join(f"{clip(neutralize(name), 60)}: {access}" for name, access in named if name != "metadata")


def _by_path(path: str, access: str) -> str:
    """Return the permission that an operation needs by the path it has, empty when it is not known."""
    below = "/" + "/".join(path.split("/")[4:])
    return next((f"{name}: {access}" for start, name in _NEEDS if below.startswith(start)), "")


def _details(answer: Answer) -> str:
    """Return which fields of a request GitHub finds wrong."""
    errors = _document(answer).get("errors")
    rows = errors if isinstance(errors, list) else []
    texts = [" ".join(str(row.get(key, "")) for key in ("field", "code", "message")) for row in map(_mapping, rows[:5])]
    return "".join(f"; {clip(neutralize(text).strip(), 200)}" for text in texts if text.strip())


def _document(answer: Answer) -> Mapping[str, object]:
    """Return the JSON object of an answer, empty when it is none."""
    try:
        return _mapping(json.loads(answer.text))
    except (ValueError, RecursionError):
        return {}


def _mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object; a plain text becomes its message."""
    return value if isinstance(value, dict) else {"message": value} if isinstance(value, str) else {}
