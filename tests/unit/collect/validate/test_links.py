"""Broken links of Markdown pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.links import LARGEST_PAGE, check_links, is_page, submodule_paths

FILES = (
    "README.md",
    "docs/guide.md",
    "docs/img/a b.png",
    "docs/page (1).md",
    "src/a.py",
    "größe.md",
    "sub/README.md",
)


def broken(text: str, path: str = "README.md", *others: str) -> list[str]:
    """Return the messages about a page in a small repository."""
    pages = {"docs/guide.md": "# Guide\n\n## Über uns\n\n## FAQ\n\n## FAQ\n", path: text}
    found = check_links(pages, (*FILES, *others), {"ignored.txt"}.__contains__, ("vendor/lib",))
    assert {(row.rule, row.severity) for row in found} <= {("broken-link", "low")}
    return [row.message for row in found]


@pytest.mark.parametrize(
    "target",
    [
        "docs/guide.md",
        "./docs/guide.md",
        "/docs/guide.md",
        "docs",
        "docs/",
        "docs/../src/a.py",
        "docs/img/a%20b.png",
        "<docs/img/a b.png>",
        "<docs/page (1).md>",
        "docs/guide.md?plain=1#L3",
        "gr%C3%B6%C3%9Fe.md",
        "größe.md",
        "ignored.txt",
        "src/a.py#L3-L5",
        "src/a.py#anything",
        "docs/guide.md#faq",
        "docs/guide.md#faq-1",
        "docs/guide.md#FAQ",
        "docs/guide.md#%C3%BCber-uns",
        "docs/guide.md#über-uns",
        "docs/guide.md#user-content-guide",
        "#here",
        "#",
        "#readme-ov-file",
        "",
        "?tab=readme",
        ".",
        "../../issues",
        "../../../wiki#x",
        "https://example.org/no.md",
        "HTTP://example.org",
        "//example.org/no.md",
        "mailto:a@example.org",
        "vscode:extension/x",
        "{{ url }}",
        "docs/{version}.md",
        "...",
        "url",
        "vendor/lib/README.md",
    ],
)
def test_fine(target: str) -> None:
    """Targets that exist, lead outside or stand for something else are fine."""
    assert broken(f"# Here\n[a]({target})") == []


@pytest.mark.parametrize(
    ("target", "goal"),
    [
        ("docs/no.md", "docs/no.md"),
        ("/no.md", "no.md"),
        ("docs/Guide.md", "docs/Guide.md"),
        ("docs/../no.md", "no.md"),
        ("issues", "issues"),
        ("docs/no%20file.png", "docs/no file.png"),
        ("%00", "\0"),
        ("#nowhere", "anchor #nowhere"),
        ("docs/guide.md#faq-2", "anchor #faq-2"),
        ("docs/guide.md#uber-uns", "anchor #uber-uns"),
    ],
)
def test_broken(target: str, goal: str) -> None:
    """A target that does not exist is named with where it leads."""
    (message,) = broken(f"# Here\n[a]({target})")
    assert goal.replace("\0", "leads to") in message


def test_from_directory() -> None:
    """Targets start at their page."""
    assert broken("[a](img/a%20b.png) [b](../src/a.py) [c](../../issues)", "docs/x.md") == []
    assert len(broken("[a](docs/guide.md) [b](../issues)", "docs/x.md")) == 2


def test_place() -> None:
    """A finding stands at the line of its link."""
    (finding,) = check_links({"README.md": "a\n\nb\n![c](no.png)\n"}, FILES, lambda _: False)
    assert (finding.path, finding.line) == ("README.md", 4)


def test_html() -> None:
    """Links and images of HTML are checked as those of Markdown."""
    assert len(broken('<p><img src="no.png"></p>\n\nx <a href="no.md">y</a>')) == 2


def test_anchors_of_html_headings_that_span_blocks() -> None:
    """Where a page may offer more anchors than can be read, none is called broken."""
    assert broken("[a](#b)\n\n<h1>\n\nB\n\n</h1>") == []


def test_sites() -> None:
    """Pages of a documentation site: files have to exist, routes and anchors are the generator's business."""
    text = "[a](../routes/) [b](/guide) [c](guide.md#any) [d](img/a%20b.png) [e](docs/guide.md)"
    assert broken(text, "docs/x.md", "mkdocs.yml") == [
        "docs/guide.md leads to docs/docs/guide.md, which does not exist"
    ]
    assert broken("[a](guide.md)", "docs/fr/x.md", "mkdocs.yml") == []


def test_anchor_into_site() -> None:
    """The anchors of a site's pages are not judged from outside either."""
    assert broken("[a](docs/guide.md#custom)", "README.md", "mkdocs.yml") == []


def test_large_page() -> None:
    """A page too large to be parsed is said not to have been checked."""
    (finding,) = check_links({"a.md": "[a](b)" + " " * LARGEST_PAGE}, ("a.md",), lambda _: False)
    assert (finding.rule, finding.severity) == ("not-checked", "info")


@pytest.mark.parametrize(
    "path",
    [
        "a.txt",
        "tests/data/a.md",
        "src/a/templates/a.md",
        ".github/ISSUE_TEMPLATE/bug.md",
        ".github/pull_request_template.md",
        "newsfragments/1.md",
    ],
)
def test_no_pages(path: str) -> None:
    """Test data, templates and pages that are shown elsewhere are left alone."""
    assert not is_page(path)


def test_pages() -> None:
    """Other Markdown files are pages."""
    assert is_page("docs/a.MD")


def test_submodules() -> None:
    """The places of submodules are read from .gitmodules."""
    data = b'[submodule "a"]\n\tpath = vendor/a/\n\turl = x\n[submodule "b"]\npath=b\xff\n'
    assert submodule_paths(data) == ("vendor/a", "b�")


@given(st.text(alphabet="ab./#?%&:0\\ <>()[]!{}|*~é\0", max_size=40))
def test_any_target(target: str) -> None:
    """Any target gives a finding or none, never an exception."""
    check_links({"docs/a.md": f"[x]({target})\n\n[y](<{target}>)"}, ("docs/a.md",), lambda _: False)
