"""YAML read as a stream of events: nothing is constructed, so aliases never multiply and tags never matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from yaml import Event

# libyaml's time grows with the depth of flow collections at every token: a megabyte of brackets would cost minutes
_DEEPEST: Final = 100


class YamlError(Exception):
    """What is wrong with a document, and in which line."""

    def __init__(self, message: str, line: int) -> None:
        """Keep the message as the text and the line beside it."""
        super().__init__(message)
        self.line = line


class _Mark(Protocol):
    """A place in a stream, of the parser in C or of the one in Python."""

    line: int


@dataclass(slots=True)
class _Collection:
    """An open mapping or sequence while its nodes arrive."""

    mapping: bool
    at_key: bool = True
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Scan:
    """What has been seen of the stream so far."""

    collections: list[_Collection] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    duplicates: list[tuple[str, int]] = field(default_factory=list)

    def place(self, key: str | None, anchor: str | None, mark: _Mark | None) -> None:
        """Take a node where it belongs: as a key, noted when it comes again (None: not compared), or as a value."""
        if anchor is not None:
            self.anchors.add(anchor)
        parent = self.collections[-1] if self.collections else None
        if parent is None or not parent.mapping:
            return
        if parent.at_key and key is not None:
            if key in parent.keys:
                self.duplicates.append((key, _line(mark)))
            parent.keys.add(key)
        parent.at_key = not parent.at_key

    def enter(self, *, mapping: bool) -> None:
        """Open a collection; raises RecursionError when too many are open."""
        if len(self.collections) >= _DEEPEST:
            raise RecursionError
        self.collections.append(_Collection(mapping=mapping))

    def refer(self, anchor: str, mark: _Mark | None) -> None:
        """Take an alias; raises YamlError when its anchor is not above it."""
        if anchor not in self.anchors:
            msg = f"the alias *{anchor} has no anchor"
            raise YamlError(msg, _line(mark))
        self.place(None, None, mark)


def scan_yaml(data: bytes) -> tuple[tuple[str, int], ...]:
    """Return the plain keys that come twice in one mapping, each with its line.

    Raises YamlError when the stream is malformed or an alias has no anchor, RecursionError when it is nested deeper
    than any sensible document.
    """
    from yaml import events

    scan = _Scan()
    for event in _events(data):
        match event:
            case events.ScalarEvent():
                comparable = event.implicit[0] and event.value != "<<"
                scan.place(event.value if comparable else None, event.anchor, event.start_mark)
            case events.CollectionStartEvent():
                scan.place(None, event.anchor, event.start_mark)
                scan.enter(mapping=isinstance(event, events.MappingStartEvent))
            case events.CollectionEndEvent():
                scan.collections.pop()
            case events.AliasEvent():
                scan.refer(event.anchor or "", event.start_mark)
            case events.DocumentStartEvent():
                scan.anchors.clear()
            case _:
                pass
    return tuple(scan.duplicates)


def _events(data: bytes) -> Iterator[Event]:
    """Yield the events of a stream; raises YamlError where it is malformed."""
    from yaml import CSafeLoader, MarkedYAMLError, YAMLError, parse

    try:
        yield from parse(data, Loader=CSafeLoader)
    except MarkedYAMLError as problem:
        what = ", ".join(part for part in (problem.context, problem.problem) if part)
        raise YamlError(what, _line(problem.problem_mark or problem.context_mark)) from problem
    except (YAMLError, ValueError) as problem:
        raise YamlError(str(problem), 0) from problem


def _line(mark: _Mark | None) -> int:
    """Return the line of a mark, counted from 1; 0 when it is unknown."""
    return 0 if mark is None else mark.line + 1
