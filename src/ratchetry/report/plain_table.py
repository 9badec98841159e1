"""Rows as a plain table for terminals: columns that line up, hostile text made harmless."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ratchetry.report.text import clip, neutralize

NULL: Final = "NULL"
WIDEST: Final = 80
"""Characters of one cell; the middle of a longer one is left out."""


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows under their columns' names; numbers are rounded to six digits and stand on the right."""
    names = [clip(neutralize(name), WIDEST) for name in columns]
    cells = [[shown(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    right = [all(_is_number(row[index]) for row in rows) for index in range(len(names))]
    rule = ["-" * width for width in widths]
    lines = (_line(row, widths, right) for row in [names, rule, *cells])
    return "\n".join(lines)


def shown(value: object) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            return NULL
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.6g}"
        case _:
            return clip(neutralize(str(value)), WIDEST)


def _is_number(value: object) -> bool:
    """Tell whether a value stands on the right."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """Return one line of a table."""
    padded = (
        f"{cell:>{width}}" if far else f"{cell:{width}}" for cell, width, far in zip(cells, widths, right, strict=True)
    )
    return "  ".join(padded).rstrip()
