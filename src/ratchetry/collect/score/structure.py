"""How well a document is built: a checklist of seven checks, each a share from 0 to 1, and their mean.

The checks follow markdownlint's rules (https://github.com/DavidAnson/markdownlint/blob/main/doc/Rules.md):

- title: one heading of level 1, and it is the first heading (MD025, MD041); 1/n for n titles, half of that if other
  headings come before them;
- levels: headings go down one level at a time (MD001), the first of them to level 2 at most;
- sections: there is text under every heading, or deeper headings;
- headings: no two headings with the same text under one parent (MD024, siblings only);
- names: headings say something (MD042's idea for headings);
- length: the share of words in sections of at most 500 words, so that readers find their place;
- fences: code blocks name their language (MD040); without code blocks this check does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from ratchetry.collect.score.document import Document, Heading, Section
from ratchetry.collect.score.measure import Advice, LeftOut, Measure, Outcome

LONGEST_SECTION: Final = 500


def structure(document: Document) -> Outcome:
    """Return the mean of the checks that apply to a document."""
    if not document.text.strip():
        return LeftOut(reason=f"{document.path} holds no text")
    results = [result for check in _CHECKS if (result := check(document)) is not None]
    return Measure(
        value=sum(result.value for result in results) / len(results),
        n=len(results),
        advice=tuple(advice for result in results for advice in result.advice),
    )


def _title(document: Document) -> Measure:
    """Return 1 when there is one title and it comes first, less the more titles there are, 0 without one."""
    titles = [heading for heading in document.headings if heading.level == 1]
    if not titles:
        return Measure(
            value=0.0, advice=(Advice(rule="no-title", message="no heading of level 1: begin with a title", line=1),)
        )
    comes_first = document.headings[0] is titles[0]
    advice = []
    if len(titles) > 1:
        message = f"{len(titles)} headings of level 1: keep one as the title"
        advice.append(Advice(rule="several-titles", message=message, line=titles[1].line))
    if not comes_first:
        message = f"the title {titles[0].text[:80]!r} comes after other headings"
        advice.append(Advice(rule="title-not-first", message=message, line=titles[0].line))
    return Measure(value=(1.0 if comes_first else 0.5) / len(titles), advice=tuple(advice))


def _levels(document: Document) -> Measure | None:
    """Return the share of headings that leave no level out; None without headings."""
    start = Heading(level=1, text="", line=0)
    steps = tuple(pairwise((start, *document.headings)))
    jumps = tuple((above, below) for above, below in steps if below.level > above.level + 1)
    advice = tuple(
        Advice(
            rule="heading-jump",
            message=f"{below.text[:80]!r} is of level {below.level}: here, use level {above.level + 1} at most",
            line=below.line,
        )
        for above, below in jumps
    )
    return Measure(value=1 - len(jumps) / len(steps), advice=advice) if steps else None


def _filled(document: Document) -> Measure | None:
    """Return the share of headings with content or deeper headings below; None without headings."""
    empty = tuple(_empty(document.sections))
    advice = tuple(
        Advice(rule="empty-section", message=f"nothing stands under {heading.text[:80]!r}", line=heading.line)
        for heading in empty
    )
    count = len(document.headings)
    return Measure(value=1 - len(empty) / count, advice=advice) if count else None


def _empty(sections: Sequence[Section]) -> Iterator[Heading]:
    """Yield the headings with neither content nor deeper headings."""
    for section, following in zip(sections, (*sections[1:], None), strict=True):
        deeper = following and following.heading and section.heading and following.heading.level > section.heading.level
        if section.heading and not section.blocks and not deeper:
            yield section.heading


def _distinct(document: Document) -> Measure | None:
    """Return the share of headings that no earlier sibling is called like; None without headings."""
    seen: set[tuple[str, ...]] = set()
    path: list[Heading] = []
    twins: list[Heading] = []
    for heading in document.headings:
        path = [*(above for above in path if above.level < heading.level), heading]
        name = tuple(part.text.casefold() for part in path)
        twins += [heading] if name in seen else []
        seen.add(name)
    advice = tuple(
        Advice(rule="same-heading", message=f"a sibling is called {twin.text[:80]!r} as well", line=twin.line)
        for twin in twins
    )
    count = len(document.headings)
    return Measure(value=1 - len(twins) / count, advice=advice) if count else None


def _named(document: Document) -> Measure | None:
    """Return the share of headings with a word in them; None without headings."""
    blank = tuple(heading for heading in document.headings if not any(sign.isalnum() for sign in heading.text))
    advice = tuple(Advice(rule="empty-heading", message="a heading without words", line=row.line) for row in blank)
    count = len(document.headings)
    return Measure(value=1 - len(blank) / count, advice=advice) if count else None


def _length(document: Document) -> Measure | None:
    """Return the share of words that stand in sections of readable length; None without words."""
    words = sum(section.words for section in document.sections)
    long = tuple(section for section in document.sections if section.words > LONGEST_SECTION)
    advice = tuple(
        Advice(
            rule="long-section",
            message=f"{section.words} words without a heading: divide at about {LONGEST_SECTION}",
            line=section.heading.line if section.heading else 1,
        )
        for section in long
    )
    return Measure(value=1 - sum(section.words for section in long) / words, advice=advice) if words else None


def _labeled(document: Document) -> Measure | None:
    """Return the share of fenced code blocks that name their language; None without any."""
    bare = tuple(fence for fence in document.fences if not fence.language)
    advice = tuple(
        Advice(rule="unlabeled-fence", message="a code block does not name its language", line=fence.line)
        for fence in bare
    )
    count = len(document.fences)
    return Measure(value=1 - len(bare) / count, advice=advice) if count else None


_CHECKS: Final[tuple[Callable[[Document], Measure | None], ...]] = (
    _title,
    _levels,
    _filled,
    _distinct,
    _named,
    _length,
    _labeled,
)
