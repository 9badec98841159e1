""".secrets.baseline: how a project configures detect-secrets, and what it has judged to be no secret.

A baseline may name plugins and filters that are code of the repository, and turn on verification, which contacts
services: neither is ever done here (https://github.com/Yelp/detect-secrets/blob/master/docs/filters.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode
from ratchetry.errors import ReportError

FILE: Final = ".secrets.baseline"
_FILTERS: Final = tuple(f"detect_secrets.filters.{name}." for name in ("allowlist", "common", "heuristic", "regex"))
_VERIFICATION: Final = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"
_Text = Annotated[str, Meta(max_length=4096)]
_Option = str | int | float | bool | None | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Plugins and filters with their options, and the (path, type, hash) of everything audited as no secret."""

    plugins: tuple[Mapping[str, object], ...]
    filters: tuple[Mapping[str, object], ...]
    dismissed: frozenset[tuple[str, str, str]]


class _Entry(msgspec.Struct, kw_only=True):
    """One known secret, in the baseline's JSON."""

    type: _Text
    hashed_secret: _Text
    is_secret: bool | None = None


class _Document(msgspec.Struct, kw_only=True):
    """The baseline's JSON."""

    version: _Text
    plugins_used: tuple[dict[str, _Option], ...]
    filters_used: tuple[dict[str, _Option], ...] = ()
    results: Mapping[_Text, tuple[_Entry, ...]] = {}


def parse(content: bytes) -> Baseline:
    """Return what a baseline says.

    Raises ReportError when it is malformed, from before version 1, or asks for code that is not detect-secrets' own.
    """
    document = decode(content, _Document, FILE)
    if document.version.startswith("0."):
        msg = (
            f"{FILE} was written by detect-secrets {document.version[:20]}; "
            f"update it with `detect-secrets scan --baseline {FILE}`"
        )
        raise ReportError(msg)
    _refuse_foreign_code(document)
    return Baseline(
        plugins=document.plugins_used,
        filters=tuple(row for row in document.filters_used if row["path"] != _VERIFICATION),
        dismissed=frozenset(
            (path, row.type, row.hashed_secret)
            for path, rows in document.results.items()
            for row in rows
            if row.is_secret is False
        ),
    )


def _refuse_foreign_code(document: _Document) -> None:
    """Raise ReportError when a baseline names a plugin or filter that does not come with detect-secrets."""
    for plugin in document.plugins_used:
        name = plugin.get("name")
        if not isinstance(name, str) or "path" in plugin:
            msg = f"{FILE} uses the plugin {str(name)[:100]!r} of its own: ratchetry runs only those of detect-secrets"
            raise ReportError(msg)
    for row in document.filters_used:
        path = row.get("path")
        if not isinstance(path, str) or not path.startswith(_FILTERS):
            msg = f"{FILE} uses the filter {str(path)[:100]!r}: ratchetry runs only the built-in ones of detect-secrets"
            raise ReportError(msg)
