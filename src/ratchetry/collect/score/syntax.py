"""How much of a project and of a document's code parses: the mean of two shares, each where it was measured.

- files: Python, TOML, YAML and JSON files of the project in which the validate and quality stages of this run found
  no syntax error.  Only files of the stages that were measured count;
- blocks: fenced code blocks of the document in Python, JSON, TOML, YAML or shell that parse (of shell, only that
  quotes are closed).

The mean of the shares, not the share of the pool: a document has few blocks where a project has many files, and
would not count beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ratchetry.collect.score.code_blocks import problem_of
from ratchetry.collect.score.document import Document
from ratchetry.collect.score.measure import Advice, LeftOut, Measure, Outcome
from ratchetry.domain.project import Project
from ratchetry.domain.record import Fragment

_BROKEN: Final = re.compile(r"unparsable-.+|unparseable-.+|invalid-syntax|syntax-error|syntax|E999")
_PARSED_BY: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "validate": ("validate.errors", (".toml", ".yaml", ".yml", ".json")),
    "quality": ("lint.findings", (".py", ".pyi")),
}
"""The metric that shows that a stage looked, and the files it parses."""


def syntactic_correctness(document: Document, project: Project, earlier: Fragment) -> Outcome:
    """Return the mean of the shares of files and of blocks that parse."""
    parts = tuple(part for part in (_files(project, earlier), _blocks(document)) if part.n)
    if not parts:
        reason = "neither the validate nor the quality stage was measured, and no code block of a known language"
        return LeftOut(reason=f"{reason} stands in {document.path}")
    return Measure(
        value=sum(part.value for part in parts) / len(parts),
        n=sum(part.n for part in parts),
        advice=tuple(advice for part in parts for advice in part.advice),
    )


def _files(project: Project, earlier: Fragment) -> Measure:
    """Return the share of files in which this run found no syntax error; `n` is 0 when no stage looked."""
    endings = tuple(ending for metric, parsed in _PARSED_BY.values() if metric in earlier.metrics for ending in parsed)
    files = frozenset(path for path in project.files if path.endswith(endings)) if endings else frozenset()
    broken = files & {finding.path for finding in earlier.findings if _BROKEN.fullmatch(finding.rule)}
    return Measure(value=1 - len(broken) / len(files) if files else 0.0, n=len(files))


def _blocks(document: Document) -> Measure:
    """Return the share of code blocks that parse; `n` is 0 when there is none in a language that is checked."""
    problems = [(fence, problem_of(fence.language, fence.content)) for fence in document.fences]
    checked = [(fence, problem) for fence, problem in problems if problem is not None]
    broken = [(fence, problem) for fence, problem in checked if problem]
    advice = tuple(
        Advice(rule="unparsable-block", message=f"this {fence.language} does not parse: {problem}", line=fence.line)
        for fence, problem in broken
    )
    return Measure(value=1 - len(broken) / len(checked) if checked else 0.0, n=len(checked), advice=advice)
