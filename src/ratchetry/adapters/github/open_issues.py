"""The open issues that are ours: found by their label, known by their markers, believed only from our own account."""

from __future__ import annotations

from ratchetry.adapters.github import answers
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import IssueFacts
from ratchetry.adapters.github.markers import fingerprint_of
from ratchetry.adapters.github.session import read


def open_issues(client: GitHubClient, label: str) -> tuple[IssueFacts, ...]:
    """Return the open issues that have a label, oldest first; raises GitHubError."""
    path = f"{client.base}/issues"
    rows = (
        row.facts()
        for page in client.session.pages(path, {"state": "open", "labels": label})
        for row in read(page.text, tuple[answers.Issue, ...], path)
        if row.pull_request is None
    )
    found = {row.number: row for row in rows}
    return tuple(found[number] for number in sorted(found))


def open_fingerprints(client: GitHubClient, label: str) -> dict[str, IssueFacts]:
    """Return our own open issues that have a label by their fingerprints, of several the oldest; raises GitHubError."""
    found: dict[str, IssueFacts] = {}
    for row in open_issues(client, label):
        fingerprint = fingerprint_of(row.body)
        if fingerprint and client.is_ours(row.author):
            found.setdefault(fingerprint, row)
    return found
