"""HTML within Markdown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.html_scan import Snippet, scan_html


def test_targets_and_anchors() -> None:
    """Links, images, ids and names are found whatever the quotes and the case, with the lines of targets."""
    text = """<A HREF='a.md'>\n<img alt="x" src=b.png width=3/><p id="c">\n<a name="d&amp;e"></a><video src="no.mp4">"""
    assert scan_html(text) == Snippet(targets=(("a.md", 0), ("b.png", 1)), anchors=("c", "d&e"))


def test_headings() -> None:
    """The text of a heading has no tags and no entities."""
    assert scan_html("<h1 align=center>\n<b>A</b> &amp; B\n</h1><h2>C</h2>").headings == ("A & B", "C")


def test_incomplete() -> None:
    """A heading that does not end here leaves the anchors unknown."""
    assert not scan_html("<h2>").complete
    assert scan_html("</h2>").complete


def test_comments() -> None:
    """Comments count for nothing but their lines, also one that does not end."""
    found = scan_html('<!-- <a href="a">\n--><a href="b"><!-- <a href="c">')
    assert found.targets == (("b", 1),)


@given(st.text(alphabet="<>/ahi1\"'= \n!-&srcef", max_size=200))
def test_any_text(text: str) -> None:
    """Any text can be scanned, and every target has a line of it."""
    assert all(0 <= line <= text.count("\n") for _, line in scan_html(text).targets)
