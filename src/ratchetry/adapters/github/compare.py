"""Asking GitHub what changed, for shallow checkouts in which the base commit is missing."""

from __future__ import annotations

from typing import Final

from ratchetry.adapters.github import answers
from ratchetry.adapters.github.address import segment
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.unified_diff import added_lines
from ratchetry.domain.project import Base
from ratchetry.errors import GitHubError

_MOST_FILES: Final = 300
"""https://docs.github.com/en/rest/commits/commits#compare-two-commits lists no more in any page."""


def compare(client: GitHubClient, base: str, head: str) -> Base:
    """Return the merge base of two commits and what changed from there to `head`.

    Raises GitHubError when GitHub did not answer, refused, or did not tell everything: it lists at most 300 files and
    leaves out the text of large changes; ReportError when the text of a change is none.
    """
    found = client.session.get(f"{client.base}/compare/{segment(base)}...{segment(head)}", answers.Comparison)
    if len(found.files) >= _MOST_FILES:
        msg = f"GitHub lists only the first {_MOST_FILES} files that differ between {base[:12]} and {head[:12]}"
        raise GitHubError(msg)
    lines = {file.filename: _lines(file) for file in found.files if file.status != "removed"}
    return Base(
        commit=found.merge_base_commit.sha,
        files={file.filename: (max(0, file.additions), max(0, file.deletions)) for file in found.files},
        added_lines={path: numbers for path, numbers in lines.items() if numbers},
    )


def _lines(file: answers.ChangedFile) -> tuple[int, ...]:
    """Return the numbers of a file's added lines.

    Raises GitHubError when GitHub left out the text of a Python file's changes, as it does when they are large.
    """
    # GitHub leaves the field out for binary, renamed and too large files.
    if file.patch:
        text = f"--- a/file\n+++ b/file\n{file.patch}\n"
        return added_lines(text.encode("utf-8", "replace")).get("file", ())
    if file.additions <= 0:
        return ()
    if file.status == "added":
        return tuple(range(1, min(file.additions, 1_000_000) + 1))
    if file.filename.endswith(".py"):
        msg = f"GitHub leaves out the changes of {file.filename}, which are too large"
        raise GitHubError(msg)
    return ()
