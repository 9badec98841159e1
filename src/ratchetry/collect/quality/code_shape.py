"""The shape of source code: how long its files and functions are, and how often its checks are silenced."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Final

from ratchetry.collect.quality.source_lines import TOKEN, count_source_lines, normalized
from ratchetry.errors import ReportError

_SUPPRESSION: Final = re.compile(
    rb"#\s*(?:(?:ruff|flake8):\s*)?(?:noqa|nosec|pragma:\s*no\s*cover"
    rb"|(?:type|pyright|mypy|ty|pyrefly):\s*ignore|pylint:\s*disable)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Source lines, lines of the longest function (0 without any) and suppressions of one file."""

    lines: int
    longest_function: int
    suppressions: int


def shape_of(source: bytes, path: str) -> Shape:
    """Return the shape of a Python file; raises ReportError naming it when it cannot be parsed."""
    text = normalized(source)
    return Shape(
        lines=count_source_lines(source),
        longest_function=_longest_function(source, path),
        suppressions=_suppressions(text) if b"#" in text else 0,
    )


def _longest_function(source: bytes, path: str) -> int:
    """Return the lines of the longest function, its decorators left out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the linter's to report
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = f"{path}: cannot be parsed: {error}"
        raise ReportError(msg) from error
    lengths = (
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return max(lengths, default=0)


def _suppressions(text: bytes) -> int:
    """Return how many comments silence a linter, type checker, scanner or the coverage."""
    return sum(1 for token in TOKEN.finditer(text) if _SUPPRESSION.search(token[0]) and token[0].lstrip()[:1] == b"#")
