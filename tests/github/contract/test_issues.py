"""The one issue of a fingerprint, over its whole life."""

from __future__ import annotations

from typing import Literal

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.issues import close_issue, upsert_issue
from ratchetry.domain.action import CloseIssue, UpsertIssue
from tests.github.backends import OTHER, Backend

FINGERPRINT = "0123456789abcdef"
MARKER = f"<!-- ratchetry:fp={FINGERPRINT} -->"
CLOSING = CloseIssue(fingerprint=FINGERPRINT, comment="The gate passes again.")


def wanted(body: str = "It fell to 79%.", title: str = "Coverage fell") -> UpsertIssue:
    """Return the issue that there should be."""
    return UpsertIssue(fingerprint=FINGERPRINT, title=title, body=body)


def test_opened_edited_closed_and_reopened(backend: Backend, client: GitHubClient) -> None:
    """One issue goes through everything that happens to its cause; its last comment says why it was closed."""
    states = [
        upsert_issue(client, wanted()).state,
        upsert_issue(client, wanted()).state,
        upsert_issue(client, wanted("It fell to 78%.")).state,
        close_issue(client, CLOSING).state,
        close_issue(client, CLOSING).state,
        upsert_issue(client, wanted("It fell again.")).state,
    ]
    assert states == ["created", "unchanged", "updated", "updated", "unchanged", "updated"]
    (issue,) = backend.issues()
    assert (issue.title, issue.body, issue.state) == ("Coverage fell", f"{MARKER}\nIt fell again.", "open")
    assert issue.labels == ("ratchetry",)
    assert [note.body.partition("\n")[2] for note in backend.comments(issue.number)] == ["The gate passes again."]


def test_closed_as_completed(backend: Backend, client: GitHubClient) -> None:
    """An issue whose cause is gone is closed as completed."""
    upsert_issue(client, wanted())
    close_issue(client, CLOSING)
    assert [(issue.state, issue.reason) for issue in backend.issues()] == [("closed", "completed")]


@pytest.mark.parametrize("reason", ["not_planned", pytest.param("duplicate", marks=pytest.mark.needs("duplicates"))])
def test_what_a_person_does_not_want_stays_closed(
    backend: Backend, client: GitHubClient, reason: Literal["not_planned", "duplicate"]
) -> None:
    """An issue that somebody closed as not planned, or as a duplicate, is not touched again."""
    upsert_issue(client, wanted())
    backend.close(1, reason)
    assert upsert_issue(client, wanted("worse")).state == "silenced"
    assert close_issue(client, CLOSING).state == "unchanged"
    assert [(issue.state, issue.body) for issue in backend.issues()] == [("closed", f"{MARKER}\nIt fell to 79%.")]


def test_what_a_person_closed_as_completed_is_reopened(backend: Backend, client: GitHubClient) -> None:
    """An issue that somebody closed as completed, though its cause is still there, is opened again."""
    upsert_issue(client, wanted())
    backend.close(1, "completed")
    assert upsert_issue(client, wanted()).state == "updated"
    assert [issue.state for issue in backend.issues()] == ["open"]


def test_issues_of_others_do_not_count(backend: Backend, client: GitHubClient) -> None:
    """A marker that somebody else wrote, and one that is not in the first line, are not ours."""
    backend.write_issue("forged", f"{MARKER}\nx", labels=("ratchetry",), author=OTHER)
    backend.write_issue("quoted", f"see:\n{MARKER}", labels=("ratchetry",))
    assert upsert_issue(client, wanted()).state == "created"
    assert close_issue(client, CLOSING).state == "updated"
    assert [issue.state for issue in backend.issues()] == ["open", "open", "closed"]


def test_an_issue_without_its_label_is_found(backend: Backend, client: GitHubClient) -> None:
    """An issue that lost its label is found by who wrote it, before a second one is opened."""
    backend.write_issue("Coverage fell", f"{MARKER}\nold")
    assert upsert_issue(client, wanted()).state == "updated"
    assert len(backend.issues()) == 1


@pytest.mark.needs("duplicates")
def test_of_several_the_oldest_is_kept(backend: Backend, client: GitHubClient) -> None:
    """What two jobs that raced each other left behind becomes one open issue again."""
    for text in ("one", "two", "three"):
        backend.write_issue("Coverage fell", f"{MARKER}\n{text}", labels=("ratchetry",))
    assert upsert_issue(client, wanted()).state == "updated"
    found = [(issue.state, issue.reason) for issue in backend.issues()]
    assert found == [("open", ""), ("closed", "duplicate"), ("closed", "duplicate")]


@pytest.mark.needs("duplicates")
def test_all_of_several_are_closed(backend: Backend, client: GitHubClient) -> None:
    """When the cause is gone no issue of it stays open."""
    for text in ("one", "two"):
        backend.write_issue("Coverage fell", f"{MARKER}\n{text}", labels=("ratchetry",))
    assert close_issue(client, CLOSING).state == "updated"
    assert [(issue.state, issue.reason) for issue in backend.issues()] == [
        ("closed", "completed"),
        ("closed", "duplicate"),
    ]


def test_titles_are_plain_text(backend: Backend, client: GitHubClient) -> None:
    """A title is one line of at most 256 characters, without anything that steers or hides."""
    upsert_issue(client, wanted(title="a\nb\x1b[31m\u202e" + "c" * 300))
    title = backend.issues()[0].title
    assert title.startswith("a b\\x1b[31m\\u202ec")
    assert len(title) == 256
    assert upsert_issue(client, wanted(title="a\nb\x1b[31m\u202e" + "c" * 300)).state == "unchanged"
