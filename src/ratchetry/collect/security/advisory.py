"""OSV advisories (https://ossf.github.io/osv-schema/): how severe a vulnerability is.

The severity is the qualitative rating of the CVSS base score (https://www.first.org/cvss/v4.0/specification-document,
section 6; CVSS 2 has no "critical", its scores are rated the same way).  Without a vector, the word that the
database itself uses stands in.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.collect.security.json_report import decode
from ratchetry.domain.record import Severity

_LONGEST_VECTOR: Final = 500
_WORDS: Final[dict[str, Severity]] = {
    "critical": "critical",
    "high": "high",
    "important": "high",
    "medium": "medium",
    "moderate": "medium",
    "low": "low",
}


class _Vector(msgspec.Struct, kw_only=True):
    """A severity, in OSV's JSON: the kind of score and the score itself."""

    type: str
    score: str


class _Affected(msgspec.Struct, kw_only=True):
    """An affected package, in OSV's JSON."""

    severity: tuple[_Vector, ...] | None = None


class _Specific(msgspec.Struct, kw_only=True):
    """What a database adds of its own, as far as it is understood here."""

    severity: object = None


class _Advisory(msgspec.Struct, kw_only=True):
    """An advisory, in OSV's JSON."""

    id: Annotated[str, Meta(max_length=4096)]
    severity: tuple[_Vector, ...] | None = None
    affected: tuple[_Affected, ...] | None = None
    database_specific: _Specific | None = None


def rate(document: bytes) -> Severity:
    """Return how severe an advisory says its vulnerability is, the worst of several scores, or "unknown".

    Raises ReportError when the advisory is cut, malformed or of another shape.
    """
    advisory = decode(document, _Advisory, "the advisory")
    vectors = (*(advisory.severity or ()), *(row for part in advisory.affected or () for row in part.severity or ()))
    scores = [score for vector in vectors if (score := base_score(vector.score)) is not None]
    if scores:
        return rating(max(scores))
    word = advisory.database_specific.severity if advisory.database_specific else None
    return _WORDS.get(word.strip().lower(), "unknown") if isinstance(word, str) else "unknown"


def rating(score: float) -> Severity:
    """Return the qualitative rating of a CVSS score; 0.0, which CVSS calls none, counts as low."""
    if score >= 9.0:
        return "critical"
    if score >= 7.0:
        return "high"
    return "medium" if score >= 4.0 else "low"


def base_score(vector: str) -> float | None:
    """Return the base score of a CVSS 2, 3 or 4 vector, None when it is no valid one."""
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError

    if len(vector) > _LONGEST_VECTOR:
        return None
    try:
        if vector.startswith("CVSS:4"):
            return float(CVSS4(vector).base_score)
        if vector.startswith("CVSS:3"):
            return float(CVSS3(vector).base_score)
        return float(CVSS2(vector).base_score)
    except (CVSSError, ArithmeticError, LookupError, TypeError, ValueError):
        return None
