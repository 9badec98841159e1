"""What a browser or GitHub would make of a text: its tags, table rows and the text outside of code."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = {"meta", "link", "br", "hr", "img", "input", "rect", "path"}


@dataclass(slots=True)
class Page:
    """A parsed page."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    """For each table, the number of cells of each of its rows."""
    prose: str = ""
    """Text outside of code, pre and style."""
    code: list[str] = field(default_factory=list)
    """Text of each code element."""
    style: str = ""
    unbalanced: list[str] = field(default_factory=list)


class _Parser(HTMLParser):
    """Fills a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, dict(attrs)))
        match tag:
            case "table":
                self.page.rows.append([])
            case "tr":
                self.page.rows[-1].append(0)
            case "td" | "th":
                self.page.rows[-1][-1] += 1
            case "code":
                self.page.code.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.page.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.page.style += data
        elif "code" in self._open:
            self.page.code[-1] += data
        elif "pre" not in self._open:
            self.page.prose += data

    def close(self) -> None:
        super().close()
        self.page.unbalanced += self._open


def html(text: str) -> Page:
    """Return a parsed HTML text."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.page


def markdown(text: str) -> Page:
    """Return parsed Markdown, rendered with raw HTML let through and GitHub's tables, as GitHub does."""
    return html(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
