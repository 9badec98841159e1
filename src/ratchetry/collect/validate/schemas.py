"""Workflow and action files against GitHub's schemas, through check-jsonschema."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from ratchetry.collect.validate.findings import error
from ratchetry.domain.command import Command
from ratchetry.domain.record import Finding
from ratchetry.errors import ReportError

TOOL: Final = "check-jsonschema"
WORKFLOWS: Final = "github-workflows"
ACTIONS: Final = "github-actions"

# Actions in other directories cannot be told from unrelated files of that name.
_FILES: Final = (
    (WORKFLOWS, re.compile(r"\.github/workflows/[^/]+\.ya?ml")),
    (ACTIONS, re.compile(r"(?:\.github/(?:.+/)?)?action\.ya?ml")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One place that does not match, as a JSON path."""

    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMismatch:
    """One mismatch of one file; the alternatives that were tried stand in `sub_errors`."""

    filename: str
    path: str
    message: str
    sub_errors: tuple[Mismatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsable:
    """One file that could not be parsed."""

    filename: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """check-jsonschema's report, as far as it is read."""

    status: Literal["ok", "fail"]
    errors: tuple[FileMismatch, ...]
    parse_errors: tuple[Unparsable, ...] = ()


def plan_schemas(files: Sequence[str], own_python: str) -> tuple[Command, ...]:
    """Return one command for each schema that has files here."""
    rows = []
    for schema, pattern in _FILES:
        instances = tuple(path for path in files if pattern.fullmatch(path))
        if instances:
            options = ("--builtin-schema", f"vendor.{schema}", "--output-format", "json", "--verbose")
            argv = (own_python, "-m", "check_jsonschema", *options, "--", *instances)
            rows.append(Command(name=schema, argv=argv, weight=2))
    return tuple(rows)


def parse_report(data: bytes, name: str) -> Report:
    """Return check-jsonschema's report.

    Raises ReportError naming the command when it is malformed or contradicts itself.
    """
    try:
        report = msgspec.json.decode(data, type=Report)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        msg = f"{name}: the report of check-jsonschema cannot be read: {str(problem) or 'nested too deeply'}"
        raise ReportError(msg) from problem
    if (report.status == "ok") == bool(report.errors or report.parse_errors):
        msg = f"{name}: the report of check-jsonschema contradicts itself: status {report.status!r}"
        raise ReportError(msg)
    return report


def schema_findings(report: Report, unparsable: Collection[str]) -> tuple[Finding, ...]:
    """Return an error for each mismatch, and for each file it could not parse unless known to be unparsable."""
    mismatches = (error("schema", row.filename, _describe(row), tool=TOOL) for row in report.errors)
    refused = (
        error("schema", row.filename, f"{row.message}: is a key set twice?", tool=TOOL)
        for row in report.parse_errors
        if row.filename not in unparsable
    )
    return (*mismatches, *refused)


def _describe(row: FileMismatch) -> str:
    """Return a mismatch by its deepest cause: of all alternatives tried, the one that matched furthest."""
    deepest = max(row.sub_errors, key=lambda each: _depth(each.path), default=None)
    if deepest is None or _depth(deepest.path) < _depth(row.path):
        return f"{row.path}: {row.message}"
    return f"{deepest.path}: {deepest.message}"


def _depth(path: str) -> int:
    """Return how many steps a JSON path takes."""
    return len(re.findall(r"\.|\[", path))
