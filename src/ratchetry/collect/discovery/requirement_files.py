"""Requirement files of pip: https://pip.pypa.io/en/stable/reference/requirements-file-format/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ratchetry.collect.discovery.values import inside

_DEPTH: Final = 10
_MANY: Final = 5_000
_LONG: Final = 2_000
_INCLUDE: Final = re.compile(r"(?:-r\s*|--requirement[\s=]\s*)(?P<path>\S.*)")
_EDITABLE: Final = re.compile(r"(?:-e\s*|--editable[\s=]\s*)(?P<what>\S.*)")
_OPTION: Final = re.compile(r"\s+--?[a-zA-Z][\w-]*(?:[=\s].*)?$")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementFile:
    """The requirements of a file and of the files it includes, and the paths of all of them."""

    requirements: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    read: Callable[[str], bytes]
    rows: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)


def read_requirement_file(read: Callable[[str], bytes], path: str) -> RequirementFile:
    """Return what a requirement file asks for, included files in place, constraints and options left out.

    Lines that are no PEP 508 requirement (-e and URLs) are kept as text: whoever installs skips them.
    `read` returns the content of a file, empty when there is none.
    """
    reading = _Reading(read=read)
    _read(reading, path, _DEPTH)
    return RequirementFile(requirements=tuple(reading.rows)[:_MANY], sources=tuple(reading.sources))


def _read(reading: _Reading, path: str, depth: int) -> None:
    """Add the requirements of one file, and of those it includes, once each."""
    data = reading.read(path) if depth and path not in reading.sources else b""
    if not data:
        return
    reading.sources[path] = None
    directory = path.rpartition("/")[0]
    for line in _lines(data.decode("utf-8-sig", "replace")):
        if len(reading.rows) >= _MANY:
            return
        if included := _INCLUDE.fullmatch(line):
            target = inside(included["path"].strip("\"'"), directory)
            if target is not None:
                _read(reading, target, depth - 1)
        elif editable := _EDITABLE.fullmatch(line):
            reading.rows[f"-e {editable['what']}"] = None
        elif not line.startswith("-") and len(line) <= _LONG and (kept := _OPTION.sub("", line).strip()):
            reading.rows[kept] = None


def _lines(text: str) -> Iterator[str]:
    """Yield the logical lines: continued ones joined, comments and blank ones left out."""
    for line in re.sub(r"\\\r?\n", " ", text.replace("\0", "")).splitlines():
        kept = _COMMENT.sub("", line).strip()
        if kept:
            yield kept
