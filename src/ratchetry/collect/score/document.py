"""A Markdown document as the measures see it: headings, sections, code, links and the text that is read.

Parsed by markdown-it-py as CommonMark (https://spec.commonmark.org/) with tables; YAML front matter is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ratchetry.errors import ReportError

if TYPE_CHECKING:
    from markdown_it.token import Token

SIZE_LIMIT: Final = 500_000
_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_HTML_HEADING: Final = re.compile(r"<h([1-6])\b[^<>]{0,300}>(.{0,1000}?)</h\1>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading with its level, from 1 to 6."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A fenced code block; `language` is the first word after the fence, in lower case."""

    language: str
    content: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Inline code, or the target of a link."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands between two headings (None: before the first): its blocks and the words of its prose."""

    heading: Heading | None
    blocks: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed document.

    `code` is all of its code, inline, fenced and indented; `prose` its text without code blocks and markup; `text`
    all that a reader reads.
    """

    path: str
    source: str
    sections: tuple[Section, ...]
    fences: tuple[Fence, ...]
    spans: tuple[Span, ...]
    links: tuple[Span, ...]
    code: str
    prose: str
    text: str

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Return the headings in their order."""
        return tuple(section.heading for section in self.sections if section.heading)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One block of a document in the order of reading."""

    line: int
    heading: int = 0
    text: str = ""
    code: str = ""
    fence: Fence | None = None
    spans: tuple[Span, ...] = ()
    links: tuple[Span, ...] = ()


def parse_document(path: str, data: bytes) -> Document:
    """Return a parsed document.

    Raises ReportError naming the file when it is too large, is no UTF-8 or is nested too deeply.
    """
    from markdown_it import MarkdownIt

    if len(data) > SIZE_LIMIT:
        msg = f"{path}: {len(data)} bytes are more than the {SIZE_LIMIT} of a document that is scored"
        raise ReportError(msg)
    try:
        source = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
        tokens = MarkdownIt("commonmark").enable("table").parse(_without_front_matter(source))
    except (UnicodeDecodeError, RecursionError) as error:
        msg = f"{path}: cannot be read as Markdown in UTF-8: {error}"
        raise ReportError(msg) from error
    blocks = tuple(_blocks(tokens))
    return Document(
        path=path,
        source=source,
        sections=_sections(blocks),
        fences=tuple(block.fence for block in blocks if block.fence),
        spans=tuple(span for block in blocks for span in block.spans),
        links=tuple(link for block in blocks for link in block.links),
        code="\n".join(code for block in blocks for code in (*(span.text for span in block.spans), block.code) if code),
        prose="\n".join(block.text for block in blocks if block.text),
        text="\n".join(block.text + block.code for block in blocks if block.text or block.code),
    )


def _without_front_matter(source: str) -> str:
    """Return the source with blank lines in place of YAML front matter, so that lines keep their numbers."""
    found = _FRONT_MATTER.match(source)
    return "\n" * found.group().count("\n") + source[found.end() :] if found else source


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    """Yield the blocks of a token stream."""
    heading = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "heading_open":
                heading = int(token.tag[1:])
            case "inline":
                yield _inline(token.children or [], line, heading)
                heading = 0
            case "fence":
                language = token.info.split()[0].strip("{}.").lower() if token.info.split() else ""
                fence = Fence(language=language, content=token.content, line=line)
                yield _Block(line=line, code=token.content, fence=fence)
            case "code_block":
                yield _Block(line=line, code=token.content)
            case "html_block":
                yield from _html(token.content, line)


def _inline(children: Sequence[Token], line: int, heading: int) -> _Block:
    """Return the block of a paragraph, heading or cell."""
    text: list[str] = []
    spans, links = [], []
    for child in children:
        match child.type:
            case "text" | "image":
                text.append(child.content)
            case "code_inline":
                text.append(child.content)
                spans.append(Span(text=child.content, line=line))
            case "softbreak" | "hardbreak":
                text.append("\n")
                line += 1
            case "link_open":
                links.append(Span(text=str(child.attrs.get("href", "")), line=line))
    return _Block(
        line=line - text.count("\n"), heading=heading, text="".join(text), spans=tuple(spans), links=tuple(links)
    )


def _html(content: str, line: int) -> Iterator[_Block]:
    """Yield the headings in a block of HTML, or the block itself when it has none."""
    found = tuple(_HTML_HEADING.finditer(content))
    for match in found:
        place = line + content.count("\n", 0, match.start())
        yield _Block(line=place, heading=int(match.group(1)), text=_TAG.sub("", match.group(2)).strip())
    if not found:
        yield _Block(line=line, text=_TAG.sub("", content).strip())


def _sections(blocks: Sequence[_Block]) -> tuple[Section, ...]:
    """Return the sections: what stands before the first heading, if anything does, and one for each heading."""
    sections: list[Section] = []
    for block in blocks:
        if block.heading:
            heading = Heading(level=block.heading, text=block.text.strip(), line=block.line)
            sections.append(Section(heading=heading))
            continue
        last = sections.pop() if sections else Section(heading=None)
        words = len(_WORD.findall(block.text))
        sections.append(replace(last, blocks=last.blocks + 1, words=last.words + words))
    return tuple(sections)
