"""The parts of GitHub's documents that are read, and the facts in them; everything else in them is ignored."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.adapters.github.facts import (
    BranchFacts,
    CommentFacts,
    IssueFacts,
    PullRequestFacts,
    RepositoryFacts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account; one that was deleted is null where this is expected."""

    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A label, or a branch's rule."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sha:
    """A commit, tree or blob."""

    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A repository by its full name."""

    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The head or base of a pull request."""

    ref: str
    sha: str
    repo: Owned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """As at https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request."""

    number: int
    state: str
    title: str
    head: Side
    base: Side
    html_url: str
    body: str | None = None
    user: Login | None = None
    draft: bool = False
    merged_at: str | None = None
    mergeable: bool | None = None

    def facts(self) -> PullRequestFacts:
        """Return what is used of it."""
        return PullRequestFacts(
            number=self.number,
            state=self.state,
            title=self.title,
            body=self.body or "",
            author=self.user.login if self.user else "",
            draft=self.draft,
            merged=self.merged_at is not None,
            head_sha=self.head.sha,
            head_ref=self.head.ref,
            head_repository=self.head.repo.full_name if self.head.repo else "",
            base_repository=self.base.repo.full_name if self.base.repo else "",
            base_ref=self.base.ref,
            base_sha=self.base.sha,
            url=self.html_url,
            mergeable=self.mergeable,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """As at https://docs.github.com/en/rest/issues/issues#get-an-issue; lists of issues hold pull requests as well."""

    number: int
    title: str
    state: str
    html_url: str
    body: str | None = None
    state_reason: str | None = None
    closed_at: str | None = None
    user: Login | None = None
    labels: tuple[Named | str, ...] = ()
    pull_request: dict[str, object] | None = None

    def facts(self) -> IssueFacts:
        """Return what is used of it."""
        return IssueFacts(
            number=self.number,
            title=self.title,
            body=self.body or "",
            state=self.state,
            state_reason=self.state_reason or "",
            closed_at=self.closed_at or "",
            author=self.user.login if self.user else "",
            labels=tuple(label if isinstance(label, str) else label.name for label in self.labels),
            url=self.html_url,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """As at https://docs.github.com/en/rest/issues/comments#get-an-issue-comment."""

    id: int
    html_url: str
    body: str | None = None
    user: Login | None = None

    def facts(self) -> CommentFacts:
        """Return what is used of it."""
        author = self.user.login if self.user else ""
        return CommentFacts(id=self.id, author=author, body=self.body or "", url=self.html_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """As at https://docs.github.com/en/rest/repos/repos#get-a-repository."""

    full_name: str
    default_branch: str
    private: bool = False
    archived: bool = False
    disabled: bool = False
    fork: bool = False
    has_issues: bool = True
    pushed_at: str | None = None

    def facts(self) -> RepositoryFacts:
        """Return what is used of it."""
        return RepositoryFacts(
            full_name=self.full_name,
            default_branch=self.default_branch,
            private=self.private,
            archived=self.archived,
            disabled=self.disabled,
            fork=self.fork,
            has_issues=self.has_issues,
            pushed_at=self.pushed_at or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """As at https://docs.github.com/en/rest/branches/branches#get-a-branch."""

    name: str
    commit: Sha
    protected: bool = False

    def facts(self) -> BranchFacts:
        """Return what is used of it."""
        return BranchFacts(name=self.name, sha=self.commit.sha, protected=self.protected)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRule:
    """As at https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """As at https://docs.github.com/en/rest/git/refs#get-a-reference."""

    ref: str
    object: Sha


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """As at https://docs.github.com/en/rest/git/commits#get-a-commit-object."""

    sha: str
    tree: Sha
    parents: tuple[Sha, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """As at https://docs.github.com/en/rest/repos/contents#get-repository-content."""

    type: str
    sha: str
    size: int = 0
    encoding: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file of a comparison; its text is left out when it is large or none."""

    filename: str
    status: str
    additions: int
    deletions: int
    patch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """As at https://docs.github.com/en/rest/commits/commits#compare-two-commits."""

    merge_base_commit: Sha
    files: tuple[ChangedFile, ...]
