"""Markdown in sections whose rows may be cut, so that a report of any size fits where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ratchetry.report.text import clip, clip_middle, code, escape_markdown, neutralize, plural

MOST_ROWS: Final = 200
_NAME: Final = 200
_TEXT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A section: what stands before its rows, the rows, which may be cut, and what stands after them."""

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""
    noun: str = "row"

    def text(self, shown: int) -> str:
        """Return the section with this many of its rows, saying how many were left out."""
        cut = len(self.rows) - shown
        note = f"\n_… and {plural(cut, f'more {self.noun}')}, which the run record has._\n" if cut else ""
        return "".join((self.head, *self.rows[:shown], note, self.tail))


def fitted(blocks: Iterable[Block], limit: int) -> str:
    """Return as many of the sections, and as many of their rows, as fit into a number of bytes."""
    kept, room = _that_fit(tuple(blocks), limit)
    parts = []
    for block in kept:
        room += _size(block.text(0))
        shown = _rows_that_fit(block, room)
        parts.append(block.text(shown))
        room -= _size(parts[-1])
    return "".join(parts)


def _that_fit(blocks: tuple[Block, ...], limit: int) -> tuple[tuple[Block, ...], int]:
    """Return the sections that fit without any row, a note for the others, and how many bytes are left."""
    note = Block(head="\n_Further sections did not fit; the run record has them._\n")
    sizes = [_size(block.text(0)) for block in blocks]
    if sum(sizes) <= limit:
        return blocks, limit - sum(sizes)
    room = limit - _size(note.text(0))
    kept = []
    for block, size in zip(blocks, sizes, strict=True):
        if size > room:
            break
        kept.append(block)
        room -= size
    return ((*kept, note), room) if room >= 0 else ((), 0)


def _rows_that_fit(block: Block, room: int) -> int:
    """Return how many rows a section can show in this many bytes, its caption included."""
    if len(block.rows) <= MOST_ROWS and _size(block.text(len(block.rows))) <= room:
        return len(block.rows)
    shown, used = 0, _size(block.text(0)) + len(str(len(block.rows)))
    for row in block.rows[: min(MOST_ROWS, len(block.rows) - 1)]:
        used += _size(row)
        if used > room:
            break
        shown += 1
    return shown


def _size(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text.encode())


def folded(title: str, block: Block) -> Block:
    """Return a section that opens on a click."""
    head = f"\n<details><summary>{title}</summary>\n\n{block.head.lstrip()}"
    return Block(head=head, rows=block.rows, tail=f"{block.tail}\n</details>\n", noun=block.noun)


def table(title: str, columns: tuple[str, ...], rows: Iterable[str], noun: str) -> Block:
    """Return a section with a table; the name of a column of numbers ends in a colon."""
    names = table_row(*(column.removesuffix(":") for column in columns))
    rule = table_row(*("---:" if column.endswith(":") else "---" for column in columns))
    return Block(head=f"\n{title}\n\n{names}{rule}" if title else f"\n{names}{rule}", rows=tuple(rows), noun=noun)


def table_row(*cells: str) -> str:
    """Return cells of safe Markdown as a table's row."""
    return f"| {' | '.join(cells)} |\n"


def shown_name(text: str) -> str:
    """Return a hostile name as a code span."""
    return code(clip_middle(neutralize(text), _NAME))


def prose(text: str) -> str:
    """Return hostile text as text."""
    return escape_markdown(clip(neutralize(text), _TEXT))
