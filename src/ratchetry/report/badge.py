"""Badges: what a project comes to in two words, as SVG in the flat look and as JSON for an endpoint badge.

The JSON is that of https://shields.io/badges/endpoint-badge.  What was not measured is "unknown" on grey.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ratchetry.report.text import clip, escape_html, neutralize, number

BadgeName = Literal["score", "coverage", "tests", "flaky", "debt"]
BADGES: Final[tuple[BadgeName, ...]] = ("score", "coverage", "tests", "flaky", "debt")

UNKNOWN: Final = "unknown"
_COLORS: Final = {
    "brightgreen": "#2e7d32",
    "green": "#4d7a00",
    "yellow": "#8a6500",
    "orange": "#b34700",
    "red": "#c62828",
    "lightgrey": "#6e6e6e",
}
"""Dark enough for white text to be read on (contrast of 4.5 and more), named as shields names its own."""
_SCORES: Final = (0.9, 0.8, 0.65, 0.5)
_COVERAGES: Final = (95.0, 85.0, 70.0, 50.0)
_LONGEST: Final = 60
_NARROW: Final = frozenset("!',.:;|iIjlrft ()[]")
_WIDE: Final = frozenset("mwMW%@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A badge: what it is about, what it says, and its color by shields' name."""

    label: str
    message: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What badges tell: the metrics of the newest run, and the flaky tests of the history."""

    metrics: Mapping[str, float]
    flaky: int | None = None


def badge(name: BadgeName, facts: Facts) -> Badge:
    """Return a badge on what is known."""
    message, color = _TOLD[name](facts)
    return Badge(label=name, message=message, color=color)


def endpoint(one: Badge) -> bytes:
    """Return a badge as the answer of an endpoint."""
    document = {"schemaVersion": 1, "label": one.label, "message": neutralize(one.message), "color": one.color}
    if one.message == UNKNOWN:
        document["isError"] = True
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def svg(one: Badge) -> bytes:
    """Return a badge as a drawing, whose texts are escaped and cut where they are too long."""
    label, message = (escape_html(clip(text, _LONGEST)) for text in (one.label, one.message))
    left, right = _width(one.label), _width(one.message)
    width = left + right
    color = _COLORS.get(one.color, _COLORS["lightgrey"])
    said = f"{label}: {message}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{said}">'
        f"<title>{said}</title>"
        f'<clipPath id="r"><rect width="{width}" height="20" rx="3" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444c56"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{color}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14" textLength="{left - 10}">{label}</text>'
        f'<text x="{left + right / 2:g}" y="14" textLength="{right - 10}">{message}</text></g></svg>\n'
    ).encode()


def _score(facts: Facts) -> tuple[str, str]:
    """Return what there is to say of the score, from 0 to 1."""
    value = facts.metrics.get("score.total")
    if value is None:
        return UNKNOWN, "lightgrey"
    return number(value, "ratio", apart_from=_SCORES), _rising(value, _SCORES)


def _coverage(facts: Facts) -> tuple[str, str]:
    """Return what there is to say of the coverage of lines."""
    value = facts.metrics.get("coverage.line")
    if value is None:
        return UNKNOWN, "lightgrey"
    return number(value, "percent", apart_from=_COVERAGES), _rising(value, _COVERAGES)


def _tests(facts: Facts) -> tuple[str, str]:
    """Return how many tests passed, and how many failed if any did; none at all is nothing to be proud of."""
    total, failed = facts.metrics.get("tests.total"), facts.metrics.get("tests.failed")
    passed = facts.metrics.get("tests.passed")
    if total is None or failed is None or passed is None:
        return UNKNOWN, "lightgrey"
    if not total:
        return "none", "lightgrey"
    if failed:
        return f"{number(failed, 'count')} of {number(total, 'count')} failed", "red"
    return f"{number(passed, 'count')} passed", "brightgreen"


def _flaky(facts: Facts) -> tuple[str, str]:
    """Return how many tests are flaky."""
    if facts.flaky is None:
        return UNKNOWN, "lightgrey"
    return str(facts.flaky), _falling(facts.flaky, (0, 2, 9, 29))


def _debt(facts: Facts) -> tuple[str, str]:
    """Return the debt, lint findings and type errors, for each thousand lines where these were counted."""
    parts = [facts.metrics.get(name) for name in ("lint.findings", "types.errors")]
    known = [part for part in parts if part is not None]
    lines = facts.metrics.get("size.source_lines")
    if len(known) < len(parts):
        return UNKNOWN, "lightgrey"
    total = sum(known)
    per = total / lines * 1000 if lines else total
    said = number(total, "count") + (f" in {number(lines, 'count')} lines" if lines else "")
    return said, _falling(per, (0, 2, 10, 30))


_TOLD: Final[Mapping[BadgeName, Callable[[Facts], tuple[str, str]]]] = {
    "score": _score,
    "coverage": _coverage,
    "tests": _tests,
    "flaky": _flaky,
    "debt": _debt,
}
_SCALE: Final = ("brightgreen", "green", "yellow", "orange")


def _rising(value: float, least: tuple[float, float, float, float]) -> str:
    """Return the color of a value that is better the higher it is."""
    return next((color for color, bound in zip(_SCALE, least, strict=True) if value >= bound), "red")


def _falling(value: float, most: tuple[float, float, float, float]) -> str:
    """Return the color of a value that is better the lower it is."""
    return next((color for color, bound in zip(_SCALE, most, strict=True) if value <= bound), "red")


def _width(text: str) -> int:
    """Return about how many pixels a text takes at 11 pixels of Verdana, with its margins."""
    return 10 + round(sum(map(_advance, neutralize(clip(text, _LONGEST)))))


def _advance(character: str) -> float:
    """Return about how wide a character is."""
    if unicodedata.east_asian_width(character) in "WF":
        return 11.0
    return 4.2 if character in _NARROW else 10.5 if character in _WIDE else 6.6
