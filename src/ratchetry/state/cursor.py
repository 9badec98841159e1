"""`cursor.json` of the history, and the manifest of a learning run's batch, as JSON."""

from __future__ import annotations

from typing import Final

from ratchetry.domain.learning import CURSOR_VERSION, Cursor, Manifest
from ratchetry.state.codec import decode, encode

CURSOR_FILE: Final = "cursor.json"
MANIFEST_FILE: Final = "manifest.json"
_VERSION: Final = "schema_version"


def loads(data: bytes, origin: str) -> Cursor:
    """Return the cursor of a JSON document; raises StateError naming file and field."""
    return decode(data, Cursor, origin, newest=CURSOR_VERSION, version_field=_VERSION)


def dumps(cursor: Cursor) -> bytes:
    """Return a cursor as JSON, the same bytes for the same cursor."""
    return encode(cursor)


def loads_manifest(data: bytes, origin: str) -> Manifest:
    """Return the manifest of a JSON document; raises StateError naming file and field."""
    return decode(data, Manifest, origin, newest=CURSOR_VERSION, version_field=_VERSION)


def dumps_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as JSON for people and for the next job."""
    return encode(manifest, indent=2)
