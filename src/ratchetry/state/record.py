"""The run record, and the fragments it is merged from, as JSON."""

from __future__ import annotations

from ratchetry.domain.record import SCHEMA_VERSION, Fragment, RunRecord
from ratchetry.state.codec import decode, encode


def loads(data: bytes, origin: str) -> RunRecord:
    """Return the run record of a JSON document; raises StateError naming file and field."""
    return decode(data, RunRecord, origin, newest=SCHEMA_VERSION, version_field="schema_version")


def dumps(record: RunRecord) -> bytes:
    """Return a run record as JSON, the same bytes for the same record."""
    return encode(record)


def loads_fragment(data: bytes, origin: str) -> Fragment:
    """Return the fragment of a JSON document; raises StateError naming file and field."""
    return decode(data, Fragment, origin, newest=SCHEMA_VERSION, version_field="schema_version")


def dumps_fragment(fragment: Fragment) -> bytes:
    """Return a fragment as JSON, the same bytes for the same fragment."""
    return encode(fragment)
