"""Uniting trees of a history: all files but the cursor are written once, so the union of any trees is a history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from ratchetry.adapters.data_branch.trees import CURSOR_FILE
from ratchetry.history.layout import EventPlace, PartPlace, RunPlace, place_of

Files = Mapping[str, str]
"""The names of contents by path."""


Coverage = Mapping[str, frozenset[str]]
"""What parts of compacted months stand for, by the path of each part that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class United:
    """What a tree gains and loses by others: new files, those that new parts of compacted months hold, the rest."""

    added: Files = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    known: int = 0
    """Files that were there already, or are in a part of a compacted month."""
    differing: int = 0
    """Files that were there with another content; the first stays."""
    damaged: int = 0
    """Parts that cannot be read."""
    cursors: tuple[str, ...] = ()
    """The cursors, where there is more than one."""


def united(base: Files, batches: Sequence[Files], coverage: Coverage) -> United:
    """Return what a tree gains by some batches; `coverage` is that of `parts_to_read`."""
    incoming = [(path, name) for batch in batches for path, name in batch.items() if path != CURSOR_FILE]
    standing = {each for path, held in coverage.items() if path in base for each in held}
    fresh: set[str] = set()
    added: dict[str, str] = {}
    known = differing = damaged = 0
    # Parts first: a single file that one of them stands for is not taken, whichever comes first.
    for path, name in sorted(incoming, key=lambda file: not month_of_part(file[0])):
        there = base.get(path) or added.get(path)
        held = coverage.get(path)
        if there is not None:
            known += there == name
            differing += there != name
        elif month_of_part(path) and held is None:
            damaged += 1
        elif path in standing or (held is not None and held <= standing):
            known += 1
        else:
            added[path] = name
            fresh |= held or frozenset()
            standing |= held or frozenset()
    cursors = tuple(dict.fromkeys(tree[CURSOR_FILE] for tree in (base, *batches) if CURSOR_FILE in tree))
    return United(
        added={**added, **({CURSOR_FILE: cursors[0]} if cursors and CURSOR_FILE not in base else {})},
        removed=tuple(sorted({*(standing & base.keys()), *superseded(base, coverage, fresh)})),
        known=known,
        differing=differing,
        damaged=damaged,
        cursors=cursors if len(cursors) > 1 else (),
    )


def superseded(base: Collection[str], coverage: Coverage, fresh: Collection[str]) -> set[str]:
    """Return the parts of a tree all of whose content is in new parts: those that it had before a pruning, say."""
    return {path for path, held in coverage.items() if path in base and held and held.issubset(fresh)}


def parts_to_read(base: Files, batches: Sequence[Files]) -> Files:
    """Return the parts of compacted months that matter for a union, by path.

    Those are the parts that are new, and those of the tree itself of months of which something comes in.
    """
    new = {path: name for batch in batches for path, name in batch.items() if path not in base}
    months = {month_of_single(path) or month_of_part(path) for path in new} - {""}
    theirs = {path: name for path, name in base.items() if month_of_part(path) in months}
    return {**theirs, **{path: name for path, name in new.items() if month_of_part(path)}}


def month_of_single(path: str) -> str:
    """Return the month of a run's or event's own file, empty for every other path."""
    match place_of(path):
        case RunPlace(month=month) | EventPlace(month=month):
            return month
        case _:
            return ""


def month_of_part(path: str) -> str:
    """Return the month of a part of a compacted month, empty for every other path."""
    match place_of(path):
        case PartPlace(month=month):
            return month
        case _:
            return ""


def latest_cursor(documents: Sequence[bytes]) -> bytes:
    """Return the cursor that stands at the latest time; of two that stand at the same, the greater text.

    Any of them is safe in a union, which has what each of them rests on; the latest saves the most work.
    """
    return max(documents, key=lambda document: (_time(document), document))


def _time(document: bytes) -> str:
    """Return the time (ISO 8601 in UTC) at which a cursor stands, empty for what is none."""
    try:
        return msgspec.json.decode(document, type=_Standing).time
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


class _Standing(msgspec.Struct):
    """What of a cursor tells where it stands."""

    time: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*Z$")]
