"""What ruff's reports say: lint findings, files to format, and the complexity of functions."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean, quantiles
from typing import Final

from ratchetry.collect.quality.complexity import RULE, FunctionComplexity, functions
from ratchetry.collect.quality.part import STAGE_NAME, Outcomes, Part, finding, outcome_of, spot
from ratchetry.collect.quality.places import place, printed_root, relative_path
from ratchetry.collect.quality.ruff_command import CHECK, COMPLEXITY, FILES, FORMAT, listable
from ratchetry.collect.quality.ruff_report import (
    SYNTAX,
    UNFORMATTED,
    Diagnostic,
    is_json,
    parse_diagnostics,
    parse_files,
    parse_format,
)
from ratchetry.collect.stage import Context, measured
from ratchetry.domain.record import Finding, Severity
from ratchetry.errors import ReportError

NOTABLE_COMPLEXITY: Final = 10
"""McCabe's own bound: functions above it are pointed out."""
_MAX_NOTABLE: Final = 10
_PYTHON: Final = (".py", ".pyi", ".ipynb")


def lint(context: Context, outcomes: Outcomes) -> Part:
    """Return the count of lint findings, and the findings.

    Raises ReportError when there is no usable report or no file was checked.
    """
    seen_files(context, outcomes)
    diagnostics = parse_diagnostics(outcome_of(outcomes, CHECK).require(0, 1))
    root = _root(context, (row.path for row in diagnostics))
    return Part(
        metrics=dict([measured("lint.findings", len(diagnostics), STAGE_NAME)]),
        findings=tuple(_finding(root, row) for row in diagnostics),
    )


def formatting(context: Context, outcomes: Outcomes) -> Part:
    """Return the count of files that the formatter would change, and a finding for each.

    Raises ReportError when there is no usable report, or a file could not be checked.
    """
    seen_files(context, outcomes)
    outcome = outcome_of(outcomes, FORMAT)
    unreadable = outcome.exit_code == 2 and is_json(outcome.stdout)
    rows = parse_format(outcome.stdout if unreadable else outcome.require(0, 1))
    root = _root(context, (row.path for row in rows))
    for row in rows:
        if row.rule != UNFORMATTED:
            path, message = place(root, row.path, row.message)
            msg = f"ruff cannot format {spot(path, row.line)}: {message}"
            raise ReportError(msg)
    outcome.require(0, 1)
    paths = {row.path: place(root, row.path, "the formatter would change this file") for row in rows}
    return Part(
        metrics=dict([measured("format.files", len(paths), STAGE_NAME)]),
        findings=tuple(
            finding(tool="ruff", rule=UNFORMATTED, severity="low", path=path, message=message)
            for path, message in paths.values()
        ),
    )


def complexity(context: Context, outcomes: Outcomes, reported: tuple[Finding, ...]) -> Part:
    """Return the highest and mean complexity of the packages' functions, and the most complex ones as findings.

    `reported` are the findings of ruff check.  Raises ReportError when there is no usable report, no function,
    or a file of the packages that could not be parsed.
    """
    rows = functions(_source_diagnostics(context, outcomes))
    if not rows:
        msg = "the packages define no function"
        raise ReportError(msg)
    values = [row.paths for row in rows]
    lower, _, upper = quantiles(values, n=4) if len(values) > 1 else (0.0, 0.0, 0.0)
    return Part(
        metrics=dict(
            [
                measured("complexity.max", max(values), STAGE_NAME, n=len(values)),
                measured("complexity.mean", fmean(values), STAGE_NAME, n=len(values), spread=upper - lower),
            ]
        ),
        findings=_notable(rows, reported),
    )


def seen_files(context: Context, outcomes: Outcomes) -> frozenset[str]:
    """Return the Python files that ruff looks at, relative to the root.

    Raises ReportError when there is none: nothing was checked, which is not the same as nothing found.
    """
    printed = parse_files(outcome_of(outcomes, FILES).require(0))
    root = _root(context, printed)
    inside = (relative_path(root, path) for path in printed if path.endswith(_PYTHON))
    seen = frozenset(path for path in inside if path is not None)
    if not seen:
        msg = "ruff looks at no Python file: its configuration or .gitignore leaves all of them out"
        raise ReportError(msg)
    return seen


def _root(context: Context, printed: Iterable[str]) -> str:
    """Return the repository's root the way ruff prints it."""
    return printed_root(context.project.root, frozenset(context.project.files), printed)


def _finding(root: str, row: Diagnostic) -> Finding:
    """Return a diagnostic as a finding."""
    path, message = place(root, row.path, row.message)
    return finding(tool="ruff", rule=row.rule, severity=_severity(row.rule), path=path, line=row.line, message=message)


def _severity(rule: str) -> Severity:
    """Return medium for rules that find errors (pyflakes, E9, syntax), low for those of style."""
    pyflakes = rule.startswith("F") and rule[1:].isdigit()
    return "medium" if pyflakes or rule == SYNTAX or rule.startswith("E9") else "low"


def _source_diagnostics(context: Context, outcomes: Outcomes) -> tuple[Diagnostic, ...]:
    """Return what the complexity run says of the packages' files that ruff looks at, paths relative to the root.

    Raises ReportError when there is no usable report or no such file.
    """
    sources = context.project.source_files()
    if not sources:
        msg = "no package was found: name its path in the setting sources"
        raise ReportError(msg)
    unlisted = next((path for path in sources if not listable(path)), None)
    if unlisted is not None:
        msg = f"ruff cannot be given a file whose name holds a line break or is not UTF-8: {unlisted!r}"
        raise ReportError(msg)
    wanted = seen_files(context, outcomes).intersection(sources)
    if not wanted:
        msg = "ruff's configuration or .gitignore leaves out every file of the packages"
        raise ReportError(msg)
    rows = parse_diagnostics(outcome_of(outcomes, COMPLEXITY).require(0, 1))
    root = _root(context, (row.path for row in rows))
    inside = ((relative_path(root, row.path), row) for row in rows)
    return tuple(
        Diagnostic(path=path, line=row.line, rule=row.rule, message=row.message)
        for path, row in inside
        if path is not None and path in wanted
    )


def _notable(rows: Iterable[FunctionComplexity], reported: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the most complex functions above McCabe's bound that ruff has not reported already."""
    known = {(row.path, row.line) for row in reported if row.rule == RULE}
    above = [row for row in rows if row.paths > NOTABLE_COMPLEXITY]
    most = sorted(above, key=lambda row: (-row.paths, row.path, row.line))[:_MAX_NOTABLE]
    return tuple(
        finding(
            tool="ruff",
            rule=RULE,
            severity="info",
            path=row.path,
            line=row.line,
            message=f"`{row.name}` has {row.paths} independent paths through it",
        )
        for row in most
        if (row.path, row.line) not in known
    )
