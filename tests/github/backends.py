"""What the contract tests need of a GitHub beside its API: to arrange what others did, and to look at what is there.

The tests in test_comments, test_issues and test_proposals use nothing else, so that they can be run against any
implementation of GitHub that has the capabilities they ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import pytest

from tests.github.fake import FakeGitHub

OTHER: Final = "mallory"
"""Somebody who is not us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment, or the text of an issue, as it is there."""

    number: int
    author: str
    body: str
    title: str = ""
    state: str = "open"
    reason: str = ""
    labels: tuple[str, ...] = ()
    branch: str = ""
    """The head of a pull request."""


class Backend(Protocol):
    """One GitHub with one repository, octocat/hello, whose default branch main has a README.md."""

    @property
    def capabilities(self) -> frozenset[str]:
        """Return what it can do, of: comments, issues, contents, pulls, artifacts, runs."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the variables of a job of GitHub Actions that talks to it."""
        ...

    def commit(self, branch: str, files: Mapping[str, str]) -> None:
        """Commit files on a branch, which is made when there is none."""
        ...

    def text(self, branch: str, path: str) -> str | None:
        """Return a file of a branch."""
        ...

    def open_pull(self, branch: str) -> int:
        """Open a pull request from a branch to main, as somebody else; return its number."""
        ...

    def close(self, number: int, reason: str = "completed") -> None:
        """Close an issue or pull request, as a person does."""
        ...

    def write_comment(self, number: int, body: str, author: str = "") -> None:
        """Write a comment, as ourselves when nobody is named."""
        ...

    def write_issue(self, title: str, body: str, *, labels: tuple[str, ...] = (), author: str = "") -> int:
        """Open an issue, as ourselves when nobody is named; return its number."""
        ...

    def comments(self, number: int) -> list[Note]:
        """Return the comments of an issue or pull request, oldest first."""
        ...

    def issues(self) -> list[Note]:
        """Return all issues that are no pull requests, oldest first."""
        ...

    def pulls(self) -> list[Note]:
        """Return all pull requests, oldest first."""
        ...


@dataclass(slots=True, kw_only=True)
class FakeBackend:
    """The fake of this package."""

    fake: FakeGitHub
    capabilities: frozenset[str] = field(
        default=frozenset({"comments", "issues", "contents", "pulls", "artifacts", "runs"})
    )

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the variables of a job."""
        return self.fake.environ

    def commit(self, branch: str, files: Mapping[str, str]) -> None:
        """Commit files on a branch."""
        self.fake.state.add_commit(self.fake.repo, branch, files)

    def text(self, branch: str, path: str) -> str | None:
        """Return a file of a branch."""
        objects, head = self.fake.repo.objects, self.fake.repo.refs.get(f"refs/heads/{branch}")
        entry = objects.files(objects.commits[head].tree).get(path) if head else None
        return objects.blobs[entry.sha].decode() if entry else None

    def open_pull(self, branch: str) -> int:
        """Open a pull request as somebody else."""
        return self.fake.state.add_pull(self.fake.repo, branch, author=OTHER).number

    def close(self, number: int, reason: str = "completed") -> None:
        """Close an issue or pull request."""
        issue = self.fake.repo.issues[number]
        issue.state, issue.state_reason = "closed", reason

    def write_comment(self, number: int, body: str, author: str = "") -> None:
        """Write a comment."""
        self.fake.state.add_comment(self.fake.repo, number, body, author=author or "github-actions[bot]")

    def write_issue(self, title: str, body: str, *, labels: tuple[str, ...] = (), author: str = "") -> int:
        """Open an issue."""
        state = self.fake.state
        return state.add_issue(
            self.fake.repo, title, body, author=author or "github-actions[bot]", labels=labels
        ).number

    def comments(self, number: int) -> list[Note]:
        """Return the comments of an issue or pull request."""
        rows = sorted(self.fake.repo.comments.values(), key=lambda row: row.id)
        return [Note(number=row.id, author=row.author, body=row.body) for row in rows if row.number == number]

    def issues(self) -> list[Note]:
        """Return the issues."""
        return [note for note in self._notes() if not note.branch]

    def pulls(self) -> list[Note]:
        """Return the pull requests."""
        return [note for note in self._notes() if note.branch]

    def _notes(self) -> list[Note]:
        """Return issues and pull requests."""
        return [
            Note(
                number=row.number,
                author=row.author,
                body=row.body,
                title=row.title,
                state=row.state,
                reason=row.state_reason or "",
                labels=tuple(row.labels),
                branch=row.pull.head_ref if row.pull else "",
            )
            for row in self.fake.repo.issues.values()
        ]


def need(backend: Backend, *capabilities: str) -> None:
    """Skip a test that an implementation cannot take, and say what it lacks."""
    lacking = set(capabilities) - backend.capabilities
    if lacking:
        pytest.skip(f"this GitHub has no {', '.join(sorted(lacking))}")
