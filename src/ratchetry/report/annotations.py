"""Workflow commands that make GitHub show findings beside the code.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; what is escaped, and how, is
in https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ratchetry.domain.record import Finding, RunRecord, Severity
from ratchetry.report import view
from ratchetry.report.comment_view import uncovered
from ratchetry.report.text import clip, clip_middle, neutralize, neutralize_lines, plural
from ratchetry.report.verdict import sentence

MOST_OF_A_KIND: Final = 10
"""GitHub shows ten errors and ten warnings of a step
(https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md)."""
LONGEST_MESSAGE: Final = 4096
"""The runner cuts what is longer (https://github.com/actions/runner, ExecutionContext.cs)."""
_LONGEST_TITLE: Final = 250

Kind = Literal["error", "warning", "notice"]

_KINDS: Final[Mapping[Severity, Kind]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "unknown": "warning",
    "low": "warning",
}
"""What is for information only stays in the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One remark, at a place if it has one."""

    kind: Kind
    title: str
    message: str
    file: str = ""
    line: int = 0
    last: int = 0
    """The last line, where there is more than one."""


def render(record: RunRecord, *, prefix: str = "") -> tuple[str, ...]:
    """Return at most ten errors, ten warnings and ten notices, worst first, each as one line for the runner.

    `prefix` is where the measured repository lies in the checkout, if it is not the checkout itself.
    """
    rows = (*_gates(record), *_failing(record), *_findings(record), *_uncovered(record))
    kinds: tuple[Kind, ...] = ("error", "warning", "notice")
    shown = (row for kind in kinds for row in tuple(row for row in rows if row.kind == kind)[:MOST_OF_A_KIND])
    root = f"{prefix.rstrip('/')}/" if prefix else ""
    return tuple(command(replace(row, file=row.file and f"{root}{row.file}")) for row in shown)


def command(annotation: Annotation) -> str:
    """Return an annotation as a workflow command that holds no second one."""
    line = str(annotation.line) if annotation.file and annotation.line else ""
    last = str(annotation.last) if line and annotation.last > annotation.line else ""
    title = clip_middle(neutralize(annotation.title), _LONGEST_TITLE)
    properties = {"file": neutralize(annotation.file), "line": line, "endLine": last, "title": title}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{annotation.kind} {told}::{_message(annotation.message)}"


def _gates(record: RunRecord) -> Iterator[Annotation]:
    """Yield one annotation for the verdict, unless all is well: its sentence, then every gate that does not hold."""
    if record.verdict == "pass":
        return
    rows = (
        " ".join(part for part in (view.VERDICTS[row.verdict], row.metric, row.value, row.bound, row.reason) if part)
        for row in view.gates(record)
        if row.verdict != "pass"
    )
    yield Annotation(
        kind="warning" if record.verdict == "warn" else "error",
        title=f"ratchetry: {view.VERDICTS[record.verdict]}",
        message="\n".join((sentence(record), *rows)),
    )


def _failing(record: RunRecord) -> Iterator[Annotation]:
    """Yield the failing tests: where pytest found them or, failing that, by name."""
    placed = tuple(row for row in record.findings if row.tool == "pytest")
    if placed:
        yield from (_annotation(row, "error") for row in sorted(placed, key=view.finding_order))
        return
    for group in view.failing(record):
        more = plural(len(group.tests) - 1, "other test fails", "other tests fail")
        alike = f"\n{more} alike." if len(group.tests) > 1 else ""
        yield Annotation(kind="error", title=group.tests[0].id, message=f"{group.evidence or group.signature}{alike}")


def _findings(record: RunRecord) -> Iterator[Annotation]:
    """Yield the findings of the other tools, worst first."""
    for row in view.findings(record):
        kind = _KINDS.get(row.severity)
        if kind and row.tool != "pytest":
            yield _annotation(row, kind)


def _uncovered(record: RunRecord) -> Iterator[Annotation]:
    """Yield the changed lines that no test executes: GitHub shows them beside the change."""
    for row in uncovered(record):
        message = f"No test executes {row.lines}, which this change adds or edits."
        yield Annotation(
            kind="notice", title="coverage: not covered", message=message, file=row.path, line=row.first, last=row.last
        )


def _annotation(finding: Finding, kind: Kind) -> Annotation:
    """Return a finding as an annotation."""
    return Annotation(
        kind=kind,
        title=f"{finding.tool}: {finding.rule}",
        message=finding.message,
        file=finding.path,
        line=finding.line,
    )


def _message(text: str) -> str:
    """Return text as a command's message, at most as long as the runner accepts, escapes included."""
    limit = LONGEST_MESSAGE
    shown = neutralize_lines(text) or "no message"
    while len(escaped := _escape(clip(shown, limit))) > LONGEST_MESSAGE:
        limit = min(limit, len(shown)) - max(1, (len(escaped) - LONGEST_MESSAGE) // 3)
    return escaped


def _property(text: str) -> str:
    """Return text as the value of a command's property."""
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _escape(text: str) -> str:
    """Return text without what ends a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
