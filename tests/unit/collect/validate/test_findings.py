"""Findings of validate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.findings import bounded, error, not_checked, warning


def test_severities() -> None:
    """Errors are high, warnings low, and what was left alone is information."""
    rows = (error("a", "p", "m"), warning("a", "p", "m"), not_checked("p", "m"))
    assert [row.severity for row in rows] == ["high", "low", "info"]


@given(st.text())
def test_message(text: str) -> None:
    """A message is one line of bounded length that can be written as UTF-8, whatever it quotes."""
    message = error("a", "p", text * 100).message
    assert len(message) <= 600
    assert len(message.splitlines()) <= 1
    assert message.encode().decode() == message


def test_bounded() -> None:
    """Of very many findings alike in one file a hundred are listed, and one says how many are not."""
    many = [warning("a", "p", f"m{number}") for number in range(250)]
    rows = bounded((*many, warning("b", "p", "m")))
    assert [row.rule for row in rows] == ["a"] * 100 + ["not-listed", "b"]
    assert rows[100].message.startswith("150 more")
