"""Where things stand in a history: paths that follow from what they hold, safe whatever a run calls itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta, Struct

from ratchetry.domain.fingerprint import short_hash
from ratchetry.errors import StateError
from ratchetry.state.codec import decode

LAYOUT: Final = 1
LAYOUT_FILE: Final = "layout.json"
UNDATED: Final = "0000-00"
"""The month of what has no readable date."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-|$)", re.ASCII)
_RUN: Final = re.compile(r"runs/(\d{4})/(\d{2})/([^/]+)-(\d{1,19})\.json", re.ASCII)
_EVENT: Final = re.compile(r"events/(\d{4})/(\d{2})/([0-9a-f]{16})\.json", re.ASCII)
_CHUNK: Final = re.compile(r"catalog/([0-9a-f]{2})/((?:\1)[0-9a-f]{14})\.json")
_PART: Final = re.compile(r"months/(\d{4}-\d{2})/([0-9a-f]{16})\.json\.xz", re.ASCII)


class _LayoutFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file that says which layout a history has."""

    layout: Annotated[int, Meta(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """A path of a run, taken apart."""

    month: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlace:
    """A path of an event, taken apart."""

    month: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPlace:
    """A path of a chunk of names, taken apart."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlace:
    """A path of a part of a compacted month, taken apart."""

    month: str
    checksum: str


Place = RunPlace | EventPlace | ChunkPlace | PartPlace


def month_of(moment: str) -> str:
    """Return the month (YYYY-MM) of an ISO 8601 time, `UNDATED` for a text that is none."""
    found = _MONTH.match(moment)
    return found[0][:7] if found else UNDATED


def run_key(run_id: str, attempt: int) -> str:
    """Return what a run attempt is called in paths: `<run id>-<attempt>`, no two run attempts alike.

    A run id of other characters than letters, digits and `._-`, or of more than 100, has the others replaced and is
    told from all others by `~` and 16 digits of its hash.
    """
    if _PLAIN.fullmatch(run_id):
        return f"{run_id}-{attempt}"
    safe = _UNSAFE.sub("_", run_id)[:80].lstrip(".") or "run"
    return f"{safe}~{short_hash(run_id)}-{attempt}"


def run_path(run_id: str, attempt: int, started: str) -> str:
    """Return where a run stands, relative to the history."""
    return f"runs/{_directory(month_of(started))}/{run_key(run_id, attempt)}.json"


def event_path(identifier: str, time: str) -> str:
    """Return where an event stands, relative to the history."""
    return f"events/{_directory(month_of(time))}/{identifier}.json"


def chunk_path(identifier: str) -> str:
    """Return where a chunk of names stands; raises StateError for an identifier that is none."""
    path = f"catalog/{identifier[:2]}/{identifier}.json"
    if not _CHUNK.fullmatch(path):
        msg = f"not the identifier of a chunk of names: {identifier[:40]!r}"
        raise StateError(msg)
    return path


def part_path(month: str, checksum: str) -> str:
    """Return where a part of a compacted month stands."""
    return f"months/{month}/{checksum}.json.xz"


def place_of(path: str) -> Place | None:
    """Return what a path in a history is, None for one that is nothing of a history."""
    if found := _RUN.fullmatch(path):
        return RunPlace(month=f"{found[1]}-{found[2]}", key=f"{found[3]}-{found[4]}")
    if found := _EVENT.fullmatch(path):
        return EventPlace(month=f"{found[1]}-{found[2]}", id=found[3])
    if found := _CHUNK.fullmatch(path):
        return ChunkPlace(id=found[2])
    if found := _PART.fullmatch(path):
        return PartPlace(month=found[1], checksum=found[2])
    return None


def _directory(month: str) -> str:
    """Return the directory of a month."""
    return month.replace("-", "/")


def layout_bytes() -> bytes:
    """Return the content of the file that says which layout a history has."""
    return b'{"layout":%d}\n' % LAYOUT


def check_layout(data: bytes, origin: str) -> None:
    """Raise StateError naming the file when a history has a layout that is not known here."""
    decode(data, _LayoutFile, origin, newest=LAYOUT, version_field="layout")
