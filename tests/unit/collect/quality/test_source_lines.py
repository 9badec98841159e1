"""Source lines: neither blank nor only a comment."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ratchetry
from ratchetry.collect.quality.source_lines import count_source_lines


def by_tokenizer(source: bytes) -> int:
    """Return the count by Python's own tokenizer, which is right and slow."""
    comments = {
        token.start[0]
        for token in tokenize.tokenize(io.BytesIO(source).readline)
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip()
    }
    lines = source.splitlines()
    return sum(1 for number, line in enumerate(lines, 1) if line.strip() and number not in comments)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", 0),
        (b"\n  \n\t\n", 0),
        (b"x = 1", 1),
        (b"# only\n   # comments\n", 0),
        (b"\xef\xbb\xbf# with a mark\nx = 1\n", 1),
        (b"x = 1  # it's\n# one more isn't\ny = 2\n", 2),
        (b'"""Doc.\n\n# not a comment\n"""\n', 3),
        (b"'''a \\''' \n# inside'''\n# outside\n", 2),
        (b'x = "#"\n# y\n', 1),
        (b'x = "a\\\n# inside"\n# y\n', 2),
        (b"x = 'it\\'s' # z\n# y\n", 1),
        (b"a = 1\r\n# b\r\n\r\nc = 2\r\n", 2),
        (b"a = 1\r# b\rc = 2\r", 2),
        (b'"""never closed\n# inside\n', 2),
        (b'"""never closed\n# inside\\', 2),
        (b'""""quoted" """\n# y\n', 1),
    ],
)
def test_lines_of_code_and_docstrings_count(source: bytes, expected: int) -> None:
    """Comments and blank lines do not count; what stands in a string does."""
    assert count_source_lines(source) == expected


@pytest.mark.parametrize("path", sorted(Path(ratchetry.__file__).parent.rglob("*.py")), ids=lambda path: path.name)
def test_real_source_counts_as_by_the_tokenizer(path: Path) -> None:
    """On this project's own source, the count is that of Python's tokenizer."""
    source = path.read_bytes()
    assert count_source_lines(source) == by_tokenizer(source)


SIMPLE = st.sampled_from(['"""', "'''", '"a"', "'b'", "# c", "x = 1", "\n", "  ", "\\\n", '"# d"', "('e',)", "pass"])


@given(st.lists(SIMPLE, max_size=12))
def test_what_python_can_tokenize_counts_as_by_the_tokenizer(parts: list[str]) -> None:
    """Any mixture of strings, comments and line breaks that is Python counts the same."""
    source = "".join(parts).encode()
    try:
        expected = by_tokenizer(source)
    except (tokenize.TokenError, SyntaxError):
        assert 0 <= count_source_lines(source) <= len(source.splitlines())
        return
    if b"\\\n" not in source:  # the tokenizer tells no comment after a continued line
        assert count_source_lines(source) == expected


@given(st.binary(max_size=400))
def test_any_bytes_have_a_count(source: bytes) -> None:
    """No input breaks the count, which is never more than there are lines."""
    assert 0 <= count_source_lines(source) <= source.count(b"\n") + source.count(b"\r") + 1
