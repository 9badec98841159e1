"""The open issues that are ours: found by their label, known by their markers, believed only from our own account."""

from __future__ import annotations

from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import IssueFacts
from ratchetry.adapters.github.issues import listed_issues
from ratchetry.adapters.github.markers import fingerprint_of


def open_issues(client: GitHubClient, label: str) -> tuple[IssueFacts, ...]:
    """Return the open issues that have a label, oldest first; raises GitHubError."""
    return listed_issues(client, {"state": "open", "labels": label})


def open_fingerprints(client: GitHubClient, label: str) -> dict[str, IssueFacts]:
    """Return our own open issues that have a label by their fingerprints, of several the oldest; raises GitHubError."""
    found: dict[str, IssueFacts] = {}
    for row in open_issues(client, label):
        fingerprint = fingerprint_of(row.body)
        if fingerprint and client.is_ours(row.author):
            found.setdefault(fingerprint, row)
    return found
