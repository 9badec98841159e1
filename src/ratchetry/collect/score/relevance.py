"""How well a document covers the project it speaks of: an F-measure of what it says and of what there is to say.

- precision: the share of the checkable things it mentions (see `mentions`) that exist;
- recall: how much of what matters it names, against a document that names the project's commands (five at most) and
  its ten most important public names (see `vocabulary`).  A command gains 1, the name of rank r gains
  1 / log2(r + 1), so that naming what is used most counts most, and other names count a little (the discount of
  Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002,
  https://doi.org/10.1145/582415.582418).

They are combined as F with beta 0.5, which weighs precision higher (van Rijsbergen, "Information Retrieval", 1979,
chapter 7): a wrong name misleads every reader, while no document must name everything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from ratchetry.collect.score.document import Document
from ratchetry.collect.score.measure import Advice, LeftOut, Measure, Outcome
from ratchetry.collect.score.mentions import Mention, mentions
from ratchetry.collect.score.vocabulary import Vocabulary
from ratchetry.ports import SourceTree

NAMES: Final = 10
COMMANDS: Final = 5
BETA: Final = 0.5
_ADVICE_LIMIT: Final = 30
_WORD: Final = re.compile(r"\w+(?:-\w+)*")
_SHORT: Final = re.compile(r"\.(\w{1,2})\b")


def semantic_relevance(document: Document, words: Vocabulary, tree: SourceTree) -> Outcome:
    """Return the F-measure of a document."""
    said = mentions(document, words, tree)
    wanted = tuple(dict.fromkeys((*words.commands[:COMMANDS], *words.ranked[:NAMES])))
    if not said and not wanted:
        return LeftOut(reason=f"the project has no public names or commands, and {document.path} mentions no files")
    named = _named(words, document)
    wrong = tuple(mention for mention in said if not mention.exists)
    counted = {mention.text.rpartition(".")[2] for mention in said if mention.exists}
    checked = len(said) + len(named - counted)
    precision = 1 - len(wrong) / checked if checked else 0.0
    most = gain(wanted, words)
    recall = min(1.0, gain(named, words) / most) if wanted else precision
    missing = tuple(name for name in wanted if name not in named)
    return Measure(
        value=f_measure(precision, recall), n=checked + len(wanted), advice=(*_missing(missing), *_wrong(wrong))
    )


def gain(names: Iterable[str], words: Vocabulary) -> float:
    """Return what it is worth to name some of a project's commands and public names."""
    ranks = {name: rank for rank, name in enumerate(words.ranked, start=1)}
    commands = frozenset(words.commands[:COMMANDS])
    return math.fsum(1.0 if name in commands else 1 / math.log2(ranks[name] + 1) for name in names)


def f_measure(precision: float, recall: float, beta: float = BETA) -> float:
    """Return the weighted harmonic mean of precision and recall, 0 when both are."""
    weight = beta * beta
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below > 0 else 0.0


def _named(words: Vocabulary, document: Document) -> frozenset[str]:
    """Return the commands and public names that a document names.

    They must stand in its code, or in its prose if no one takes them for a plain word; names of one or two letters
    must follow a dot.
    """
    in_code, in_prose = frozenset(_WORD.findall(document.code)), frozenset(_WORD.findall(document.prose))
    short = frozenset(_SHORT.findall(document.code))
    return frozenset(
        name
        for name in (*words.commands[:COMMANDS], *words.ranked)
        if (name in in_code if len(name) > 2 else name in short) or (_is_distinctive(name) and name in in_prose)
    )


def _is_distinctive(name: str) -> bool:
    """Tell whether a name is no plain word: it has an underscore, a hyphen, or a capital or digit inside."""
    return (len(name) > 2 and not name.isalpha()) or not (name.islower() or name.istitle() or name.isupper())


def _missing(names: Sequence[str]) -> tuple[Advice, ...]:
    """Return the advice to name what is missing."""
    listed = ", ".join(name[:80] for name in names[:_ADVICE_LIMIT])
    return (Advice(rule="missing-names", message=f"does not name: {listed}"),) if names else ()


def _wrong(said: Sequence[Mention]) -> tuple[Advice, ...]:
    """Return the advice to mend each thing that does not exist."""
    what = {"path": "dead-path", "name": "unknown-name", "option": "unknown-option", "command": "unknown-command"}
    return tuple(
        Advice(rule=what[row.kind], message=f"{row.text[:200]!r} does not exist in this project", line=row.line)
        for row in said[:_ADVICE_LIMIT]
    )
