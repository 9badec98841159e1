"""Risky code in the packages, through bandit with the project's own configuration."""

from __future__ import annotations

from collections import Counter
from typing import Final

from ratchetry.collect.security.bandit_report import BanditReport, Issue, parse
from ratchetry.collect.security.part import LONGEST_MESSAGE, NAME, Part
from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context, measured
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.project import Project
from ratchetry.domain.record import Finding, Severity
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

TOOL: Final = "bandit"
_FAMILY: Final = "security.bandit"
_INI: Final = ".bandit"
_YAML: Final = ("bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml")
_QUOTES_SECRETS: Final = frozenset({"B105", "B106", "B107"})
_SEVERITIES: Final[tuple[Severity, ...]] = ("high", "medium", "low")


def commands(context: Context) -> tuple[Command, ...]:
    """Return the scan of the packages; nothing when the project has no source files."""
    if not scanned_files(context.project):
        return ()
    report = f"{context.reports}/bandit.json"
    targets = tuple(f"./{path}" for path in _targets(context.project))
    flags = ("--recursive", "--quiet", "--format", "json", "--output", report)
    return (
        Command(
            name=TOOL,
            argv=(context.own_python, "-m", "bandit", *flags, *configuration(context.project, context.tree), *targets),
            environment=OWN_TOOL_ENVIRONMENT,
            report=report,
            weight=3,
        ),
    )


def measure(context: Context, outcome: ToolOutcome | None) -> Part:
    """Return the issues by severity; unmeasured when bandit could not look at one of the files."""
    files = frozenset(scanned_files(context.project))
    if not files:
        return Part(metrics=dict(measured(f"{_FAMILY}.{name}", 0, NAME, n=0) for name in _SEVERITIES))
    try:
        report = _complete(outcome, files)
    except ReportError as error:
        return Part(unmeasured={_FAMILY: str(error)})
    findings = tuple(_finding(issue) for issue in report.issues if issue.path in files)
    counted = Counter(finding.severity for finding in findings)
    looked_at = len(files.intersection(report.files))
    return Part(
        metrics=dict(measured(f"{_FAMILY}.{name}", counted[name], NAME, n=looked_at) for name in _SEVERITIES),
        findings=findings,
    )


def scanned_files(project: Project) -> tuple[str, ...]:
    """Return the Python files of the packages, or of the whole project if it has none, without its tests."""
    files = project.source_files() if project.packages else project.python_files()
    return tuple(
        path
        for path in files
        if path.endswith(".py") and not any(path == test or path.startswith(f"{test}/") for test in project.test_paths)
    )


def configuration(project: Project, tree: SourceTree) -> tuple[str, ...]:
    """Return the flags that make bandit use the project's configuration: it looks for none by itself.

    A file .bandit holds either command line options (INI) or, in some projects, what --configfile expects (YAML).
    """
    flags: tuple[str, ...] = ()
    config = next((name for name in _YAML if tree.exists(name)), "")
    if tree.exists(_INI):
        is_ini = b"[bandit]" in _read(tree, _INI)
        flags, config = (("--ini", _INI), config) if is_ini else ((), config or _INI)
    tool = project.tables.get("tool")
    if isinstance(tool, dict) and TOOL in tool:
        config = "pyproject.toml"
    return (*flags, *(("--configfile", config) if config else ()))


def _read(tree: SourceTree, path: str) -> bytes:
    """Return the content of a small file, or nothing if it cannot be read."""
    try:
        return tree.read(path, 100_000)
    except ReportError:
        return b""


def _targets(project: Project) -> tuple[str, ...]:
    """Return the paths that bandit is given: the packages, or the top-level entries that hold Python files."""
    if project.packages:
        return tuple(dict.fromkeys(package.path for package in project.packages))
    return tuple(dict.fromkeys(path.partition("/")[0] for path in scanned_files(project)))


def _complete(outcome: ToolOutcome | None, files: frozenset[str]) -> BanditReport:
    """Return the report of a scan that left no file of the project out for an error.

    Raises ReportError when it did, or when it looked at no file at all.
    """
    if outcome is None:
        msg = "bandit was not run"
        raise ReportError(msg)
    report = parse(outcome.require(0, 1))
    failed = [(path, reason) for path, reason in report.errors if path in files]
    if failed:
        path, reason = failed[0]
        more = f" (and {len(failed) - 1} more files)" if failed[1:] else ""
        msg = f"bandit could not look at {path}: {reason}{more}"
        raise ReportError(msg)
    if files.isdisjoint(report.files):
        msg = f"bandit looked at none of {len(files)} files: the project's configuration of bandit excludes all of them"
        raise ReportError(msg)
    return report


def _finding(issue: Issue) -> Finding:
    """Return an issue as a finding; one of undefined severity counts as low."""
    return Finding(
        tool=TOOL,
        rule=issue.rule,
        severity=next((name for name in _SEVERITIES if name == issue.severity), "low"),
        path=issue.path,
        line=issue.line,
        message=f"{_without_secret(issue)} (confidence: {issue.confidence})"[:LONGEST_MESSAGE],
    )


def _without_secret(issue: Issue) -> str:
    """Return what bandit says, without the password that its rules about hardcoded ones quote."""
    return issue.text.partition(":")[0] if issue.rule in _QUOTES_SECRETS else issue.text
