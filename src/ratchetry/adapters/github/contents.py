"""Files of a branch, and commits on a branch of our own, through git's data."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.adapters.github import answers
from ratchetry.adapters.github.address import segment, segments
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.transport import Json
from ratchetry.errors import GitHubError, NotFoundError, UsageError

OWN_BRANCHES: Final = "ratchetry/"
"""What names of branches begin with that are ours to write; another is written by `advance` alone."""

_BRANCH: Final = re.compile(r"ratchetry/[a-z0-9][a-z0-9._-]{0,100}")
_FILE: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}(?:/[A-Za-z0-9_.-]{1,100}){0,15}")
_FORBIDDEN: Final = frozenset({".", "..", ".git"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file on a branch: its blob, empty when there is none, and its text where GitHub gives it."""

    blob: str = ""
    text: str | None = ""


def own_branch(name: str) -> str:
    """Return the name of a branch as it was given; raises UsageError when it is not ours to write."""
    if not _BRANCH.fullmatch(name) or ".." in name or name.endswith((".", ".lock")):
        msg = f"{name[:100]!r} is not a branch that ratchetry writes: its name must begin with {OWN_BRANCHES}"
        raise UsageError(msg)
    return name


def file_path(path: str) -> str:
    """Return the path of a file as it was given; raises UsageError when it is none inside of a repository."""
    if not _FILE.fullmatch(path) or _FORBIDDEN & {part.lower() for part in path.split("/")}:
        msg = f"{path[:200]!r} is not a file that ratchetry proposes to change"
        raise UsageError(msg)
    return path


def blob_name(text: str) -> str:
    """Return the name that git gives to a file's content."""
    data = text.encode("utf-8", "replace")
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest()


def head_of(client: GitHubClient, branch: str) -> str:
    """Return the commit that a branch points at, empty when there is no such branch; raises GitHubError."""
    try:
        row = client.session.get(f"{client.base}/git/ref/heads/{segments(branch)}", answers.Reference)
    except NotFoundError:
        return ""
    return row.object.sha


def read_file(client: GitHubClient, path: str, commit: str) -> File:
    """Return a file as it is in a commit; raises GitHubError when it is a directory, a link or a submodule."""
    try:
        row = client.session.get(f"{client.base}/contents/{segments(path)}", answers.Content, {"ref": commit})
    except NotFoundError:
        return File()
    if row.type != "file":
        msg = f"{path} is a {row.type} in the repository, and only files are changed"
        raise GitHubError(msg)
    return File(blob=row.sha, text=_text(row))


def commit_files(
    client: GitHubClient, parents: tuple[str, ...], base: str, files: Mapping[str, str], message: str
) -> str:
    """Return a new commit: the files of `base` with these in place of theirs; raises GitHubError.

    Git's objects are named by their content, so that making them again after a lost answer changes nothing.
    """
    git = f"{client.base}/git"
    session = client.session
    tree = session.get(f"{git}/commits/{segment(base)}", answers.Commit).tree.sha
    entries: list[Json] = [
        {"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in sorted(files.items())
    ]
    body: dict[str, Json] = {"base_tree": tree, "tree": entries}
    made = session.write("POST", f"{git}/trees", answers.Sha, body, harmless=True)
    commit: dict[str, Json] = {"message": message, "tree": made.sha, "parents": list(parents)}
    return session.write("POST", f"{git}/commits", answers.Sha, commit, harmless=True).sha


def move_branch(client: GitHubClient, branch: str, commit: str, *, new: bool) -> None:
    """Let a branch point at a commit that follows what it points at now; raises GitHubError when it does not follow.

    Without force GitHub refuses when somebody has pushed in between: that is the lease.
    """
    refs = f"{client.base}/git/refs"
    if new:
        body: dict[str, Json] = {"ref": f"refs/heads/{own_branch(branch)}", "sha": commit}
        client.session.write("POST", refs, answers.Reference, body)
        return
    path = f"{refs}/heads/{segments(own_branch(branch))}"
    client.session.write("PATCH", path, answers.Reference, {"sha": commit, "force": False})


def advance(client: GitHubClient, branch: str, commit: str) -> None:
    """Let a branch that is not ours point at a commit that follows what it points at; raises GitHubError.

    Only somebody who asked for commits in place of proposals gets here (`domain.action.CommitFiles`).
    """
    path = f"{client.base}/git/refs/heads/{segments(branch)}"
    client.session.write("PATCH", path, answers.Reference, {"sha": commit, "force": False})


def _text(row: answers.Content) -> str | None:
    """Return the text of a file, None when GitHub leaves it out or it is no text."""
    if row.encoding != "base64":
        return None
    try:
        return base64.b64decode(row.content).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
