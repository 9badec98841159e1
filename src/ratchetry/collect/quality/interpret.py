"""From the outcomes of ruff and mypy to the fragment of the quality stage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ratchetry.collect.quality.code_shape import shape_of
from ratchetry.collect.quality.mypy_command import MYPY, mypy_version
from ratchetry.collect.quality.mypy_part import types
from ratchetry.collect.quality.part import STAGE_NAME, Outcomes, Part, attempt
from ratchetry.collect.quality.ruff_parts import complexity, formatting, lint
from ratchetry.collect.stage import Context, measured, status_of
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Finding, Fragment
from ratchetry.errors import ReportError

MAX_FINDINGS: Final = 5000
_ORDER: Final = ("critical", "high", "medium", "low", "unknown", "info")


def interpret(context: Context, outcomes: Outcomes) -> Fragment:
    """Return the fragment of the stage; a family whose report cannot be used is not measured.

    The stage itself never fails: how many findings are too many is for the bounds of its metrics to say.
    """
    linted = attempt("lint.findings", lambda: lint(context, outcomes))
    parts = (
        linted,
        attempt("types.errors", lambda: types(context, outcomes)),
        attempt("format.files", lambda: formatting(context, outcomes)),
        attempt("complexity", lambda: complexity(context, outcomes, linted.findings)),
        attempt("size", lambda: _size(context)),
    )
    result = status_of(
        failed=False,
        unmeasured={family: reason for part in parts for family, reason in part.unmeasured.items()},
        tools=_tools(context, outcomes),
    )
    return Fragment(
        stages={STAGE_NAME: result},
        metrics={name: metric for part in parts for name, metric in part.metrics.items()},
        findings=worst(fingerprinted(finding for part in parts for finding in part.findings)),
    )


def worst(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are kept when there are too many: the worst, each kind in the order given."""
    return tuple(sorted(findings, key=lambda row: _ORDER.index(row.severity))[:MAX_FINDINGS])


def _tools(context: Context, outcomes: Outcomes) -> dict[str, str]:
    """Return the version of each tool that ran."""
    versions = {"ruff": context.own_distributions.get("ruff", ""), MYPY: mypy_version(context)}
    ran = {name.partition("-")[0] for name, outcome in outcomes.items() if outcome.exit_code is not None}
    return {name: version for name, version in versions.items() if name in ran}


def _size(context: Context) -> Part:
    """Return how much source the packages hold, how long its files and functions are and what it silences.

    Raises ReportError when there is no package or a file cannot be read or parsed, naming it.
    """
    sources = context.project.source_files()
    if not sources:
        msg = "no package was found: name its path in the setting sources"
        raise ReportError(msg)
    shapes = [shape_of(context.tree.read(path), path) for path in sources]
    values = {
        "size.source_lines": sum(shape.lines for shape in shapes),
        "size.longest_file": max(shape.lines for shape in shapes),
        "size.longest_function": max(shape.longest_function for shape in shapes),
        "lint.suppressions": sum(shape.suppressions for shape in shapes),
    }
    return Part(
        metrics=dict(measured(name, value, STAGE_NAME, n=len(shapes)) for name, value in values.items()),
    )
