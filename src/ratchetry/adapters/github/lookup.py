"""Doing something once, though answers get lost: look, write, and look again before writing again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from ratchetry.adapters.github.client import GitHubClient
from ratchetry.adapters.github.transport import Json
from ratchetry.errors import GitHubError, LostAnswerError, NotFoundError

T = TypeVar("T")
State = Literal["created", "updated", "unchanged", "silenced"]

_TRIES: Final = 4
_SETTLING: Final = 2.0
"""Seconds that a write whose answer was lost gets to arrive, before it is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a write came to, and where it can be seen."""

    state: State
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What was made, where, and by which account."""

    url: str
    author: str


def once(
    client: GitHubClient,
    *,
    find: Callable[[], Sequence[T]],
    create: Callable[[], Created],
    settle: Callable[[Sequence[T]], Done],
) -> Done:
    """Return what became of something of which there is to be one.

    `find` returns what there is of it, oldest first; `create` makes it, `settle` brings the oldest up to date and
    removes the others. After a creation whose answer was lost, or that turned out to be by another account than was
    assumed, everything is looked up again, so that no second one remains. Raises GitHubError.
    """
    made: Created | None = None
    doubtful, problem = False, GitHubError("GitHub was not asked")
    for turn in range(_TRIES):
        if turn:
            client.session.pause(_SETTLING * turn)
        rows = find()
        try:
            if rows:
                done = settle(rows)
                return Done(state="created" if made or doubtful else done.state, url=done.url, note=done.note)
            made = create()
        except LostAnswerError as error:
            doubtful, problem = True, error
            continue
        except _VanishedError as error:
            problem = error
            continue
        if not doubtful and client.is_ours(made.author):
            return Done(state="created", url=made.url)
        client.author = made.author or client.author
    if made:
        return Done(state="created", url=made.url)
    raise problem


def edit(client: GitHubClient, path: str, kind: type[T], body: Mapping[str, Json]) -> T:
    """Return what an edit leaves; raises GitHubError, of a kind that `once` looks after when the thing is gone."""
    try:
        return client.session.write("PATCH", path, kind, body)
    except NotFoundError as error:
        raise _VanishedError(str(error)) from error


class _VanishedError(GitHubError):
    """What was found is not there any more."""
