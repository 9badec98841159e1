"""validate: files, schemas, metadata and links of the repository, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ratchetry.collect.stage import Context, Stage, measured, status_of
from ratchetry.collect.validate import schemas
from ratchetry.collect.validate.conflicts import check_conflicts
from ratchetry.collect.validate.findings import bounded, not_checked
from ratchetry.collect.validate.links import check_links, is_page, submodule_paths
from ratchetry.collect.validate.metadata import metadata_check
from ratchetry.collect.validate.parsable import check_parsable, toml_tables
from ratchetry.collect.validate.required import check_required
from ratchetry.collect.validate.scope import is_binary_name, is_template, is_test_data
from ratchetry.collect.validate.state_files import Loader, check_state, state_paths
from ratchetry.domain.command import Plan, ToolOutcome
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.globs import matches
from ratchetry.domain.record import Finding, Fragment
from ratchetry.errors import ReportError

__all__ = ["stage"]

_NAME: Final = "validate"


def stage(loaders: Mapping[str, Loader]) -> Stage:
    """Return the stage; `loaders` decode the state files that the settings of the same names point at."""
    return Stage(name=_NAME, plan=_plan, interpret=partial(_interpret, loaders))


def _plan(context: Context) -> Plan:
    """Return the commands that check workflow and action files; everything else needs no tool."""
    present = tuple(path for path in _files(context) if context.tree.exists(path))
    return schemas.plan_schemas(present, context.own_python)


def _interpret(loaders: Mapping[str, Loader], context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
    """Return the findings of every check, and how many are errors and warnings."""
    files = _files(context)
    state = state_paths(context.settings, loaders)
    seen = _look_at(context, files, frozenset(state))
    unparsable = frozenset(row.path for row in seen.findings if row.severity == "high")
    against_schema, unmeasured = _against_schemas(outcomes, unparsable)
    findings = (
        *check_required(context.project.files, context.settings.required_files),
        *seen.findings,
        *_metadata(seen.metadata),
        *check_links(seen.pages, context.project.files, context.tree.exists, seen.submodules),
        *check_state(context.tree, state),
        *against_schema,
    )
    errors = sum(row.severity == "high" for row in findings)
    warnings = sum(row.severity == "low" for row in findings)
    counts = [("validate.warnings", warnings), *([] if unmeasured else [("validate.errors", errors)])]
    tools = {name: context.own_distributions.get(name, "") for name in _tools_used(seen, outcomes)}
    return Fragment(
        stages={
            _NAME: status_of(
                failed=errors > 0,
                failure=f"{errors} error{'s' if errors != 1 else ''}",
                unmeasured=unmeasured,
                tools=tools,
            )
        },
        metrics=dict(measured(name, count, _NAME, n=seen.checked) for name, count in sorted(counts)),
        findings=fingerprinted(bounded(findings)),
    )


@dataclass(slots=True)
class _Seen:
    """What one look at every file gave, and the texts that later checks need."""

    checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, bytes] = field(default_factory=dict)
    submodules: tuple[str, ...] = ()


def _files(context: Context) -> tuple[str, ...]:
    """Return the files that the settings do not exclude."""
    return tuple(path for path in context.project.files if not matches(path, context.settings.exclude))


def _look_at(context: Context, files: Sequence[str], state: frozenset[str]) -> _Seen:
    """Return what is wrong with the files one by one; each is read once, binary formats never."""
    seen = _Seen()
    for path in files:
        if is_binary_name(path):
            continue
        try:
            data = context.tree.read(path)
        except ReportError as problem:
            seen.findings.append(not_checked(path, str(problem)))
            continue
        seen.checked += 1
        found = tuple(_look_at_one(path, data, state))
        seen.findings += found
        if is_page(path):
            seen.pages[path] = data.decode("utf-8", "replace")
        if path == ".gitmodules":
            seen.submodules = submodule_paths(data)
        broken = any(row.severity in {"high", "info"} for row in found)
        if path.rpartition("/")[2] == "pyproject.toml" and not broken and not _is_left_alone(path):
            seen.metadata[path] = data
    return seen


def _look_at_one(path: str, data: bytes, state: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with one file in itself; state files are parsed by their loaders."""
    data_of_tests = is_test_data(path) and not path.endswith((".py", ".pyi"))
    if not data_of_tests:
        yield from check_conflicts(path, data)
    if path not in state and not _is_left_alone(path):
        yield from check_parsable(path, data)


def _is_left_alone(path: str) -> bool:
    """Tell whether a file may be malformed on purpose."""
    return is_test_data(path) or is_template(path)


def _metadata(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield what is wrong with the metadata of each pyproject.toml."""
    if not files:
        return
    check = metadata_check()
    for path, data in files.items():
        yield from check(path, toml_tables(data))


def _against_schemas(
    outcomes: Mapping[str, ToolOutcome], unparsable: frozenset[str]
) -> tuple[list[Finding], dict[str, str]]:
    """Return what breaks GitHub's schemas, and why the errors could not be counted if a report is missing."""
    findings: list[Finding] = []
    reasons: list[str] = []
    for name, outcome in sorted(outcomes.items()):
        try:
            report = schemas.parse_report(outcome.require(0, 1), name)
        except ReportError as problem:
            reasons.append(str(problem))
        else:
            findings += schemas.schema_findings(report, unparsable)
    return findings, {"validate.errors": "; ".join(reasons)} if reasons else {}


def _tools_used(seen: _Seen, outcomes: Mapping[str, ToolOutcome]) -> Iterator[str]:
    """Yield the distributions that were asked."""
    if seen.metadata:
        yield "validate-pyproject"
    if seen.pages:
        yield "markdown-it-py"
    if outcomes:
        yield schemas.TOOL
