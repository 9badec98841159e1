"""Says of a failing test what kind of failure it is and which others fail alike, from the text that pytest gives."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ratchetry.collect.test.junit_report import Problem
from ratchetry.domain.fingerprint import short_hash

_MAX_HEADLINE: Final = 300
_MAX_EVIDENCE: Final = 2000
_MAX_LINES: Final = 20

_FRAME: Final = re.compile(r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d{1,7}): (?:in (?P<function>.+)|\S.*)$", re.MULTILINE)
_SYNTAX: Final = re.compile(r'^E +File "(?P<path>[^"\n]+)", line (?P<line>\d{1,7})(?P<function>)', re.MULTILINE)
_PHASE: Final = re.compile(r'^failed on (?P<phase>setup|teardown) with "(?P<message>.*?)"?$', re.DOTALL)
_RAISED: Final = re.compile(r"(?P<type>[A-Za-z_][\w.]*)(?::|$)")
_COLLECTION: Final = "collection failure"

_NOISE: Final = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b0x[0-9a-f]+\b|\.\.\.[0-9a-f]{6,}>", re.IGNORECASE), "<address>"),
    (re.compile(r"(?:/[\w.+@~-]+)+/(?P<name>[\w.+@~-]+)"), r"<path>/\g<name>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", re.IGNORECASE), "<hex>"),
    # a quoted identifier says what is missing or wrong; any other quoted text is data
    (re.compile(r"(?P<quote>['\"])(?![A-Za-z_][\w.]{0,60}(?P=quote))[^'\"\n]*(?P=quote)"), "<text>"),
    (re.compile(r"\d+(?:[.,_]\d+)*(?:e[+-]?\d+)?"), "#"),
    (re.compile(r"\s+"), " "),
)
"""What differs between two runs that fail alike, and what stands for it; applied in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a failure is: `signature` is shared by failures alike, `evidence` holds the lines that decide.

    `headline` is the first of these, `path` and `line` the last place of the repository in the traceback.
    """

    signature: str
    category: str
    headline: str
    evidence: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One frame of a traceback."""

    path: str
    line: int
    function: str


def diagnose(
    problem: Problem, files: Collection[str], *, root: str = "", test_path: str = "", test_id: str = ""
) -> Diagnosis:
    """Return what a problem of a test is; `files` are the repository's and `root` is where the suite ran.

    The place is the last one in the test's own file if the traceback passes through it.  Failures are alike when
    they are of one category, say the same, and come from the same function; without a traceback, from one test.
    """
    text = problem.text.replace(f"{root}/", "") if root else problem.text
    places = [place for place in _places(text) if place.path in files]
    own = [place for place in places if place.path == test_path] or places
    headline = _headline(problem.message, text)
    category = _category(problem.message, headline)
    deepest = (places[-1].path, places[-1].function) if places else ("", test_id.partition("[")[0])
    return Diagnosis(
        signature=short_hash(category, normalized(headline), *deepest),
        category=category,
        headline=headline,
        evidence=_evidence(text, headline, places),
        path=own[-1].path if own else "",
        line=own[-1].line if own else 0,
    )


def normalized(text: str) -> str:
    """Return a text without what differs between two runs: numbers, addresses, times, paths, quoted data."""
    for pattern, replacement in _NOISE:
        text = pattern.sub(replacement, text)
    return text.strip()


def _places(text: str) -> list[_Place]:
    """Return the frames that a traceback names, outermost first."""
    found = sorted((*_FRAME.finditer(text), *_SYNTAX.finditer(text)), key=lambda match: match.start())
    return [_Place(path=match["path"], line=int(match["line"]), function=match["function"] or "") for match in found]


def _headline(message: str, text: str) -> str:
    """Return the one line that says what went wrong."""
    in_phase = _PHASE.match(message)
    said = in_phase["message"] if in_phase else "" if message == _COLLECTION else message
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines or said.startswith("file "):  # pytest's words for a fixture that does not exist
        marked = _marked(text)
        raised = [line for line in marked if _RAISED.match(line)] or marked
        lines = raised[-1:] or [line.strip() for line in text.splitlines() if line.strip()][-1:] or ["no text"]
    return lines[0].strip()[:_MAX_HEADLINE]


def _marked(text: str) -> list[str]:
    """Return the lines that pytest marks with an E, without the mark and three columns of margin."""
    return [line[4:].rstrip() if line.startswith("E   ") else "" for line in text.splitlines() if line.startswith("E ")]


def _category(message: str, headline: str) -> str:
    """Return the kind of failure: where it happened if that was not the test itself, otherwise what was raised."""
    raised = _RAISED.match(headline)
    name = raised["type"].rpartition(".")[2] if raised else ""
    in_phase = _PHASE.match(message)
    checks = (
        ("timeout", name in {"TimeoutError", "TimeoutExpired"} or headline.startswith("Failed: Timeout")),
        ("import", name in {"ImportError", "ModuleNotFoundError"} and (message == _COLLECTION or not in_phase)),
        ("collection", message == _COLLECTION),
        (in_phase["phase"] if in_phase else "", in_phase is not None),
        ("crash", headline.startswith("worker '") and "crashed" in headline),
        ("unexpected-success", "XPASS" in headline or "Unexpected success" in headline),
        ("assertion", headline.startswith("assert ") or name in {"AssertionError", "Failed"}),
    )
    return next((category for category, holds in checks if holds), "exception")


def _evidence(text: str, headline: str, places: list[_Place]) -> str:
    """Return the lines that decide: where in the repository, and what pytest marks; the headline if nothing."""
    where = [f"{places[-1].path}:{places[-1].line}"] if places else []
    marked = [line for line in _marked(text) if line.strip()] or [headline]
    lines = [*where, *marked]
    more = [f"… {len(lines) - _MAX_LINES} more lines"] if len(lines) > _MAX_LINES else []
    return "\n".join([*lines[:_MAX_LINES], *more])[:_MAX_EVIDENCE]
