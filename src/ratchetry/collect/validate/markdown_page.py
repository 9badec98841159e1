"""A Markdown page as what it points at and what can be pointed at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ratchetry.collect.validate.html_scan import Snippet, scan_html

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# A superset of what markdown-it takes for a link or an image that is not plainly external.
_MAY_POINT: Final = re.compile(
    r"\]\(\s*(?!\s|https?:|mailto:|\))|^[ \t>*+\-\d.)]*\[[^\]\n]+\]:\s*(?!\s|https?:|mailto:)"
    r"|(?:href|src)\s*=\s*[\"']?(?!\s|https?:|mailto:|[\"'])",
    re.IGNORECASE | re.MULTILINE,
)
_POINTERS: Final = {"link_open": "href", "image": "src"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One target of a link or an image, as written, and its line."""

    target: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The links of a page, and the anchors it offers; `complete` is False when it may offer more."""

    links: tuple[Link, ...] = ()
    anchors: frozenset[str] = frozenset()
    complete: bool = True


def may_point_inside(text: str) -> bool:
    """Tell, without parsing, whether a page may hold a link that is not external."""
    return _MAY_POINT.search(text) is not None


def read_page(text: str) -> Page:
    """Return the links and anchors of a Markdown page, as GitHub renders it (https://github.github.com/gfm/)."""
    from markdown_it import MarkdownIt

    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    skipped = text.count("\n", 0, front.end()) if front else 0
    parser = MarkdownIt("commonmark", {"store_labels": True}).enable("table")
    tokens = parser.parse(text[front.end() :] if front else text)
    snippets = [(scan_html(part.content), line) for part, line in _lines(tokens) if part.type.startswith("html_")]
    return Page(
        links=tuple(Link(target=target, line=line + skipped + 1) for target, line in _targets(tokens, snippets)),
        anchors=frozenset(map(anchor_key, _anchors(tokens, snippets))),
        complete=all(found.complete for found, _ in snippets),
    )


def anchor_key(anchor: str) -> str:
    """Return an anchor as it is compared: GitHub ignores case, and emoji come with and without their selector."""
    return anchor.lower().replace("\ufe0f", "")


def slug(heading: str) -> str:
    """Return the anchor GitHub gives to a heading: its words in lower case, joined by hyphens.

    The rule is that of html-pipeline
    (https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb): what is no letter,
    mark, number, connector, hyphen or space is dropped.
    """
    kept = (char for char in heading.lower() if char in "- " or _is_word(char))
    return "".join(kept).replace(" ", "-")


def _is_word(char: str) -> bool:
    """Tell whether a character is one of Ruby's word characters."""
    category = unicodedata.category(char)
    return category[0] in "LM" or category in {"Nd", "Nl", "Pc"}


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield every token, also those within a line of text, with its line counted from 0."""
    for token in tokens:
        line = token.map[0] if token.map else 0
        yield token, line
        for child in token.children or ():
            yield child, line
            line += child.type in {"softbreak", "hardbreak"} or child.content.count("\n")


def _targets(tokens: Sequence[Token], snippets: Iterable[tuple[Snippet, int]]) -> Iterator[tuple[str, int]]:
    """Yield the targets of links and images, of Markdown first, then of HTML, each with its line counted from 0."""
    for token, line in _lines(tokens):
        attribute = _POINTERS.get(token.type)
        # [^1] is a footnote on GitHub, though CommonMark takes its text for the target of a link
        if attribute is not None and not str(token.meta.get("label", "")).startswith("^"):
            yield str(token.attrs.get(attribute, "")), line
    for found, start in snippets:
        yield from ((target, start + line) for target, line in found.targets)


def _anchors(tokens: Sequence[Token], snippets: Iterable[tuple[Snippet, int]]) -> Iterator[str]:
    """Yield the anchors of the headings, numbered when they come again, and those that HTML sets."""
    for found, _ in snippets:
        yield from found.anchors
    seen: Counter[str] = Counter()
    for heading in _headings(tokens):
        name = slug(heading)
        yield f"{name}-{seen[name]}" if seen[name] else name
        seen[name] += 1


def _headings(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the text of each heading in order, of Markdown and of HTML."""
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.type == "html_block":
            yield from scan_html(token.content).headings
        elif before is not None and before.type == "heading_open":
            yield "".join(_text(child) for child in token.children or ())


def _text(token: Token) -> str:
    """Return the text of one part of a heading; images and tags have none."""
    return token.content if token.type in {"text", "text_special", "code_inline"} else ""
