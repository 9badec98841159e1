"""Who owns a file, as CODEOWNERS says it: of the rules that match, the last one counts.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.globs import matches

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file is looked for; the first that is there counts."""
MOST_RULES: Final = 10_000
MOST_BYTES: Final = 3_000_000
"""GitHub takes no larger file."""
_LONGEST: Final = 1000
_PATTERN: Final = re.compile(r"(?:\\.|[^\s\\])+")
_LOGIN: Final = re.compile(r"@([A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?(?:_[A-Za-z0-9]{1,20})?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule:
    """A pattern, and the logins that own what it matches; teams and addresses are none that can be assigned."""

    pattern: str
    logins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOwners:
    """The rules of a file, in its order."""

    rules: tuple[OwnerRule, ...] = ()

    def owners(self, path: str) -> tuple[str, ...]:
        """Return the logins that own a file, none where the last rule that matches names none."""
        return next((rule.logins for rule in reversed(self.rules) if _owns(rule.pattern, path)), ())


def parse_codeowners(data: bytes) -> CodeOwners:
    """Return the rules of a file; lines that are none, as GitHub has it, are skipped, and so is a file too large."""
    if len(data) > MOST_BYTES:
        return CodeOwners()
    lines = data.decode("utf-8", "replace").splitlines()[:MOST_RULES]
    return CodeOwners(rules=tuple(rule for line in lines for rule in _rule(line)))


def _rule(line: str) -> Iterator[OwnerRule]:
    """Yield the rule of a line, if it is one."""
    text = line.strip()
    found = _PATTERN.match(text)
    if found is None or text.startswith(("#", "!")) or len(text) > _LONGEST:
        return
    pattern = re.sub(r"\\(.)", r"\1", found[0])
    if "[" in pattern or "]" in pattern:
        return  # GitHub knows no ranges
    words = text[found.end() :].partition("#")[0].split()
    logins = (login[1] for word in words if (login := _LOGIN.fullmatch(word)))
    yield OwnerRule(pattern=pattern, logins=tuple(dict.fromkeys(logins)))


def _owns(pattern: str, path: str) -> bool:
    """Tell whether a pattern matches a file: like in .gitignore, but `docs/*` takes nothing of deeper directories."""
    inner = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in inner
    if not inner:
        return False
    parts = [part for part in inner.split("/") if part]
    if anchored and parts[-1] == "*" and "**" not in parts and not pattern.endswith("/"):
        return len(path.split("/")) == len(parts) and matches(path, ("/".join(parts),))
    glob = "/".join((*(() if anchored else ("**",)), *parts, *(("*",) if pattern.endswith("/") else ())))
    return matches(path, (glob,))
