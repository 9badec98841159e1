"""The document "suggestions" as JSON."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from ratchetry.domain.suggestion import SUGGESTIONS_VERSION, Suggestion, SuggestionReport
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

LIMIT: Final = 16_000_000
"""The largest document that is read, in bytes."""
_LONGEST: Final = 4096
"""Characters of one text, as the schema has it."""


def loads(data: bytes, origin: str) -> SuggestionReport:
    """Return the suggestions of a JSON document; raises StateError naming file and field."""
    if len(data) > LIMIT:
        msg = f"{origin}: more than the {LIMIT} bytes that suggestions may have"
        raise StateError(msg)
    return decode(data, SuggestionReport, origin, newest=SUGGESTIONS_VERSION, version_field="schema_version")


def dumps(report: SuggestionReport) -> bytes:
    """Return suggestions as JSON that can be read back, the same bytes for the same ones; long texts are cut."""
    return encode(replace(report, suggestions=tuple(map(_fitting, report.suggestions))), indent=2)


def _fitting(one: Suggestion) -> Suggestion:
    """Return a suggestion whose texts are as long as the schema allows, and whose numbers are ones that JSON has."""
    low, high = one.interval or (0.0, 0.0)
    finite = one.interval is not None and math.isfinite(low) and math.isfinite(high)
    return replace(
        one,
        title=_text(one.title),
        why=_text(one.why),
        command=_text(one.command),
        files=tuple(map(_text, one.files)),
        rule=_text(one.rule),
        test=_text(one.test),
        interval=one.interval if finite else None,
    )


def _text(text: str) -> str:
    """Return a text that JSON can hold, cut where it is too long."""
    return text.encode("utf-8", "replace").decode()[:_LONGEST]
