"""Workflow and action files against GitHub's schemas, through check-jsonschema."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT
from ratchetry.collect.validate.findings import error, warning
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

# GitHub itself turns numbers and truth values into text, and takes one text for a list of one in the filters of
# events, which the schema refuses
# (https://github.com/actions/languageservices/blob/main/workflow-parser/src/templates/template-reader.ts).
_ACCEPTED: Final = (
    (re.compile(r".*"), re.compile(r"(?:True|False|-?[0-9.e+-]+) is not of type 'string'")),
    (
        re.compile(r"\$\.on\.\w+\.(?:branches|tags|paths)(?:-ignore)?"),
        re.compile(r"""(?:'[^']*'|"[^"]*") is not of type 'array'"""),
    ),
)
_ALTERNATIVE: Final = re.compile(
    r".* is not (?:of type '\w+'|one of \[.*\]|valid under any of the given schemas)", re.DOTALL
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
            rows.append(Command(name=schema, argv=argv, environment=OWN_TOOL_ENVIRONMENT, weight=2))
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
    """Return a finding for each mismatch, and for each file it could not parse unless known to be unparsable."""
    mismatches = (
        warning("schema", row.filename, f"{_describe(row)}, though GitHub takes it", tool=TOOL)
        if _is_accepted(row)
        else error("schema", row.filename, _describe(row), tool=TOOL)
        for row in report.errors
    )
    refused = (
        error("schema", row.filename, f"{row.message}: is a key set twice?", tool=TOOL)
        for row in report.parse_errors
        if row.filename not in unparsable
    )
    return (*mismatches, *refused)


def _is_accepted(row: FileMismatch) -> bool:
    """Tell whether GitHub accepts what the schema refuses: then no cause is left but alternatives around it."""
    causes = row.sub_errors or (Mismatch(path=row.path, message=row.message),)
    accepted = [cause for cause in causes if _takes(cause)]
    return bool(accepted) and all(
        cause in accepted
        or (_ALTERNATIVE.fullmatch(cause.message) and any(each.path.startswith(f"{cause.path}.") for each in accepted))
        for cause in causes
    )


def _takes(cause: Mismatch) -> bool:
    """Tell whether GitHub takes the value at a place as it stands."""
    return any(path.fullmatch(cause.path) and message.fullmatch(cause.message) for path, message in _ACCEPTED)


def _describe(row: FileMismatch) -> str:
    """Return a mismatch by its deepest cause: of all alternatives tried, the one that matched furthest."""
    deepest = max(row.sub_errors, key=lambda each: _depth(each.path), default=None)
    if deepest is None or _depth(deepest.path) < _depth(row.path):
        return f"{row.path}: {row.message}"
    return f"{deepest.path}: {deepest.message}"


def _depth(path: str) -> int:
    """Return how many steps a JSON path takes."""
    return len(re.findall(r"\.|\[", path))
