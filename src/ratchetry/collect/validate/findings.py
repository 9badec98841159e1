"""What validate finds: errors fail the stage, warnings are worth mending, and nothing goes unchecked silently."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ratchetry.domain.record import Finding

TOOL: Final = "ratchetry"

_LONGEST: Final = 600
_MOST: Final = 100
_LONGEST_PATH: Final = 4096


def error(rule: str, path: str, message: str, *, line: int = 0, tool: str = TOOL) -> Finding:
    """Return the finding of something that is broken."""
    return Finding(
        tool=tool, rule=rule, severity="high", path=path[:_LONGEST_PATH], line=line, message=_one_line(message)
    )


def warning(rule: str, path: str, message: str, *, line: int = 0, tool: str = TOOL) -> Finding:
    """Return the finding of something worth mending."""
    return Finding(
        tool=tool, rule=rule, severity="low", path=path[:_LONGEST_PATH], line=line, message=_one_line(message)
    )


def not_checked(path: str, reason: str) -> Finding:
    """Return the finding that a file was left alone, and why."""
    return Finding(tool=TOOL, rule="not-checked", severity="info", path=path[:_LONGEST_PATH], message=_one_line(reason))


def bounded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with at most a hundred of one rule in one file, and how many more there are."""
    rows: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        rows.setdefault((finding.path, finding.rule), []).append(finding)
    kept: list[Finding] = []
    for (path, rule), group in rows.items():
        kept += group[:_MOST]
        if len(group) > _MOST:
            kept.append(_not_listed(path, rule, len(group) - _MOST))
    return tuple(kept)


def _not_listed(path: str, rule: str, count: int) -> Finding:
    """Return the finding that stands for those that were counted but are not listed."""
    message = f"{count} more findings of {rule} in this file are counted but not listed"
    return Finding(tool=TOOL, rule="not-listed", severity="info", path=path, message=message)


def _one_line(text: str) -> str:
    """Return a text on one line of bounded length, without what cannot be written as UTF-8."""
    flat = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
