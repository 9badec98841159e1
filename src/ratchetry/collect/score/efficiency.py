"""How much of what a document costs in tokens is worth reading: the share of content times the share said once.

- content: tokens of the text and code that a reader reads, over tokens of the source; the rest is markup, HTML,
  addresses of links and badges;
- said once: the share of those tokens outside of repeated passages.  A passage is repeated where eight tokens in a
  row have stood before: the share of text in duplicate n-grams of Rae et al., "Scaling Language Models: Methods,
  Analysis & Insights from Training Gopher", 2021, table A1 (https://arxiv.org/abs/2112.11446).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ratchetry.collect.score.document import Document
from ratchetry.collect.score.measure import Advice, LeftOut, Measure, Outcome
from ratchetry.collect.score.tokens import tokens

PASSAGE: Final = 8
FEWEST: Final = 20
"""Below so many tokens there is nothing to tell."""
_LITTLE_CONTENT: Final = 0.5
_MUCH_REPEATED: Final = 0.02
_EXCERPT: Final = 12


def efficiency(document: Document) -> Outcome:
    """Return the share of a document's tokens that carry content said once."""
    paid, read = tokens(document.source), tokens(document.text)
    if len(read) < FEWEST:
        return LeftOut(reason=f"{document.path} has {len(read)} tokens of text, fewer than {FEWEST}")
    content = min(1.0, len(read) / len(paid))
    again = repeated(read)
    said_once = 1 - len(again) / len(read)
    return Measure(value=content * said_once, n=len(paid), advice=_advice(read, len(paid), again))


def repeated(pieces: Sequence[str], length: int = PASSAGE) -> tuple[int, ...]:
    """Return the places of the tokens inside passages of `length` tokens that have stood before, in order."""
    seen: set[tuple[str, ...]] = set()
    places: set[int] = set()
    for start in range(len(pieces) - length + 1):
        passage = tuple(pieces[start : start + length])
        if passage in seen:
            places.update(range(start, start + length))
        seen.add(passage)
    return tuple(sorted(places))


def _advice(read: Sequence[str], paid: int, again: Sequence[int]) -> tuple[Advice, ...]:
    """Return what to cut: repeated passages, naming the first, and markup that outweighs the text."""
    advice = []
    if len(again) > _MUCH_REPEATED * len(read):
        excerpt = " ".join(read[again[0] : again[0] + _EXCERPT])[:120]
        message = f"{len(again)} of {len(read)} tokens repeat earlier passages, the first at {excerpt!r}: say it once"
        advice.append(Advice(rule="repeated-text", message=message))
    if len(read) < _LITTLE_CONTENT * paid:
        message = f"{paid - len(read)} of {paid} tokens are markup and addresses: cut badges, HTML and long links"
        advice.append(Advice(rule="little-content", message=message))
    return tuple(advice)
