"""YAML read as a stream of events: nothing is constructed, so aliases never multiply and tags never matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from yaml import CollectionStartEvent, Event

# libyaml's time grows with the square of the depth of flow collections: 100,000 brackets cost 15 seconds.
_DEEPEST: Final = 500


class YamlError(Exception):
    """What is wrong with a document, and in which line."""

    def __init__(self, message: str, line: int) -> None:
        """Keep the message as the text and the line beside it."""
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class _Collection:
    """An open mapping or sequence while its events arrive."""

    mapping: bool
    at_key: bool = True
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Scan:
    """What has been seen of the stream so far."""

    open: list[_Collection] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    duplicates: list[tuple[str, int]] = field(default_factory=list)


def scan_yaml(data: bytes) -> tuple[tuple[str, int], ...]:
    """Return the plain keys that come twice in one mapping, each with its line.

    Raises YamlError when the stream is malformed or an alias has no anchor, RecursionError when it is nested deeper
    than any sensible document.
    """
    from yaml import CSafeLoader, MarkedYAMLError, YAMLError, parse

    scan = _Scan()
    try:
        for event in parse(data, Loader=CSafeLoader):
            _take(scan, event)
    except MarkedYAMLError as problem:
        what = ", ".join(part for part in (problem.context, problem.problem) if part)
        raise YamlError(what, _line(problem.problem_mark or problem.context_mark)) from problem
    except (YAMLError, ValueError) as problem:
        raise YamlError(str(problem), 0) from problem
    return tuple(scan.duplicates)


def _take(scan: _Scan, event: Event) -> None:
    """Take one event into the scan."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent

    match event:
        case DocumentStartEvent():
            scan.anchors.clear()
        case CollectionEndEvent():
            scan.open.pop()
        case NodeEvent():
            if isinstance(event, AliasEvent) and event.anchor not in scan.anchors:
                msg = f"the alias *{event.anchor} has no anchor"
                raise YamlError(msg, _line(event.start_mark))
            if event.anchor:
                scan.anchors.add(event.anchor)
            _place(scan, event)
            if isinstance(event, CollectionStartEvent):
                _enter(scan, event)
        case _:
            pass


def _place(scan: _Scan, event: Event) -> None:
    """Put a node where it belongs in the innermost mapping: a key, noted when it comes again, or a value."""
    from yaml import ScalarEvent

    parent = scan.open[-1] if scan.open else None
    if parent is None or not parent.mapping:
        return
    if parent.at_key and isinstance(event, ScalarEvent) and event.value != "<<":
        key = str(event.value) if event.implicit[0] else f"{event.tag} {event.value!r}"
        if key in parent.keys:
            scan.duplicates.append((str(event.value), _line(event.start_mark)))
        parent.keys.add(key)
    parent.at_key = not parent.at_key


def _enter(scan: _Scan, event: CollectionStartEvent) -> None:
    """Open a collection; raises RecursionError when too many are open."""
    from yaml import MappingStartEvent

    if len(scan.open) >= _DEEPEST:
        raise RecursionError
    scan.open.append(_Collection(mapping=isinstance(event, MappingStartEvent)))


class _Mark(Protocol):
    """A place in a stream, of the parser in C or of the one in Python."""

    line: int


def _line(mark: _Mark | None) -> int:
    """Return the line of a mark, counted from 1; 0 when it is unknown."""
    return 0 if mark is None else mark.line + 1
