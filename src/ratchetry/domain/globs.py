"""Globs over repository paths: relative to the root, with /, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Tell whether a path, or a directory that it is in, matches one of the patterns.

    A pattern starts at the root of the repository.  `*` and `?` stay within one name, `**` spans directories,
    `[…]` is one of several characters.
    """
    return any(_compiled(pattern).match(path) is not None for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern, ending at the end of a name."""
    names = [name for name in pattern.strip().removeprefix("./").split("/") if name]
    parts: list[str] = []
    for index, name in enumerate(names):
        last = index == len(names) - 1
        if name != "**":
            parts.append(_name(name) + ("" if last else "/"))
        elif not parts or parts[-1] not in _SPANS:
            parts.append(".+" if last else "(?:[^/]+/)*")
    return re.compile("".join(parts) + r"(?=/|\Z)" if parts else r"(?!)", re.DOTALL)


_SPANS = (".+", "(?:[^/]+/)*")


def _name(name: str) -> str:
    """Return the regular expression of one name of a pattern."""
    return "".join(_token(token) for token in re.findall(r"\[!?\]?[^\]/]*\]|\*+|.", name, re.DOTALL))


def _token(token: str) -> str:
    """Return the regular expression of one token of a name."""
    if token[0] == "*":
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if len(token) > 2 and token[0] == "[":
        negated = token[1] == "!"
        members = token[2 if negated else 1 : -1]
        escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", members)
        return f"[{'^/' if negated else ''}{escaped}]"
    return re.escape(token)
