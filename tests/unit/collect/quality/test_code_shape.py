"""The shape of source code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.code_shape import Shape, shape_of
from ratchetry.errors import ReportError

SOURCE = b'''\
# noqa: at the top of the file
import os  # noqa: F401

TEXT = "# noqa is only a string here"


@decorated
def short():  # type: ignore[no-untyped-def]
    return 1


class A:
    async def longer(self):
        """Three lines and this one."""
        x = 1  # a comment about nosecrets
        return x  # nosec B101
'''


def test_lines_functions_and_suppressions_are_counted() -> None:
    """Comments count as suppressions only when they are some, and strings never."""
    assert shape_of(SOURCE, "a.py") == Shape(lines=10, longest_function=4, suppressions=4)


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "#noqa:E501", "# ruff: noqa", "# type: ignore", "# pyright: ignore[x]", "# pragma: no cover"],
)
def test_every_way_to_silence_a_check_is_known(comment: str) -> None:
    """The usual linters, type checkers, scanners and coverage are covered."""
    assert shape_of(f"x = 1  {comment}\n".encode(), "a.py").suppressions == 1


def test_a_file_without_functions_has_no_longest_one() -> None:
    """An empty module has the shape of nothing."""
    assert shape_of(b"", "a.py") == Shape(lines=0, longest_function=0, suppressions=0)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_file_is_measured_or_refused_by_name(source: bytes) -> None:
    """What cannot be parsed is named, never counted as nothing."""
    try:
        shape = shape_of(source, "a.py")
    except ReportError as error:
        assert str(error).startswith("a.py: ")  # noqa: PT017  # the other outcome is just as good
    else:
        assert shape.lines >= 0
