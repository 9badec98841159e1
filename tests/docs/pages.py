"""The documentation as tests see it: its pages, their code, and the commands of ratchetry in that code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from ratchetry.adapters.tree import WorkingTree
from ratchetry.collect.score.document import Document, Fence, parse_document

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = (
    "README.md",
    "docs/attribution.md",
    "docs/bandit.md",
    "docs/badges.md",
    "docs/ci-steps.md",
    "docs/comment.md",
    "docs/comparing.md",
    "docs/dashboard.md",
    "docs/detection.md",
    "docs/experiments.md",
    "docs/exports.md",
    "docs/github.md",
    "docs/flaky.md",
    "docs/gallery.md",
    "docs/fleet.md",
    "docs/backfill.md",
    "docs/guide.md",
    "docs/history.md",
    "docs/importing.md",
    "docs/learning.md",
    "docs/measuring.md",
    "docs/performance.md",
    "docs/querying.md",
    "docs/ratchet.md",
    "docs/record.md",
    "docs/regressions.md",
    "docs/rewards.md",
    "docs/score.md",
    "docs/security.md",
    "docs/sharing.md",
    "docs/suggestions.md",
    "docs/trends.md",
    "docs/trust.md",
)
"""The pages that people write; those in docs/reference are generated."""

_SHELL: Final = frozenset({"bash", "sh", "console"})
_STEP: Final = re.compile(r"\s*(?:- )?run: (?P<line>.+)")
_ENDS: Final = frozenset({">", ">>", "|", "&&", ";"})


@cache
def tree() -> WorkingTree:
    """Return the checkout."""
    return WorkingTree(str(ROOT), str(ROOT / ".ratchetry"))


@cache
def document(path: str) -> Document:
    """Return a page, parsed."""
    return parse_document(path, (ROOT / path).read_bytes())


def fences() -> Iterator[tuple[str, Fence]]:
    """Yield every code block that people wrote, with its page."""
    return ((path, fence) for path in WRITTEN for fence in document(path).fences)


def spans() -> Iterator[tuple[str, str]]:
    """Yield every piece of inline code that people wrote, with its page."""
    return ((path, span.text) for path in WRITTEN for span in document(path).spans)


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield the arguments of every call of ratchetry in a code block, with where it stands."""
    for path, fence in fences():
        for number, line in enumerate(_lines(fence), start=fence.line + 1):
            words = shlex.split(line, comments=True) if line else []
            if words and words[0].rpartition("/")[2] == "ratchetry":
                end = next((index for index, word in enumerate(words) if word in _ENDS), len(words))
                yield f"{path}:{number}", words[1:end]


def _lines(fence: Fence) -> Iterator[str]:
    """Yield what a shell would get of each line of a code block, nothing for the other lines."""
    for line in fence.content.splitlines():
        step = _STEP.fullmatch(line)
        if fence.language == "console":
            yield line[2:] if line.startswith("$ ") else ""
        elif fence.language in _SHELL:
            yield line
        else:
            yield step["line"] if fence.language == "yaml" and step else ""


def table(path: str, *head: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the first table of a page whose first columns are called like that."""
    rows: list[tuple[str, ...]] = []
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        if not line.startswith("|"):
            if rows:
                break
        elif rows or cells[: len(head)] == head:
            rows.append(cells)
    assert len(rows) > 2, f"{path} has no table of {head}"
    return tuple(rows[2:])
