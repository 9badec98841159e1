"""Markdown pages as links and anchors."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.collect.validate.markdown_page import may_point_inside, read_page, slug


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Installation", "installation"),
        ("What's new?", "whats-new"),
        ("`ratchetry run` [PATH]", "ratchetry-run-path"),
        ("A  B", "a--b"),
        ("snake_case-and.dots", "snake_case-anddots"),
        ("C++ & C#", "c--c"),
        ("🚀 Start", "-start"),
        (":rocket: Start", "rocket-start"),
        ("Über die Größe", "über-die-größe"),
        ("安装", "安装"),
        ("x² 1.2.3", "x-123"),
        ("Ⅳ", "ⅳ"),
    ],
)
def test_slug(heading: str, anchor: str) -> None:
    """GitHub keeps letters, marks, numbers, underscores and hyphens, and turns each space into a hyphen."""
    assert slug(heading) == anchor


PAGE = """\
---
title: A page
---
# Title

A [link](a.md) and
an ![image](<b c.png> "title") and [a reference][ref],
`[code](no.md)` and [^1].

[ref]: /d.md
[^1]: footnote

| a | b |
|---|---|
| [t](t.md) | x |

```
[fenced](no.md)
```

## Title
### `code` and *more*

<h2 id="own">Of <b>HTML</b></h2>
<!-- <img src="no.png"> -->
Inline <a href="e.md#x">HTML</a>.
"""


def test_links() -> None:
    """Links and images are found with their lines; code, comments and footnotes are none."""
    assert sorted((link.line, link.target) for link in read_page(PAGE).links) == [
        (6, "a.md"),
        (7, "/d.md"),
        (7, "b%20c.png"),
        (15, "t.md"),
        (26, "e.md#x"),
    ]


def test_anchors() -> None:
    """Headings of Markdown and HTML give anchors, numbered when they come again; ids give theirs."""
    page = read_page(PAGE)
    assert page.anchors == {"title", "title-1", "code-and-more", "of-html", "own"}
    assert page.complete


def test_windows() -> None:
    """Line endings and the byte-order mark of Windows change nothing."""
    assert read_page("\ufeff" + PAGE.replace("\n", "\r\n")) == read_page(PAGE)


def test_incomplete() -> None:
    """A page with a heading in HTML that spans blocks may offer more anchors."""
    assert not read_page("<h1>\n\nTitle\n\n</h1>\n").complete


@pytest.mark.parametrize(
    "text", ["[a](b.md)", "![a](\n b.png)", "[a]: b", "> - [a]: <b c>", '<img src="b">', "<a href=b>", "[a](#b)"]
)
def test_may_point_inside(text: str) -> None:
    """A page with a relative link is parsed."""
    assert may_point_inside(text)


def test_points_outside() -> None:
    """A page with external links only is not parsed."""
    assert not may_point_inside(
        '[a](https://a) ![b](http://b)\n[c]: HTTPS://c\n<img src="https://d"> [x] [d](mailto:e)'
    )


MARKS = st.sampled_from(
    ["[a](", "![a](", "[a]", "[a]: ", "<", ">", ")", "(", "]", '<img src="', "<a href=", '"', "'", "|"]
)
TEXTS = st.sampled_from(["b.md", "https://c", "HTTP://d", "#e", "mailto:f", "&amp;", "\\", "`", "```", "<!--", "-->"])
BLANKS = st.sampled_from(["\n", "\n\n", " ", "\t", "- ", "1) ", "> "])


@settings(max_examples=500)
@given(st.lists(MARKS | TEXTS | BLANKS, max_size=15).map("".join))
def test_prefilter_misses_nothing(text: str) -> None:
    """Whatever the parser takes for a link that is not external, the quick look has seen."""
    inside = [link for link in read_page(text).links if link.target and not re.match(r"[\w+.-]+:", link.target)]
    assert not inside or may_point_inside(text)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any text is a page whose links have lines of it."""
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= link.line <= lines for link in read_page(text).links)
