"""What the contract tests need of a GitHub beside its API: to arrange what others did, and to look at what is there.

The tests in contract/ use nothing else, so that they run against every implementation of GitHub. What one does
otherwise than GitHub is among its gaps, and the tests marked as in need of it are expected to fail there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from tests.github.fake import BOT, FakeGitHub, Token

OTHER: Final = "mallory"
"""Somebody who is not us."""

OWNER: Final = "octocat"
"""Whom the repository belongs to."""

Capability = Literal["commits needed", "conflicts", "duplicates", "permissions", "pushes"]
"""What not every implementation does as GitHub does.

It refuses a pull request without commits, finds out that one conflicts, closes issues as duplicates, names the
permission that a token lacks, and lets a pull request follow the pushes to its branch.
"""


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
    """One GitHub with one repository of octocat's, whose default branch main has a README.md."""

    @property
    def gaps(self) -> Mapping[Capability, str]:
        """Return what it cannot do, each with what it does instead."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the variables of a job of GitHub Actions that may do everything."""
        ...

    def job(self, login: str = BOT, **permissions: str) -> Mapping[str, str]:
        """Return the variables of a job with the token of an app that may do this, and nothing else."""
        ...

    def laptop(self) -> Mapping[str, str]:
        """Return the variables of the repository's owner, outside of Actions."""
        ...

    def commit(self, branch: str, files: Mapping[str, str]) -> None:
        """Commit files on a branch, which is made when there is none."""
        ...

    def text(self, branch: str, path: str) -> str | None:
        """Return a file of a branch."""
        ...

    def head(self, branch: str) -> str:
        """Return the commit at the head of a branch."""
        ...

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return what a commit follows."""
        ...

    def open_pull(self, branch: str) -> int:
        """Open a pull request from a branch to main, as somebody else; return its number."""
        ...

    def merge(self, number: int) -> None:
        """Merge a pull request, as its owner does."""
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
    gaps: Mapping[Capability, str] = field(default_factory=dict)

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the variables of a job."""
        return self.fake.environ

    def job(self, login: str = BOT, **permissions: str) -> Mapping[str, str]:
        """Return the variables of a job with a token of its own."""
        self.fake.state.add_token("ghs_job", **permissions).login = login
        return {**self.fake.environ, "GITHUB_TOKEN": "ghs_job"}

    def laptop(self) -> Mapping[str, str]:
        """Return the variables of the owner."""
        self.fake.state.tokens["ghp_owner"] = Token(login=OWNER, app=False)
        return {**self.fake.environ, "GITHUB_TOKEN": "ghp_owner", "GITHUB_ACTIONS": ""}

    def commit(self, branch: str, files: Mapping[str, str]) -> None:
        """Commit files on a branch."""
        self.fake.state.add_commit(self.fake.repo, branch, files)

    def text(self, branch: str, path: str) -> str | None:
        """Return a file of a branch."""
        objects, head = self.fake.repo.objects, self.fake.repo.refs.get(f"refs/heads/{branch}")
        entry = objects.files(objects.commits[head].tree).get(path) if head else None
        return objects.blobs[entry.sha].decode() if entry else None

    def head(self, branch: str) -> str:
        """Return the commit at the head of a branch."""
        return self.fake.repo.refs[f"refs/heads/{branch}"]

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return what a commit follows."""
        return self.fake.repo.objects.commits[commit].parents

    def open_pull(self, branch: str) -> int:
        """Open a pull request as somebody else."""
        return self.fake.state.add_pull(self.fake.repo, branch, author=OTHER).number

    def merge(self, number: int) -> None:
        """Merge a pull request."""
        self.fake.state.merge(self.fake.repo, number)

    def close(self, number: int, reason: str = "completed") -> None:
        """Close an issue or pull request."""
        issue = self.fake.repo.issues[number]
        issue.state, issue.state_reason = "closed", reason

    def write_comment(self, number: int, body: str, author: str = "") -> None:
        """Write a comment."""
        self.fake.state.add_comment(self.fake.repo, number, body, author=author or BOT)

    def write_issue(self, title: str, body: str, *, labels: tuple[str, ...] = (), author: str = "") -> int:
        """Open an issue."""
        return self.fake.state.add_issue(self.fake.repo, title, body, author=author or BOT, labels=labels).number

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
