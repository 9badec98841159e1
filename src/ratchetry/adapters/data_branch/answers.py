"""What git says after a push or fetch, taken apart, and the errors that its complaints become."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ratchetry.errors import RatchetryError, UnreachableError, UsageError

Fate = Literal["done", "lost", "refused"]
"""What became of one reference: changed as wished, changed by someone else first, or refused by the server."""

_REFERENCE: Final = re.compile(r"(?P<flag>[ +\-*=!t])\t(?P<source>[^:\t]*):(?P<target>[^\t]+)\t(?P<summary>.*)")
_LOST: Final = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "needs force",
    "cannot lock ref",
    "unable to lock",
    "incorrect old value",
    "reference already exists",
    "failed to update ref",
    "atomic push fail",
    "atomic transaction failed",
    "failed to lock",
)
_FORBIDDEN: Final = ("[remote rejected] (non-fast-forward)", "shallow", "declined", "prohibited")
_DENIED: Final = (
    "The requested URL returned error: 401",
    "The requested URL returned error: 403",
    "Authentication failed",
    "Invalid username or password",
    "Permission denied",
    "could not read Username",
    "could not read Password",
    "terminal prompts disabled",
    "Write access to repository not granted",
)
_ABSENT: Final = ("does not appear to be a git repository", "not found", "error: 404", "does not exist")
_SAYS_NOTHING: Final = (
    "hint:",
    "To ",
    "error: failed to push some refs",
    "Please make sure",
    "and the repository exists",
)
_SAYS_WHY: Final = ("fatal:", "error:", "remote:")
_PROTECTED: Final = ("GH006", "GH013", "protected branch", "Protected branch")
_PASSING: Final = re.compile(
    r"error: (?:408|429|5\d\d)|hung up|early EOF|RPC failed|reset by peer|timed out|index-pack failed|not our ref"
)
_OFFLINE: Final = ("Could not resolve host", "Failed to connect", "Connection refused", "Network is unreachable")
_PERMISSION: Final = (
    "in GitHub Actions give the job `permissions: contents: write` and the step `GITHUB_TOKEN`; "
    "elsewhere log in as for `git push`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of each reference of a push, and the reason for the first that was not changed."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    """Empty when the connection broke before the server answered: all may have been changed, or nothing."""
    reason: str = ""

    @property
    def done(self) -> bool:
        """Tell whether all was changed as wished."""
        return bool(self.fates) and set(self.fates.values()) == {"done"}

    @property
    def refused(self) -> bool:
        """Tell whether the server refused one of them, which a newer state of the remote may not mend."""
        return "refused" in self.fates.values()


def parse_push(output: bytes, complaint: str) -> Pushed:
    """Return what `git push --porcelain` says of each reference (https://git-scm.com/docs/git-push, OUTPUT)."""
    rows = list(_rows(output.decode("utf-8", "replace")))
    fates = {target: fate for target, fate, _ in rows}
    reasons = [reason for _, fate, reason in rows if fate == "refused"] or [r for _, f, r in rows if f == "lost"]
    told = said(complaint)
    return Pushed(fates=fates, reason=": ".join(part for part in (next(iter(reasons), ""), told) if part)[:1000])


def _rows(text: str) -> Iterator[tuple[str, Fate, str]]:
    """Yield target, fate and reason of each reference."""
    for line in text.splitlines():
        found = _REFERENCE.fullmatch(line)
        if found is None:
            continue
        summary = found["summary"]
        if found["flag"] != "!":
            yield found["target"], "done", ""
        elif any(sign in summary for sign in _LOST) and not any(sign in summary for sign in _FORBIDDEN):
            yield found["target"], "lost", summary
        else:
            yield found["target"], "refused", summary


def said(complaint: str) -> str:
    """Return the lines of a complaint that tell something, on one line."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", complaint)]
    told = [line for line in lines if line and not line.startswith(_SAYS_NOTHING)]
    told = [line for line in told if line.startswith(_SAYS_WHY)] or told
    return " | ".join("".join(c if c.isprintable() else " " for c in line) for line in told[-4:])[-600:]


def is_protected(reason: str) -> bool:
    """Tell whether a rule of the server forbids a push for good, so that no retry helps."""
    return any(sign in reason for sign in _PROTECTED)


def failure(what: str, shown: str, complaint: str) -> RatchetryError:
    """Return the error for a call that did not get as far as the references."""
    told = said(complaint) or "it gave no reason"
    start = f"{what} {shown}"
    if any(sign in complaint for sign in _DENIED):
        return UsageError(f"{start} is not permitted: {told}; {_PERMISSION}")
    if any(sign in complaint for sign in _OFFLINE):
        return UnreachableError(f"{start} is not possible, its server cannot be reached: {told}; try again later")
    if any(sign in complaint for sign in _ABSENT):
        return UsageError(f"{start} is not possible, there is no such repository for you: {told}; check its address")
    if "No space left" in complaint:
        return UsageError(f"{start} is not possible, a disk is full: {told}; make room, and try again")
    if "hash algorithm" in complaint or "mismatched algorithms" in complaint:
        return UsageError(f"{start} is not possible, it names objects by SHA-256; share the history through another")
    return UnreachableError(f"{start} has failed: {told}; try again later")


def is_passing(complaint: str) -> bool:
    """Tell whether another try may succeed where this one failed before the references."""
    return _PASSING.search(complaint) is not None


def protected(shown: str, target: str, reason: str) -> UsageError:
    """Return the error for a reference that a rule of the server protects."""
    return UsageError(
        f"{shown} protects {target}: {reason}; exempt that branch from the rule, or name another with the setting "
        "history-ref"
    )
