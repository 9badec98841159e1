"""JSON to typed values and back: one clear error for whatever is wrong, the same bytes for the same value."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from ratchetry.errors import StateError

T = TypeVar("T")

LIMIT: Final = 64 * 1024 * 1024
"""The largest file that is read, in bytes."""

_ANY_KEY: Final = "[...]"
_KEYS_TRIED: Final = 1000


def decode(data: bytes, kind: type[T], origin: str, *, newest: int, version_field: str = "version") -> T:
    """Return the value that a JSON document holds.

    Raises StateError naming the file, and the field where it can, when the document is too large, not JSON, of a
    newer version than `newest`, or not of the shape of `kind`.
    """
    if len(data) > LIMIT:
        msg = f"{origin}: {len(data)} bytes are more than the {LIMIT} that a state file may have"
        raise StateError(msg)
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{origin}: not valid JSON: {error}"
        raise StateError(msg) from error
    refuse_newer(document, origin, newest, version_field)
    try:
        return msgspec.convert(document, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise StateError(_explain(error, document, kind, origin)) from error


def encode(value: object, *, indent: int = 0) -> bytes:
    """Return a value as JSON with sorted keys and a final newline."""
    data = msgspec.json.encode(value, order="sorted")
    return (msgspec.json.format(data, indent=indent) if indent else data) + b"\n"


def refuse_newer(document: object, origin: str, newest: int, version_field: str) -> None:
    """Raise StateError when a document says that it is of a newer version than this ratchetry reads."""
    if isinstance(document, dict):
        version = document.get(version_field, newest)
        if isinstance(version, int) and version > newest:
            msg = f"{origin}: {version_field} {version} is newer than the {newest} that is read here: upgrade ratchetry"
            raise StateError(msg)


def _explain(error: Exception, document: object, kind: type[object], origin: str) -> str:
    """Return what is wrong with a document, with the field named first."""
    what, _, place = str(error).partition(" - at `")
    where = place.rstrip("`").removeprefix("$").removeprefix(".")
    if _ANY_KEY in where:
        where = _name_key(document, kind, where)
    return f"{origin}: {where}: {what}" if where else f"{origin}: {what}"


def _name_key(document: object, kind: type[object], where: str) -> str:
    """Return a field's path with the key at fault in place of `[...]`, found by trying one key at a time."""
    field, _, rest = where.partition(_ANY_KEY)
    entries = document.get(field) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(entries, dict):
        return where
    for key in list(entries)[:_KEYS_TRIED]:
        try:
            msgspec.convert({**document, field: {key: entries[key]}}, kind)
        except msgspec.ValidationError:
            return f"{field}.{str(key)[:100]}{rest}"
    return where
