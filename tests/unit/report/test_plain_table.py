"""Plain tables and the cells of JSON and CSV."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.report.cells import for_csv, for_json
from ratchetry.report.plain_table import plain_table, shown

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes() | st.binary() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def test_columns_line_up() -> None:
    """Numbers stand on the right, texts on the left, under their names."""
    text = plain_table(("name", "n", "share"), [("a", 1, 0.5), ("long name", 1000, None)])
    assert text.splitlines() == [
        "name          n  share",
        "---------  ----  -----",
        "a             1    0.5",
        "long name  1000   NULL",
    ]


def test_a_table_without_rows_has_its_names() -> None:
    """The names of columns stand there also when there is no row."""
    assert plain_table(("a", "b"), []).splitlines()[0] == "a  b"


def test_hostile_text_is_harmless() -> None:
    """Escape sequences, line breaks and endless text do not reach the terminal."""
    text = plain_table(("x",), [("\x1b[31mred\n" + "y" * 1000,)])
    assert len(text.splitlines()) == 3
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


@given(ANYTHING)
def test_anything_can_be_shown(value: object) -> None:
    """Whatever a query returns has a text, JSON that reads back, and a field of CSV."""
    assert "\n" not in shown(value)
    json.loads(json.dumps(for_json(value), allow_nan=False))
    assert isinstance(for_csv(value), str | int | float | Decimal)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 2, 3), "2026-01-02T03:00:00Z"),  # noqa: DTZ001 - as DuckDB returns them
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal(3), 3),
        (Decimal("3.5"), 3.5),
        (math.nan, None),
        (Decimal("NaN"), None),
        ([1, (2.0, None)], [1, [2.0, None]]),
        ({1: b"\x00"}, {"1": "00"}),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_in_json(value: object, expected: object) -> None:
    """Times are in UTC and say so; what is not finite is null."""
    assert for_json(value) == expected
