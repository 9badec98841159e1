"""Which names of some packages a Python file takes, told from its text: ten times faster than parsing every test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_ALIAS: Final = re.compile(r"^[ \t]*import[ \t]+([A-Za-z_]\w*)[\w.]{0,200}[ \t]+as[ \t]+(\w+)", re.MULTILINE)
_FROM: Final = re.compile(
    r"^[ \t>.]*from[ \t]+([A-Za-z_]\w*)[\w.]{0,200}[ \t]+import[ \t]+(?:\(([^()]{0,2000})\)|([^\n(]{0,2000}))",
    re.MULTILINE,
)
_IMPORT_LINE: Final = re.compile(r"^[ \t>.]*(?:from|import)[ \t][^\n]*", re.MULTILINE)
_ATTRIBUTE: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
_IMPORTED: Final = re.compile(r"(?:^|,)\s*([A-Za-z_]\w*)")
_COMMENT: Final = re.compile(r"#[^\n]*")


def names_taken(text: str, packages: Iterable[str]) -> frozenset[str]:
    """Return the names that a file imports from the packages, or looks up on them, whatever they are imported as."""
    own = frozenset(packages)
    if not any(package in text for package in own):
        return frozenset()
    return frozenset((*_imported(text, own), *_looked_up(text, own)))


def _imported(text: str, own: frozenset[str]) -> Iterator[str]:
    """Yield the names after `from package import`."""
    for match in _FROM.finditer(text):
        if match.group(1) in own:
            yield from _IMPORTED.findall(_COMMENT.sub("", match.group(2) or match.group(3) or ""))


def _looked_up(text: str, own: frozenset[str]) -> Iterator[str]:
    """Yield the names after `package.`, and after the names that packages are imported as."""
    aliases = {alias for package, alias in _ALIAS.findall(text) if package in own}
    modules = own | aliases
    yield from (name for module, name in _ATTRIBUTE.findall(_IMPORT_LINE.sub("", text)) if module in modules)
