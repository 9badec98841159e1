"""The JSON Schemas of the documents of a history, beside those of all other documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta

from ratchetry.domain.event import Event
from ratchetry.history.document import RunDocument
from ratchetry.history.month import MonthTests, PartHeader
from ratchetry.state.schema import DOCUMENTS as OTHERS
from ratchetry.state.schema import schema_of


class RunFile(RunDocument, frozen=True, kw_only=True):
    """The file of a run in the history."""

    checksum: Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="of everything after the comma after it")]
    format: Annotated[int, Meta(ge=1)]


DOCUMENTS: Final[Mapping[str, tuple[type[object], str]]] = {
    **OTHERS,
    "run": (RunFile, "runs/YYYY/MM/….json of a history: what is kept of one run attempt, in columns."),
    "event": (Event, "events/YYYY/MM/….json of a history: a decision, a move of a bound, a note."),
    "part": (PartHeader, "The first line of a part of a compacted month."),
    "part-tests": (MonthTests, "The second line of a part with the sums over tests whose rows were dropped."),
}


def json_schema(name: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a document; raises KeyError for an unknown name."""
    kind, description = DOCUMENTS[name]
    return schema_of(name, kind, description)
