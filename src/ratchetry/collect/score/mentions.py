"""What a document says about a project that can be checked: names, options, commands and paths, in its code.

Only code is read for this (inline code, fenced blocks) and links to files, because a word of prose is no claim.  A
piece of code counts as
- a path, when it ends like a file, ends in a slash, or begins with a directory of the repository;
- a name of the project, when it is imported from one of its packages, is an attribute of one, or is a lone name that
  the project knows, or that looks like code (an underscore, a capital inside, or a call) and is no name of the
  language, its library or a requirement;
- an option, when it is a lone --option and the project has options;
- a command, when the project installs it, or `python -m` is given one of its packages.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ratchetry.collect.score.definitions import module_of
from ratchetry.collect.score.document import Document, Fence
from ratchetry.collect.score.vocabulary import Vocabulary
from ratchetry.ports import SourceTree

_NAME: Final = re.compile(r"@?([A-Za-z_]\w{0,100}(?:\.[A-Za-z_]\w{0,100}){0,10})(\([^()]{0,200}\))?")
_OPTION: Final = re.compile(r"--[a-z][a-z0-9-]{1,60}(?=$|[= ])")
_PATH: Final = re.compile(r"(?:\./)?[\w.-]{1,100}(?:/[\w.-]{1,100}){0,20}/?")
_FILE: Final = re.compile(
    r"[\w-]\.(?:py|pyi|toml|cfg|ini|md|rst|txt|ya?ml|json|lock|sh|in|ipynb|html|csv|po|pot|svg|png)$"
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_RUN_MODULE: Final = re.compile(r"python3? -m ([A-Za-z_]\w{0,100})")
_INNER_CAPITAL: Final = re.compile(r"[a-z0-9][A-Z]")
_PYTHON: Final = frozenset({"python", "py", "python3", "pycon"})

Kind = Literal["path", "name", "option", "command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One checkable thing that a document says, where it first does, and whether it exists."""

    kind: Kind
    text: str
    line: int
    exists: bool


def mentions(document: Document, words: Vocabulary, tree: SourceTree) -> tuple[Mention, ...]:
    """Return what a document mentions, each thing once, in the order of its lines."""
    found = (
        *(mention for span in document.spans for mention in _in_span(span.text.strip(), span.line, words, tree)),
        *(mention for link in document.links for mention in _in_link(document.path, link.text, link.line, tree)),
        *(mention for fence in document.fences for mention in _in_fence(fence, words)),
    )
    first: dict[tuple[str, str], Mention] = {}
    for mention in sorted(found, key=lambda mention: mention.line):
        first.setdefault((mention.kind, mention.text), mention)
    return tuple(first.values())


def _in_span(text: str, line: int, words: Vocabulary, tree: SourceTree) -> Iterator[Mention]:
    """Yield what a piece of inline code says."""
    name = _NAME.fullmatch(text)
    if _is_path(text, tree) and not (name and _is_known(name.group(1), words)):
        yield Mention(kind="path", text=text, line=line, exists=tree.exists(posixpath.normpath(text)))
    elif name:
        yield from _names(name.group(1), line, words, is_call=name.group(2) is not None)
    elif option := _OPTION.match(text):
        if words.options:
            yield Mention(kind="option", text=option.group(), line=line, exists=option.group() in words.options)
    else:
        yield from _commands(text, line, words)


def _is_path(text: str, tree: SourceTree) -> bool:
    """Tell whether a piece of code names a file or directory of the repository, existing or not."""
    if not _PATH.fullmatch(text) or ".." in text.split("/"):
        return False
    first, slash, _ = text.removeprefix("./").partition("/")
    return bool(_FILE.search(text)) or (bool(slash) and (text.endswith("/") or tree.exists(first)))


def _names(dotted: str, line: int, words: Vocabulary, *, is_call: bool) -> Iterator[Mention]:
    """Yield what a name, such as `click.echo`, `Signer.sign()` or `dumps`, says."""
    first, *rest = dotted.split(".")
    if first in words.commands and not rest:
        yield Mention(kind="command", text=first, line=line, exists=True)
    elif first in words.packages:
        yield from (Mention(kind="name", text=dotted, line=line, exists=_is_known(dotted, words)) for _ in rest[:1])
    elif first in words.foreign or dotted.startswith("__"):
        return
    elif _is_known(dotted, words):
        yield Mention(kind="name", text=dotted, line=line, exists=True)
    elif _looks_like_code(dotted, is_call=is_call):
        yield Mention(kind="name", text=dotted, line=line, exists=False)


def _is_known(dotted: str, words: Vocabulary) -> bool:
    """Tell whether every part of a name is one that the project binds."""
    return all(part in words.known for part in dotted.split("."))


def _looks_like_code(dotted: str, *, is_call: bool) -> bool:
    """Tell whether a name is written in a way that words and environment variables are not."""
    is_variable = dotted.isupper()
    return not is_variable and (is_call or "_" in dotted.strip("_") or bool(_INNER_CAPITAL.search(dotted)))


def _commands(text: str, line: int, words: Vocabulary) -> Iterator[Mention]:
    """Yield what a command line says."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if first in words.commands:
        yield Mention(kind="command", text=first, line=line, exists=True)
    for module in _RUN_MODULE.findall(text):
        if module in words.packages:
            yield Mention(kind="command", text=f"python -m {module}", line=line, exists=True)


def _in_link(path: str, target: str, line: int, tree: SourceTree) -> Iterator[Mention]:
    """Yield what a relative link says."""
    place = urllib.parse.unquote(target.partition("#")[0].partition("?")[0])
    if not place or place.startswith("/") or "\0" in place or _SCHEME.match(place):
        return
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
    if not resolved.startswith(".."):
        yield Mention(kind="path", text=place, line=line, exists=tree.exists(resolved))


def _in_fence(fence: Fence, words: Vocabulary) -> Iterator[Mention]:
    """Yield what a block of code says: what Python takes from the packages, and the commands of any other block."""
    if fence.language in _PYTHON:
        yield from _in_python(fence, words)
        return
    for offset, text in enumerate(fence.content.splitlines(), start=1):
        yield from _commands(text.strip().removeprefix("$ "), fence.line + offset, words)


def _in_python(fence: Fence, words: Vocabulary) -> Iterator[Mention]:
    """Yield the names that a block of Python takes from the packages; none from a block that does not parse."""
    try:
        uses = module_of("", _statements(fence.content.splitlines())).uses
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for module, name in sorted(uses):
        package, *parts = module.split(".")
        if package in words.packages:
            exists = all(part in words.known for part in (*parts, name))
            yield Mention(kind="name", text=f"{module}.{name}", line=fence.line, exists=exists)


def _statements(lines: Iterable[str]) -> str:
    """Return the source in a block: of an interactive session what follows the prompts, otherwise all of it."""
    rows = list(lines)
    if not any(row.lstrip().startswith(">>>") for row in rows):
        return "\n".join(rows)
    return "\n".join(row.strip()[4:] for row in rows if row.strip().startswith((">>> ", "... ")))
