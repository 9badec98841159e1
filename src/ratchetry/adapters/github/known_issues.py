"""Our own issues of a label, open and closed, as plans want to know them; believed only from our own account."""

from __future__ import annotations

from typing import Literal

from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import IssueFacts
from ratchetry.adapters.github.issues import UNWANTED, listed_issues
from ratchetry.adapters.github.markers import fingerprint_of
from ratchetry.domain.improvement import KnownIssue
from ratchetry.state.goal import goal_in


def known_issues(client: GitHubClient, label: str) -> dict[str, KnownIssue]:
    """Return our own issues that have a label by their fingerprints, of several the oldest; raises GitHubError."""
    found: dict[str, KnownIssue] = {}
    for row in listed_issues(client, {"state": "all", "labels": label}):
        fingerprint = fingerprint_of(row.body)
        if fingerprint and client.is_ours(row.author):
            known = KnownIssue(
                fingerprint=fingerprint,
                state=_state(row),
                closed=row.closed_at,
                body=row.body,
                goal=goal_in(row.body),
                url=row.url,
            )
            found.setdefault(fingerprint, known)
    return found


def _state(row: IssueFacts) -> Literal["open", "closed", "silenced"]:
    """Return whether an issue is open, done, or unwanted."""
    if row.state == "open":
        return "open"
    return "silenced" if row.state_reason in UNWANTED else "closed"
