"""Diffs are read into added line numbers, whatever the files are called; malformed ones are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.unified_diff import added_lines, unquoted
from ratchetry.errors import ReportError

DIFF = b"""diff --git a/a.py b/a.py
index 1..2 100644
--- a/a.py
+++ b/a.py
@@ -1 +1,2 @@ def f():
-x
+y\r
+z\x0cq
@@ -9,2 +10 @@
-x
-y
+z
\\ No newline at end of file
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/\\303\\251\\t\\"b.py" "b/\\303\\251\\t\\"b.py"
new file mode 100644
--- /dev/null
+++ "b/\\303\\251\\t\\"b.py"
@@ -0,0 +1 @@
+x
diff --git a/b/b.py b/b/b.py
--- a/b/b.py\t
+++ b/b/b.py\t
@@ -0,0 +3 @@
+++ x
Binary files a/c.bin and b/c.bin differ
"""


def test_added_lines() -> None:
    """Lines are counted in the new file; deleted and binary files are absent; unusual names are restored."""
    assert added_lines(DIFF) == {"a.py": (1, 2, 10), 'é\t"b.py': (1,), "b/b.py": (3,)}
    assert added_lines(b"") == {}


def test_malformed_diffs_are_errors() -> None:
    """A hunk without a file, and a hunk shorter than it says, are reported."""
    with pytest.raises(ReportError, match="cannot be read"):
        added_lines(b"@@ -1 +1 @@\n+x\n")
    with pytest.raises(ReportError, match="cannot be read"):
        added_lines(b"--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,5 @@\n+x\n")


def test_huge_diffs_are_errors() -> None:
    """A diff that is too large is not read in part."""
    with pytest.raises(ReportError, match="more than the 50 MB"):
        added_lines(b" " * 50_000_001)


@given(cut=st.integers(0, len(DIFF)), noise=st.binary(max_size=30))
def test_damaged_diffs(cut: int, noise: bytes) -> None:
    """A cut or altered diff gives line numbers or a ReportError."""
    for data in (DIFF[:cut], DIFF[:cut] + noise + DIFF[cut:], noise):
        try:
            found = added_lines(data)
        except ReportError:
            continue
        assert all(number > 0 for numbers in found.values() for number in numbers)


@given(st.text(max_size=30))
def test_names_without_quotes_stay(name: str) -> None:
    """Any name can be unquoted, and a plain one stays what it is."""
    assert unquoted(name) == name or name.startswith('"')
