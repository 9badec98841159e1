"""One family's share of the stage: what it gave, or why it was not measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.command import ToolOutcome
from ratchetry.domain.record import Finding, Metric, Severity
from ratchetry.errors import ReportError

STAGE_NAME: Final = "quality"
_TEXT_LIMIT: Final = 4096

Outcomes = Mapping[str, ToolOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The metrics and findings of one family, or the reason why it has none."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unmeasured: Mapping[str, str] = field(default_factory=dict)


def attempt(family: str, measure: Callable[[], Part]) -> Part:
    """Return what a measurement gives, or the reason why it gives nothing."""
    try:
        return measure()
    except ReportError as error:
        return Part(unmeasured={family: str(error)[:_TEXT_LIMIT]})


def outcome_of(outcomes: Outcomes, name: str) -> ToolOutcome:
    """Return how a command ended.

    Raises ReportError when it was not run.
    """
    if name not in outcomes:
        msg = f"{name} was not run"
        raise ReportError(msg)
    return outcomes[name]


def spot(path: str, line: int) -> str:
    """Return a place the way people read it; line 0 is the whole file."""
    return f"{path}:{line}" if line else path


def finding(*, tool: str, rule: str, severity: Severity, path: str, line: int = 0, message: str) -> Finding:
    """Return a finding whose texts are no longer than the record allows."""
    return Finding(
        tool=tool,
        rule=rule[:_TEXT_LIMIT],
        severity=severity,
        path=path[:_TEXT_LIMIT],
        line=line,
        message=message[:_TEXT_LIMIT],
    )
