"""Series in a line of text."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.report.sparkline import BLOCKS, PLAIN, sparkline


def test_low_to_high() -> None:
    """The least value is the lowest block, the greatest the highest."""
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == BLOCKS
    assert sparkline([3.0, 1.0, 2.0]) == "█▁▅"
    assert sparkline([0, 10, 5], blocks=PLAIN) == "_#="


def test_alike_missing_and_no_number() -> None:
    """Values that are alike stand in the middle; what is missing or no number is a gap."""
    assert sparkline([5.0, 5.0]) == "▄▄"
    assert sparkline([1.0, None, math.nan, 2.0, math.inf]) == "▁  █ "
    assert sparkline([None, math.nan]) == "  "
    assert sparkline([]) == ""


@settings(derandomize=True, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats()), max_size=40), st.sampled_from([BLOCKS, PLAIN]))
def test_any_values(values: list[float | None], blocks: str) -> None:
    """There is one mark for each value, whatever it is."""
    line = sparkline(values, blocks=blocks)
    assert len(line) == len(values)
    assert set(line) <= {*blocks, " "}
