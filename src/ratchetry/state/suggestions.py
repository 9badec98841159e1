"""The document "suggestions" as JSON."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from ratchetry.domain.suggestion import SUGGESTIONS_VERSION, Suggestion, SuggestionReport
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode
from ratchetry.state.goal import encodable_goal, encodable_text

LIMIT: Final = 16_000_000
"""The largest document that is read, in bytes."""


def loads(data: bytes, origin: str) -> SuggestionReport:
    """Return the suggestions of a JSON document; raises StateError naming file and field."""
    if len(data) > LIMIT:
        msg = f"{origin}: more than the {LIMIT} bytes that suggestions may have"
        raise StateError(msg)
    return decode(data, SuggestionReport, origin, newest=SUGGESTIONS_VERSION, version_field="schema_version")


def dumps(report: SuggestionReport) -> bytes:
    """Return suggestions as JSON that can be read back, the same bytes for the same ones; long texts are cut."""
    unmeasured = {encodable_text(name): encodable_text(why) for name, why in report.unmeasured.items()}
    shown = replace(report, suggestions=tuple(map(_fitting, report.suggestions)), unmeasured=unmeasured)
    return encode(shown, indent=2)


def _fitting(one: Suggestion) -> Suggestion:
    """Return a suggestion whose texts are as long as the schema allows, and whose numbers are ones that JSON has."""
    low, high = one.interval or (0.0, 0.0)
    finite = one.interval is not None and math.isfinite(low) and math.isfinite(high)
    return replace(
        one,
        title=encodable_text(one.title),
        why=encodable_text(one.why),
        command=encodable_text(one.command),
        files=tuple(map(encodable_text, one.files)),
        rule=encodable_text(one.rule),
        test=encodable_text(one.test),
        runs=tuple(map(encodable_text, one.runs)),
        commits=tuple(map(encodable_text, one.commits)),
        unit=encodable_text(one.unit),
        goal=encodable_goal(one.goal),
        interval=one.interval if finite else None,
    )
