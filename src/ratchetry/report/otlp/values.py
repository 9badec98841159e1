"""The parts that all OTLP documents have: attributes, moments and resources, in the JSON form of the protocol.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: names in camel case, integers of 64 bits as
text, identifiers in hexadecimal digits, enumerations as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ratchetry import __version__
from ratchetry.domain.moment import DAY, days_of
from ratchetry.domain.record import RunRecord
from ratchetry.report.otlp.names import SCHEMA, pipeline_name

Json = Mapping[str, object]
Value = str | int | float | bool

_LARGEST: Final = 2**63 - 1


def encoded(document: Json) -> bytes:
    """Return a document as one line of JSON."""
    return msgspec.json.encode(document)


def text(value: str) -> str:
    """Return a text as UTF-8 can say it."""
    return value.encode("utf-8", "replace").decode("utf-8")


def attributes(values: Mapping[str, Value | None]) -> list[Json]:
    """Return attributes; what is None or an empty text is unknown and left out."""
    known = {key: value for key, value in values.items() if value is not None and value != ""}
    return [{"key": key, "value": _any_value(value)} for key, value in known.items()]


def started_at(record: RunRecord) -> int:
    """Return when a run started, in nanoseconds since 1970; 0, which is unknown, where it does not say."""
    days = days_of(record.run.started)
    return min(_LARGEST, max(0, round(days * DAY * 1e6) * 1000)) if days is not None else 0


def after(start: int, seconds: float) -> int:
    """Return the moment some seconds later, within what the protocol can say."""
    return min(_LARGEST, start + round(min(seconds, 1e9) * 1e9))


def whole(value: int) -> int:
    """Return a whole number within what the protocol can say."""
    return max(-_LARGEST, min(_LARGEST, value))


def scope() -> Json:
    """Return who has measured."""
    return {"name": "ratchetry", "version": __version__}


def resource(record: RunRecord, more: Mapping[str, Value | None]) -> Json:
    """Return where things come from: the pipeline and the repository, and more."""
    run = record.run
    change = None if run.pull_request is None else str(run.pull_request)
    known: Mapping[str, Value | None] = {
        "service.name": "ratchetry",
        "service.version": record.ratchetry,
        "cicd.pipeline.name": pipeline_name(record),
        "vcs.repository.name": run.repository,
        "vcs.ref.head.name": run.branch,
        "vcs.ref.head.type": "branch" if run.branch else None,
        "vcs.change.id": change,
    }
    return {"attributes": attributes({**known, **more})}


def enveloped(kind: str, scoped: str, one: Json, rows: str, items: list[Json]) -> Json:
    """Return the document of a signal: its resource, our scope, and its rows."""
    return {
        kind: [{"resource": one, scoped: [{"scope": scope(), rows: items, "schemaUrl": SCHEMA}], "schemaUrl": SCHEMA}]
    }


def _any_value(value: Value) -> Json:
    """Return a value with its kind."""
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(whole(value))}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": text(value)}
