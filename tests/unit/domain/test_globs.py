"""Globs over repository paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.globs import matches


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("README.md", "README*"),
        ("docs/a.md", "docs/*.md"),
        ("docs/a/b.md", "docs/**/*.md"),
        ("docs/b.md", "docs/**/*.md"),
        ("docs/a/b.md", "docs"),
        ("docs/a/b.md", "docs/"),
        ("a/b/c.py", "**/c.py"),
        ("c.py", "**/c.py"),
        ("a/b/c.py", "**"),
        ("a1.py", "./a[0-9].py"),
        ("[z-a", "[[]z-a"),
    ],
)
def test_matches(path: str, pattern: str) -> None:
    """A pattern matches the path, or a directory that it is in."""
    assert matches(path, ("no/such", pattern))


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("a/README.md", "README*"),
        ("docs/a/b.md", "docs/*.md"),
        ("docs2/a.md", "docs"),
        ("readme.md", "README*"),
        ("a.py", "a[0-9].py"),
        ("a", "a/b"),
        ("a", ""),
        ("a", "/"),
    ],
)
def test_differs(path: str, pattern: str) -> None:
    """Stars stay within one name, and a pattern starts at the root."""
    assert not matches(path, (pattern,))


@given(st.text(max_size=30), st.text(alphabet="ab*?[]!-/.", max_size=30))
def test_any_pattern(path: str, pattern: str) -> None:
    """Any text is a pattern; one that is malformed matches nothing or itself."""
    assert matches(path, (pattern,)) in {True, False}
