"""The few things that count in HTML within Markdown: where it points, and what can be pointed at."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

# Every pattern here stops at the next angle bracket: time stays linear for any input.
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_ATTRIBUTE: Final = re.compile(r"""(?:^|\s)([a-zA-Z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_TARGETS: Final = frozenset({("a", "href"), ("img", "src")})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """What one piece of HTML holds; `complete` is False when a heading begins in it and does not end."""

    targets: tuple[tuple[str, int], ...] = ()
    """Targets of links and images, each with its line counted from 0."""
    anchors: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    complete: bool = True


def scan_html(text: str) -> Snippet:
    """Return what a piece of HTML points at and offers; comments count for nothing."""
    text = _without_comments(text)
    targets: list[tuple[str, int]] = []
    anchors: list[str] = []
    headings: list[str] = []
    open_at: int | None = None
    line = counted = 0
    for tag in _TAG.finditer(text):
        closing, name = bool(tag[1]), tag[2].lower()
        if name in _HEADINGS and closing and open_at is not None:
            headings.append(html.unescape(_TAG.sub("", text[open_at : tag.start()])).strip())
            open_at = None
        elif name in _HEADINGS and not closing:
            open_at = tag.end()
        line, counted = line + text.count("\n", counted, tag.start()), tag.start()
        for attribute, value in _attributes(tag[3]):
            if attribute in {"id", "name"}:
                anchors.append(value)
            elif (name, attribute) in _TARGETS:
                targets.append((value, line))
    return Snippet(targets=tuple(targets), anchors=tuple(anchors), headings=tuple(headings), complete=open_at is None)


def _attributes(text: str) -> list[tuple[str, str]]:
    """Return the attributes of a tag, names in lower case."""
    return [
        (match[1].lower(), html.unescape(match[2] or match[3] or match[4] or "")) for match in _ATTRIBUTE.finditer(text)
    ]


def _without_comments(text: str) -> str:
    """Return a text with its comments blanked, their line breaks kept."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        parts += (text[at:start], "\n" * text.count("\n", start, end))
        at = end
    return "".join((*parts, text[at:]))
