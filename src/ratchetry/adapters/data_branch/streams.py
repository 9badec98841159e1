"""What git reads and prints when commits are made and contents are read, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_WHO: Final = "ratchetry <data@ratchetry.invalid>"
_GROUP: Final = 500
_ROOM: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A commit to be made: what it starts from, what it adds (content, or the name of it), and what it removes."""

    message: str
    parent: str = ""
    """The commit before it; without one, the commit has no past."""
    tree: str = ""
    """Without a parent: the tree that it starts from, empty for none."""
    added: Mapping[str, str | Path | bytes] = field(default_factory=dict)
    """By path: the name of a blob, the file that holds the content, or the content."""
    removed: Sequence[str] = ()
    seconds: int = 0
    """When, since 1970."""


def stream(ref: str, draft: Draft) -> Iterator[bytes]:
    """Yield a draft as input of git fast-import (https://git-scm.com/docs/git-fast-import)."""
    message = draft.message.encode()
    yield b"feature done\n"
    yield f"commit {ref}\ncommitter {_WHO} {draft.seconds} +0000\ndata {len(message)}\n".encode() + message + b"\n"
    if draft.parent:
        yield f"from {draft.parent}\n".encode()
    elif draft.tree:
        yield f"M 040000 {draft.tree} \n".encode()
    for path in draft.removed:
        yield f"D {path}\n".encode()
    for path, content in draft.added.items():
        if isinstance(content, str):
            yield f"M 100644 {content} {path}\n".encode()
        else:
            data = content if isinstance(content, bytes) else content.read_bytes()
            yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"done\n"


def groups(names: Sequence[str], sizes: Mapping[str, int | None]) -> Iterator[list[str]]:
    """Yield names in groups that are read at once: bounded in number and, but for single large ones, in bytes."""
    group: list[str] = []
    room = _ROOM
    for name in names:
        size = sizes[name] or 0
        if group and (len(group) >= _GROUP or room < size):
            yield group
            group, room = [], _ROOM
        group.append(name)
        room -= size
    if group:
        yield group


def contents_in(output: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each object that `git cat-file --batch` printed."""
    place = 0
    while place < len(output):
        end = output.index(b"\n", place)
        name, _, size = output[place:end].split()
        start, place = end + 1, end + 2 + int(size)
        yield name.decode(), output[start : place - 1]
