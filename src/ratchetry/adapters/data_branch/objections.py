"""Files that are not shared: what a crash, a fault or somebody has damaged, and what may hold more than it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ratchetry.errors import StateError
from ratchetry.history.chunks import chunk_id
from ratchetry.history.document import is_document, opened
from ratchetry.history.event_file import event_in
from ratchetry.history.layout import ChunkPlace, EventPlace, PartPlace, RunPlace, place_of
from ratchetry.history.month import part_checksum

Objection = Callable[[str, bytes], str]
"""Returns why the content of a path is not shared, empty when it is."""

DAMAGED: Final = "damaged, or of a newer version"
EARLY: Final = "holds runs without their tests, which the remote still has; taken when a fold has dropped them there"
WHOLE: Final = "a whole record of an earlier version, which may hold messages as they were"


def objection_to(path: str, data: bytes) -> str:
    """Return why a file of a history is not shared: its content is not what its name or its first line says."""
    match place_of(path):
        case RunPlace() if not is_document(data):
            return WHOLE if data.startswith(b"{") else DAMAGED
        case RunPlace():
            return _objection(lambda: bool(opened(data, path)))
        case EventPlace(id=identifier):
            return _objection(lambda: event_in(data, path).id == identifier)
        case ChunkPlace(id=identifier):
            return _objection(lambda: chunk_id(data) == identifier)
        case PartPlace(checksum=checksum):
            return _objection(lambda: part_checksum(data) == checksum)
        case None:
            return ""


def _objection(is_whole: Callable[[], bool]) -> str:
    """Return the objection to a file that a check does not find whole."""
    try:
        return "" if is_whole() else DAMAGED
    except StateError:
        return DAMAGED
