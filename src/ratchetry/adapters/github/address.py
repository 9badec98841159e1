"""Where GitHub is, and the names that may become part of an address there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from ratchetry.errors import UsageError

PUBLIC: Final = "https://api.github.com"

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_DOTS: Final = frozenset({".", ".."})


def api_base(environ: Mapping[str, str]) -> str:
    """Return the address of GitHub's API, that of github.com when nothing else is set.

    Raises UsageError when it is none that a token may be sent to.
    """
    address = environ.get("GITHUB_API_URL", "").strip().rstrip("/") or PUBLIC
    parts = urlsplit(address) if is_trustworthy(address) else None
    if parts is None or parts.username or parts.password or parts.query or parts.fragment:
        msg = "GITHUB_API_URL must be an https:// address without user, query and fragment (http:// only on loopback)"
        raise UsageError(msg)
    return address


def is_trustworthy(address: str) -> bool:
    """Tell whether an address is encrypted on its way, or stays on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def repository_name(name: str) -> str:
    """Return the name of a repository as it was given; raises UsageError when it is none."""
    if not _REPOSITORY.fullmatch(name) or _DOTS & set(name.split("/")):
        msg = f"{name[:200]!r} is no repository: give owner/name, as GITHUB_REPOSITORY or as an option"
        raise UsageError(msg)
    return name


def segment(text: str | int) -> str:
    """Return a value for one place in a path, in which nothing can lead to another path.

    Raises UsageError for values that clients take for directories.
    """
    value = str(text)
    if not value or value in _DOTS:
        msg = f"{value!r} cannot be part of an address at GitHub"
        raise UsageError(msg)
    return quote(value, safe="")


def segments(path: str) -> str:
    """Return a value with slashes, such as the name of a branch, for the end of a path; raises UsageError."""
    return "/".join(segment(part) for part in path.split("/"))
