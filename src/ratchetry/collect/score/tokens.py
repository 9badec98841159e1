"""Counting tokens without a network or a model."""

from __future__ import annotations

import re
from typing import Final

_PIECE: Final = re.compile(r"'(?:[sdmt]|ll|ve|re)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def tokens(text: str) -> tuple[str, ...]:
    """Return the pieces of a text that are more than white space, in lower case.

    They are the pre-tokens of GPT-2 (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019;
    its pattern: https://github.com/openai/gpt-2/blob/master/src/encoder.py).  Byte-pair merges never cross their
    borders, so their number is a lower bound of the tokens of every tokenizer of that family.
    """
    return tuple(piece for match in _PIECE.finditer(text) if (piece := match.group().strip().lower()))
