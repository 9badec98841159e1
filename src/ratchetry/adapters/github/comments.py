"""The one comment of a fingerprint on a pull request or issue."""

from __future__ import annotations

from collections.abc import Sequence

from ratchetry.adapters.github import answers
from ratchetry.adapters.github.address import segment
from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.facts import CommentFacts
from ratchetry.adapters.github.lookup import Created, Done, edit, once
from ratchetry.adapters.github.markers import fingerprint_of, marked, same_text
from ratchetry.adapters.github.session import read
from ratchetry.domain.action import RefreshComment, UpsertComment


def write_comment(client: GitHubClient, action: UpsertComment | RefreshComment) -> Done:
    """Return what became of a comment; raises GitHubError."""
    write = upsert_comment if isinstance(action, UpsertComment) else refresh_comment
    return write(client, action.number, action.fingerprint, action.body)


def upsert_comment(client: GitHubClient, number: int, fingerprint: str, body: str) -> Done:
    """Return what became of the one comment of a fingerprint: written, edited, or as it should be already.

    Of several, which only jobs that raced each other can have left, the oldest is kept and the others are deleted.
    Raises GitHubError.
    """
    wanted = marked(fingerprint, body)
    path = f"{client.base}/issues/{segment(number)}/comments"

    def create() -> Created:
        row = client.session.write("POST", path, answers.Comment, {"body": wanted}).facts()
        return Created(url=row.url, author=row.author)

    return once(
        client,
        find=lambda: _ours(client, path, fingerprint),
        create=create,
        settle=lambda rows: _settle(client, rows, wanted),
    )


def refresh_comment(client: GitHubClient, number: int, fingerprint: str, body: str) -> Done:
    """Return what became of the one comment of a fingerprint, which is not written where there is none.

    Raises GitHubError.
    """
    wanted = marked(fingerprint, body)
    rows = _ours(client, f"{client.base}/issues/{segment(number)}/comments", fingerprint)
    return _settle(client, rows, wanted) if rows else Done(state="silenced", url="", note="there is nothing to say")


def _ours(client: GitHubClient, path: str, fingerprint: str) -> tuple[CommentFacts, ...]:
    """Return our comments of a fingerprint, oldest first, from the first page that has any.

    Later pages are not read then: a comment that is edited in place is among the first.
    """
    for page in client.session.pages(path):
        rows = (row.facts() for row in read(page.text, tuple[answers.Comment, ...], path))
        ours = tuple(row for row in rows if fingerprint_of(row.body) == fingerprint and client.is_ours(row.author))
        if ours:
            return tuple(sorted(ours, key=lambda row: row.id))
    return ()


def _settle(client: GitHubClient, rows: Sequence[CommentFacts], wanted: str) -> Done:
    """Return what became of the oldest comment, which is edited when it says something else."""
    kept, *extra = rows
    for row in extra:
        client.session.delete(f"{client.base}/issues/comments/{segment(row.id)}")
    if same_text(kept.body, wanted):
        return Done(state="updated" if extra else "unchanged", url=kept.url)
    edited = edit(client, f"{client.base}/issues/comments/{segment(kept.id)}", answers.Comment, {"body": wanted})
    return Done(state="updated", url=edited.html_url)
