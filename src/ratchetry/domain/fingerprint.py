"""Fingerprints: the same finding has the same one in every run, though the lines above it move."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from ratchetry.domain.record import Finding

_NUMBER = re.compile(r"\d+")
_LENGTH = 16


def fingerprinted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, sorted by place, each with its fingerprint.

    It is a hash of tool, rule, path and the message without numbers, and, for findings alike in all of these, of
    how many came before: so it survives moved lines, and two findings of one run never share one.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    rows = []
    for finding in sorted(findings, key=_place):
        what = (finding.tool, finding.rule, finding.path, _NUMBER.sub("#", finding.message))
        rows.append(replace(finding, fingerprint=short_hash(*what, str(seen[what]))))
        seen[what] += 1
    return tuple(rows)


def short_hash(*parts: str) -> str:
    """Return 16 hexadecimal digits of SHA-256 over the parts; no part can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:_LENGTH]


def _place(finding: Finding) -> tuple[str, int, str, str, str]:
    """Return what findings are sorted by."""
    return (finding.path, finding.line, finding.tool, finding.rule, finding.message)
