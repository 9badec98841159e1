"""What mypy's report says: type errors, or why it gave up."""

from __future__ import annotations

from ratchetry.collect.quality.mypy_command import MYPY, mypy_command
from ratchetry.collect.quality.mypy_report import TypeMessage, parse_errors, parse_messages
from ratchetry.collect.quality.part import STAGE_NAME, Outcomes, Part, finding, outcome_of, spot
from ratchetry.collect.quality.places import place, printed_root
from ratchetry.collect.stage import Context, measured
from ratchetry.domain.command import ToolOutcome, Unable
from ratchetry.domain.record import Finding
from ratchetry.errors import ReportError


def types(context: Context, outcomes: Outcomes) -> Part:
    """Return the count of type errors, and the errors.

    Raises ReportError when mypy could not be asked, crashed, or was blocked by an error such as one of syntax.
    """
    planned = mypy_command(context)
    if isinstance(planned, Unable):
        raise ReportError(planned.reason)
    outcome = outcome_of(outcomes, MYPY)
    if outcome.exit_code == 2 and not outcome.problem:
        raise ReportError(_blocked(context, outcome))
    errors = parse_errors(outcome.require(0, 1), outcome.exit_code or 0)
    root = _root(context, errors)
    return Part(
        metrics=dict([measured("types.errors", len(errors), STAGE_NAME)]),
        findings=tuple(_finding(root, row) for row in errors),
    )


def _finding(root: str, row: TypeMessage) -> Finding:
    """Return a type error as a finding."""
    path, message = place(root, row.path, row.message)
    return finding(tool=MYPY, rule=row.code, severity="medium", path=path, line=row.line, message=message)


def _root(context: Context, rows: tuple[TypeMessage, ...]) -> str:
    """Return the repository's root the way mypy prints it."""
    return printed_root(context.project.root, frozenset(context.project.files), (row.path for row in rows))


def _blocked(context: Context, outcome: ToolOutcome) -> str:
    """Return why mypy gave up: the first error of its report, else the first line that tells of an error."""
    lines = [line for line in outcome.stderr.splitlines() if line.strip()]
    # With JSON, errors in the configuration are JSON on standard error.
    aside = "\n".join(line for line in lines if line.startswith("{"))
    messages = parse_messages(outcome.stdout + b"\n" + aside.encode("utf-8", "replace"))
    rows = tuple(row for row in messages if row.severity == "error")
    for row in rows[:1]:
        path, message = place(_root(context, rows), row.path, row.message)
        return f"mypy stopped at {spot(path, row.line)}: {message}"
    said = lines or ["it printed nothing"]
    return f"mypy stopped: {next((line for line in said if 'error' in line.lower()), said[-1])[:300]}"
