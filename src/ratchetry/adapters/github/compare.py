"""Asking GitHub what changed, for shallow checkouts in which the base commit is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.unified_diff import added_lines
from ratchetry.domain.project import Base
from ratchetry.errors import ReportError, UnreachableError

if TYPE_CHECKING:
    from github import Github
    from github.Comparison import Comparison
    from github.File import File

_MOST_FILES: Final = 300
"""https://docs.github.com/en/rest/commits/commits#compare-two-commits lists no more in any page."""

_TIMEOUT: Final = 15
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_COMMIT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,250}")


def compare(
    repository: str, base: str, head: str, token: str, base_url: str = "https://api.github.com", *, retries: int = 2
) -> Base:
    """Return the merge base of two commits and what changed from there to `head`.

    Raises UnreachableError when GitHub did not answer, refused (naming the permission that is missing), or did not
    tell everything: it lists at most 300 files and leaves out the text of large changes.
    """
    if not (_REPOSITORY.fullmatch(repository) and _COMMIT.fullmatch(base) and _COMMIT.fullmatch(head)):
        msg = f"GitHub cannot be asked to compare {base!r} with {head!r} in {repository!r}: these are no valid names"
        raise UnreachableError(msg)
    from github import BadAttributeException, GithubException
    from requests import RequestException

    try:
        with _client(token, base_url, retries) as client:
            return _read(client.get_repo(repository).compare(base, head), base, head)
    except GithubException as error:
        raise UnreachableError(_refusal(error.status, error.data, repository)) from error
    except RequestException as error:
        msg = f"GitHub could not be reached at {base_url}: {type(error).__name__}"
        raise UnreachableError(msg) from error
    except (ReportError, BadAttributeException, AttributeError, TypeError, ValueError, AssertionError) as error:
        msg = f"GitHub's comparison of {base[:12]} with {head[:12]} cannot be read: {str(error)[:300]}"
        raise UnreachableError(msg) from error


def _client(token: str, base_url: str, retries: int) -> Github:
    """Return a client that asks again when GitHub is out of order.

    It does not wait when GitHub refuses, as PyGithub would by default for up to an hour.
    """
    from github import Auth, Github
    from urllib3.util import Retry

    out_of_order = (500, 502, 503, 504)
    again = Retry(total=retries, backoff_factor=0.5, status_forcelist=out_of_order, respect_retry_after_header=False)
    auth = Auth.Token(token) if token else None
    return Github(base_url=base_url, auth=auth, timeout=_TIMEOUT, retry=again, seconds_between_requests=None, lazy=True)


def _read(comparison: Comparison, base: str, head: str) -> Base:
    """Return a comparison as a base; raises UnreachableError when GitHub did not tell everything."""
    files = comparison.files
    if len(files) >= _MOST_FILES:
        msg = f"GitHub lists only the first {_MOST_FILES} files that differ between {base[:12]} and {head[:12]}"
        raise UnreachableError(msg)
    lines = {file.filename: _lines(file) for file in files if file.status != "removed"}
    return Base(
        commit=comparison.merge_base_commit.sha,
        files={file.filename: (max(0, file.additions), max(0, file.deletions)) for file in files},
        added_lines={path: numbers for path, numbers in lines.items() if numbers},
    )


def _lines(file: File) -> tuple[int, ...]:
    """Return the numbers of a file's added lines.

    Raises UnreachableError when GitHub left out the text of a Python file's changes, as it does when they are large.
    """
    # GitHub leaves the field out for binary, renamed and too large files.
    patch = file.patch
    if patch:
        text = f"--- a/file\n+++ b/file\n{patch}\n"
        return added_lines(text.encode("utf-8", "replace")).get("file", ())
    if not file.additions:
        return ()
    if file.status == "added":
        return tuple(range(1, min(file.additions, 1_000_000) + 1))
    if file.filename.endswith(".py"):
        msg = f"GitHub leaves out the changes of {file.filename}, which are too large"
        raise UnreachableError(msg)
    return ()


def _refusal(status: int, data: object, repository: str) -> str:
    """Return why GitHub refused, and what to do."""
    said = data.get("message") if isinstance(data, Mapping) else data
    text = said if isinstance(said, str) else ""
    if status == 403 and "not accessible by integration" in text:
        return (
            f"GitHub refused to compare commits of {repository} ({text}): the workflow lacks a permission, add "
            "`permissions: contents: read` to its job"
        )
    if status in {403, 429} and "rate limit" in text.lower():
        return f"GitHub refused to compare commits of {repository}: its rate limit is used up, try again later"
    hint = {
        401: "the token is not valid",
        404: "the repository or a commit does not exist, or the token may not read it (`permissions: contents: read`)",
    }.get(status, "try again later")
    return (
        f"GitHub did not compare commits of {repository} (status {status}: {text[:200] or 'no reason given'}); {hint}"
    )
