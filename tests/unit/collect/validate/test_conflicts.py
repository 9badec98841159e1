"""Merge-conflict markers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.conflicts import check_conflicts

CONFLICT = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> 1c0dca8\n"
WITH_BASE = "<<<<<<< HEAD\nours\n||||||| base\nbase\n=======\ntheirs\n>>>>>>> branch\n"


@pytest.mark.parametrize("text", [CONFLICT, WITH_BASE, CONFLICT.replace("\n", "\r\n"), CONFLICT.rstrip()])
def test_conflict(text: str) -> None:
    """A conflict is an error at its first line, with or without the base and whatever the line endings."""
    (finding,) = check_conflicts("a.txt", f"a\nb\n{text}".encode())
    assert (finding.rule, finding.severity, finding.line) == ("merge-conflict", "high", 3)


def test_count() -> None:
    """The conflicts of one file are one finding that says how many there are."""
    (finding,) = check_conflicts("a.txt", (CONFLICT + CONFLICT).encode())
    assert finding.line == 1
    assert "of 2 in this file" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "Title\n=======\n\n>>>>>>> quoted seven levels deep\n",
        "<<<<<<< HEAD\n>>>>>>> branch\n",
        "=======\n<<<<<<< HEAD\n>>>>>>> branch\n",
        "    <<<<<<< HEAD\n=======\n    >>>>>>> branch\n",
        "<<<<<<<\n=======\n>>>>>>>\n",
        ">>>>>>> branch\n=======\n<<<<<<< HEAD\n",
    ],
)
def test_no_conflict(text: str) -> None:
    """Underlined headings, quotes and markers out of order are none."""
    assert check_conflicts("a.rst", text.encode()) == ()


def test_binary() -> None:
    """Binary files are left alone."""
    assert check_conflicts("a", b"\0" + CONFLICT.encode()) == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/a.md", f"# How to merge\n```text\n{CONFLICT}```\n"),
        ("src/a.py", f'TEXT = """\n{CONFLICT}"""\n'),
    ],
)
def test_quoted(path: str, text: str) -> None:
    """A conflict quoted in a code block or a string may be an example: a warning."""
    (finding,) = check_conflicts(path, text.encode())
    assert finding.severity == "low"


def test_quoted_in_tests() -> None:
    """Tests of merging quote conflicts; one outside a string is an error there too."""
    assert check_conflicts("tests/test_a.py", f'TEXT = """\\\n{CONFLICT}"""\n'.encode()) == ()
    (finding,) = check_conflicts("tests/test_a.py", f"x = 1\n{CONFLICT}".encode())
    assert finding.severity == "high"


def test_around_fences() -> None:
    """A conflict that contains a code block, or spans two, is not quoted by it."""
    text = f"<<<<<<< HEAD\n```\na\n```\n=======\n```\nb\n```\n>>>>>>> branch\n"  # noqa: F541
    (finding,) = check_conflicts("a.md", text.encode())
    assert finding.severity == "high"


@given(
    st.lists(st.sampled_from(["<<<<<<< a", "=======", ">>>>>>> b", "```", '"""', "x"])), st.sampled_from(["py", "md"])
)
def test_any_order(lines: list[str], ending: str) -> None:
    """Markers in any order give at most one finding, at a line where a conflict can begin."""
    found = check_conflicts(f"a.{ending}", "\n".join(lines).encode())
    assert len(found) <= 1
    assert all(lines[finding.line - 1] == "<<<<<<< a" for finding in found)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Any bytes between markers are read."""
    check_conflicts("a.py", b"<<<<<<< a\n" + data + b"\n=======\n>>>>>>> b\n")
