"""Outcomes of tests over runs, counted in columns, beside a count by hand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.report.dashboard.outcomes import Outcomes, row_of, strip

steady = settings(derandomize=True, deadline=None, max_examples=60)
rows = st.lists(st.text(alphabet="PFESR", max_size=12), min_size=1, max_size=20)


@steady
@given(rows)
def test_counts_are_those_by_hand(letters: list[str]) -> None:
    """Runs may have fewer tests than there are in all: the rest is missing there."""
    tests = max(len(row) for row in letters)
    found = Outcomes(tests, [row_of(row) for row in letters])
    columns = ["".join(row[at] if at < len(row) else "." for row in letters) for at in range(tests)]
    assert found.runs.tolist() == [len(column.replace(".", "")) for column in columns]
    assert found.failures.tolist() == [column.count("F") + column.count("E") for column in columns]
    assert found.skipped.tolist() == [column.count("S") for column in columns]
    assert found.reruns.tolist() == [column.count("R") for column in columns]
    assert found.strips(range(tests)) == tuple(map(strip, columns))
    last, runs = found.last()
    assert last == "".join((column.replace(".", "") or ".")[-1] for column in columns)
    assert list(runs) == [max((at for at, one in enumerate(column) if one != "."), default=-1) for column in columns]


def test_strips_are_short() -> None:
    """Each letter stands once, followed by how often it comes in a row."""
    assert strip("....PPFP") == ".4P2FP"
    assert strip("") == ""


def test_letters_that_nobody_knows_are_missing() -> None:
    """A letter of a newer format counts as if the run did not have the test."""
    assert row_of("PX\u20acF").tolist() == [2, 0, 0, 4]
