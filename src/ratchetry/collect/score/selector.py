"""How often the bandit chose well: its log of decisions, one JSON object a line.

A line is {"decision": id, "arm": name, "outcome": "success" | "failure" | null, …}.  The log is only appended to: a
decision is written when it is taken, without an outcome, and again once the outcome is known; the last line of a
decision counts.  Accuracy at 1 is the share of decided decisions whose chosen, and only, arm succeeded (precision at
rank 1; Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 8.4).
"""

from __future__ import annotations

import posixpath
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ratchetry.collect.score.measure import LeftOut, Measure, Outcome
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree
from ratchetry.settings import Settings

_SIZE_LIMIT: Final = 50_000_000

_Name = Annotated[str, Meta(min_length=1, max_length=4096)]


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log; other fields are for others."""

    decision: _Name
    arm: _Name
    outcome: Literal["success", "failure"] | None = None


def selector_accuracy_at_1(tree: SourceTree, settings: Settings) -> Outcome:
    """Return the share of decided decisions that succeeded."""
    path = _path(tree.root, settings)
    if path is None:
        return LeftOut(reason=f"the output directory {settings.output_dir} lies outside of the repository")
    if not tree.exists(path):
        return LeftOut(reason=f"there is no decision log at {path}")
    try:
        return _accuracy(outcomes(tree.read(path, limit=_SIZE_LIMIT), path), path)
    except ReportError as error:
        return LeftOut(reason=str(error)[:4096])


def outcomes(data: bytes, origin: str) -> dict[str, bool]:
    """Return by decision whether it succeeded, for those that are decided; raises ReportError naming the line."""
    last = last_lines(data, origin)
    return {decision: outcome == "success" for decision, outcome in last.items() if outcome is not None}


def last_lines(data: bytes, origin: str) -> dict[str, str | None]:
    """Return by decision what its last line says of its outcome; raises ReportError naming the line that is none."""
    last: dict[str, str | None] = {}
    decoder = msgspec.json.Decoder(_Line)
    for number, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            line = decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            msg = f"{origin}: line {number} is no decision: {error}"
            raise ReportError(msg) from error
        last[line.decision] = line.outcome
    return last


def _accuracy(decided: dict[str, bool], path: str) -> Outcome:
    """Return the share of successes."""
    if not decided:
        return LeftOut(reason=f"no decision in {path} has an outcome yet")
    return Measure(value=sum(decided.values()) / len(decided), n=len(decided))


def _path(root: str, settings: Settings) -> str | None:
    """Return the path of the log relative to the repository, None when it lies outside."""
    whole = posixpath.normpath(posixpath.join(root, settings.output_dir, settings.decision_log))
    inside = f"{posixpath.normpath(root).rstrip('/')}/"
    return whole.removeprefix(inside) if whole.startswith(inside) else None
