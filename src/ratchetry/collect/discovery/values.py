"""Looking into parsed files whose types nobody promised: what is not as expected is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

_MAX_ITEMS: Final = 5_000
_MAX_TEXT: Final = 2_000


def table_at(value: object, *keys: str) -> Mapping[str, object]:
    """Return the table under a path of keys, or an empty one."""
    for key in keys:
        if not isinstance(value, Mapping):
            return {}
        value = value.get(key)
    return {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, Mapping) else {}


def text_at(value: object, *keys: str) -> str:
    """Return the text under a path of keys, or an empty one."""
    found = table_at(value, *keys[:-1]).get(keys[-1])
    return found if isinstance(found, str) and len(found) <= _MAX_TEXT else ""


def texts_at(value: object, *keys: str) -> tuple[str, ...]:
    """Return the strings of the list (or the one string) under a path of keys."""
    return texts(table_at(value, *keys[:-1]).get(keys[-1]))


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a list, or the one string, that a value is."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value[:_MAX_ITEMS] if isinstance(item, str) and len(item) <= _MAX_TEXT)


def inside(path: str, base: str = "") -> str | None:
    """Return a path relative to the repository, normalized, joined to a base; None when it leads outside."""
    parts: list[str] = []
    for part in (*PurePosixPath(base).parts, *PurePosixPath(path.replace("\\", "/")).parts):
        if part == "/" or "\0" in part:
            return None
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."


def joined(base: str, path: str) -> str:
    """Return a path below a directory; "." stands for the repository itself."""
    if path in {"", "."}:
        return base or "."
    return path if base in {"", "."} else f"{base}/{path}"
