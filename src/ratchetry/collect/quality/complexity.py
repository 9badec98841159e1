"""Cyclomatic complexity per function, from ruff's C901 with its bound at 0.

T. J. McCabe, "A Complexity Measure", IEEE Transactions on Software Engineering SE-2(4), 1976.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ratchetry.collect.quality.ruff_report import Diagnostic
from ratchetry.errors import ReportError

RULE: Final = "C901"
_MESSAGE: Final = re.compile(r"`(?P<name>[^`]*)` is too complex \((?P<paths>\d{1,9}) > \d{1,9}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionComplexity:
    """One function and the number of independent paths through it."""

    path: str
    line: int
    name: str
    paths: int


def functions(diagnostics: Iterable[Diagnostic]) -> tuple[FunctionComplexity, ...]:
    """Return the complexity of every function that ruff reports.

    Raises ReportError for a file that ruff could not parse, whose functions are therefore missing, and for a
    message that says no complexity.
    """
    return tuple(_function(diagnostic) for diagnostic in diagnostics)


def _function(diagnostic: Diagnostic) -> FunctionComplexity:
    """Return the function that a diagnostic speaks of.

    Raises ReportError when it speaks of something else.
    """
    where = f"{diagnostic.path}:{diagnostic.line}"
    if diagnostic.rule != RULE:
        msg = f"the functions of {where} cannot be counted: {diagnostic.message}"
        raise ReportError(msg)
    match = _MESSAGE.fullmatch(diagnostic.message)
    if match is None:
        msg = f"ruff's message about {where} tells no complexity: {diagnostic.message[:200]!r}"
        raise ReportError(msg)
    return FunctionComplexity(path=diagnostic.path, line=diagnostic.line, name=match["name"], paths=int(match["paths"]))
