"""Documents to score: real ones with the vocabulary of their projects, and ways to damage them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ratchetry.collect.score.document import Document, parse_document
from ratchetry.collect.score.measure import Measure, Outcome
from ratchetry.collect.score.vocabulary import Vocabulary
from tests.unit.collect.contexts import MemoryTree

DATA = Path(__file__).parents[3] / "data" / "readmes"
PROJECTS = ("attrs-26.1.0", "click-8.5.1", "humanize-4.17.0", "itsdangerous-2.2.0", "rich-15.0.0")
"""Their READMEs, and the names in their sources, as vocabulary() reads them from the source distributions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """The README of a real project."""

    source: str
    words: Vocabulary
    tree: MemoryTree


def real(project: str) -> Real:
    """Return the README of a project with what its repository holds."""
    known = json.loads((DATA / project / "vocabulary.json").read_text())
    words = Vocabulary(
        packages=tuple(known["packages"]),
        commands=tuple(known["commands"]),
        ranked=tuple(known["ranked"]),
        known=frozenset(known["known"]) | frozenset(known["ranked"]),
        options=frozenset(known["options"]),
        foreign=frozenset(known["foreign"]),
    )
    tree = MemoryTree(dict.fromkeys(known["files"], ""))
    return Real(source=(DATA / project / "readme.txt").read_text(encoding="utf-8"), words=words, tree=tree)


def document(source: str, path: str = "README.md") -> Document:
    """Return a parsed document."""
    return parse_document(path, source.encode())


def value(outcome: Outcome) -> float:
    """Return the value of a measure that must have one."""
    assert isinstance(outcome, Measure), outcome
    assert 0 <= outcome.value <= 1
    return outcome.value


def rules(outcome: Outcome) -> list[str]:
    """Return the rules of the advice that a measure gives."""
    assert isinstance(outcome, Measure), outcome
    return [advice.rule for advice in outcome.advice]


def _outside_fences(source: str, pattern: str, replacement: str) -> str:
    """Return a document with a replacement in the lines outside of its code blocks."""
    parts = re.split(r"(^```.*?^```$)", source, flags=re.MULTILINE | re.DOTALL)
    return "".join(
        part if index % 2 else re.sub(pattern, replacement, part, flags=re.MULTILINE)
        for index, part in enumerate(parts)
    )


def with_jumbled_headings(source: str) -> str:
    """Return a document with its headings of level 2 pushed down to level 4."""
    return _outside_fences(source, r"^## ", "#### ")


def with_several_titles(source: str) -> str:
    """Return a document with its headings of level 2 made titles."""
    return _outside_fences(source, r"^## ", "# ")


def without_text(source: str) -> str:
    """Return a document of which only the headings are left."""
    lines = _outside_fences(source, r"^[^#\n].*$", "")
    return re.sub(r"^```.*?^```$", "", lines, flags=re.MULTILINE | re.DOTALL)


def with_bare_fences(source: str) -> str:
    """Return a document whose code blocks do not name their language."""
    return re.sub(r"^```\w+", "```", source, flags=re.MULTILINE)


def without_headings(source: str) -> str:
    """Return a document as one section."""
    return _outside_fences(source, r"^#+ .*$", "")


def said_twice(source: str) -> str:
    """Return a document that says everything twice."""
    return f"{source}\n\n{source}"


def with_badges(source: str) -> str:
    """Return a document behind a wall of badges."""
    badges = (f"[![b](https://img.example.org/badge/{n}.svg)](https://ci.example.org/{n})" for n in range(40))
    return "\n".join(badges) + f"\n\n{source}"


def with_other_names(source: str, words: Vocabulary) -> str:
    """Return a document in which the project's public names are spelled backwards."""
    names = sorted((name for name in words.ranked if len(name) > 2), key=len, reverse=True)
    return re.sub(rf"\b({'|'.join(map(re.escape, names))})\b", lambda match: f"{match.group()[::-1]}_x", source)


def with_open_brackets(source: str) -> str:
    """Return a document whose code blocks all end in an open bracket and an open quote."""
    return re.sub(r"(^```\w+\n.*?)(^```$)", r"\1>>> f(['\n\2", source, flags=re.MULTILINE | re.DOTALL)
