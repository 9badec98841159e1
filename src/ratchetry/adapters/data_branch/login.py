"""Logging in with the token of a job, and keeping what is secret out of every message."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_USER: Final = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_HEADER: Final = re.compile(r"(?i)(authorization:?\s+)(?:basic|bearer|token)?\s*\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Configuration that makes git send a token, and the texts that must not be shown; both empty without one."""

    pairs: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()


def login(address: str, environ: Mapping[str, str]) -> Login:
    """Return how a job of GitHub Actions logs in with its GITHUB_TOKEN, nothing elsewhere or for other servers.

    An empty header comes first: it drops the one that actions/checkout may have left, of which GitHub takes one only.
    """
    token = environ.get("GITHUB_TOKEN", "").strip()
    if not token or environ.get("GITHUB_ACTIONS") != "true":
        return Login()
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    if not _is_below(address, server):
        return Login(secrets=(token,))
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    name = f"http.{server.rstrip('/')}/.extraheader"
    pairs = ((name, ""), (name, f"Authorization: Basic {encoded}"))
    return Login(pairs=pairs, secrets=(token, encoded))


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a text without the secrets, the users and passwords of addresses, and the values of headers."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _HEADER.sub(r"\1***", _USER.sub("***", text))


def _is_below(address: str, server: str) -> bool:
    """Tell whether an address without a user of its own is one of a server, by an encrypted way or on this machine."""
    try:
        one, other = urlsplit(address), urlsplit(server)
        same = (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
    except ValueError:
        return False
    safe = one.scheme == "https" or (one.scheme == "http" and one.hostname in {"localhost", "127.0.0.1", "::1"})
    return same and safe and one.username is None
