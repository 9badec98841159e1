"""Modules as paths name them: what belongs together, as far as the names of files tell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

DEPTH: Final = 3
"""Parts of a dotted name that make a module: what lies deeper is one with it."""
_ROOTS: Final = frozenset({"src", "lib", "python"})
_TEXTS: Final = frozenset({".md", ".rst", ".adoc", ".png", ".svg", ".jpg", ".gif", ".ico", ".bib"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COMMON: Final = frozenset({"test", "tests", "unit", "py", "src", "init", "core", "benchmark", "bench", "utils"})
_IMPORT: Final = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import\b|import[ \t]+([\w.]{1,200}))", re.MULTILINE
)


@lru_cache(maxsize=65_536)
def module_of(path: str) -> str:
    """Return the module that a file belongs to.

    Of Python files the first three parts of the dotted name, without a directory such as src before it; of others the
    directory, at most two deep, or the file's own name at the top.
    """
    place = PurePosixPath(path)
    if place.suffix in {".py", ".pyi"}:
        return ".".join(dotted(path).split(".")[:DEPTH]) or path
    return "/".join(place.parts[:-1][: DEPTH - 1]) or path


def dotted(path: str) -> str:
    """Return the dotted name under which a Python file is imported, as far as its path tells."""
    place = PurePosixPath(path)
    parts = [*place.parts[:-1], place.stem]
    if len(parts) > 1 and parts[0] in _ROOTS:
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def is_text(path: str) -> bool:
    """Tell whether a file is only read by people, as far as its name tells."""
    return PurePosixPath(path).suffix.lower() in _TEXTS


def is_test(path: str) -> bool:
    """Tell whether a file holds tests, as far as its name tells; conftest.py, which many share, does not."""
    place = PurePosixPath(path)
    return place.suffix == ".py" and (place.stem.startswith("test_") or place.stem.endswith("_test"))


def imported(source: bytes) -> frozenset[str]:
    """Return the dotted names that a Python file imports from, as far as its lines tell; it is never parsed."""
    return frozenset((first or second).decode() for first, second in _IMPORT.findall(source))


def affinity(path: str, target: str, imports: frozenset[str] = frozenset()) -> float:
    """Return how much the name of a file speaks for its having to do with a test, benchmark or metric: 0 to 1.

    All of it when it is the test's own file, or one that the test imports from; else by the words that both names
    have: those of the file's own name count twice as much as those of its directories.
    """
    if path == target.partition("::")[0]:
        return 1.0
    name = dotted(path)
    if name in imports or any(known.startswith(f"{name}.") for known in imports):
        return 1.0
    wanted = words(target)
    place = PurePosixPath(path)
    own, above = words(place.stem), words("/".join(place.parts[:-1]))
    return (2.0 * _share(own, wanted) + _share(above, wanted)) / 3.0


def words(name: str) -> frozenset[str]:
    """Return the words of a name in lower case, those that say nothing left out."""
    return frozenset(word.lower() for word in _WORD.findall(name)) - _COMMON


def _share(words_of_file: frozenset[str], wanted: frozenset[str]) -> float:
    """Return which share of the words of a file's name another name has."""
    return len(words_of_file & wanted) / len(words_of_file) if words_of_file else 0.0
