"""Known vulnerabilities of the project's dependencies, through pip-audit and an OSV service.

Without `--strict`, pip-audit prints "No known vulnerabilities found" and ends with 0 although it skipped every
dependency; so what counts is not its exit code but which dependencies its report says were audited.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, get_args

from ratchetry.collect.security.dependencies import Dependencies, Unaudited
from ratchetry.collect.security.part import LONGEST_MESSAGE, NAME, Part
from ratchetry.collect.security.pip_audit_report import Audited, AuditReport, Vulnerability, parse
from ratchetry.collect.security.severities import Rating, rate_all, service, without_credentials
from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context, measured
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.record import Finding, Metric, Severity
from ratchetry.errors import ReportError

TOOL: Final = "pip-audit"
_VULNERABILITIES: Final = "security.vulnerabilities"
_UNAUDITED: Final = "security.unaudited"
_SEVERITIES: Final = tuple(name for name in get_args(Severity) if name != "info")
_NO_ANSWER: Final = (
    "requests.exceptions.",
    "urllib3.exceptions.",
    "ConnectionError",
    "ServiceError",
    "your network may be blocking this service",
)
_IGNORED: Final = ("Unsupported OSV schema version", "is missing 'affected' list")


def commands(context: Context, dependencies: Dependencies) -> tuple[Command, ...]:
    """Return the audit of all dependencies whose version is known; nothing is resolved, installed or built."""
    if not dependencies.known:
        return ()
    pins = f"{context.reports}/pip-audit-requirements.txt"
    flags = ("--disable-pip", "--no-deps", "--requirement", pins, "--progress-spinner", "off")
    source = ("--vulnerability-service", "osv", "--osv-url", f"{service(context.settings.osv_url)}/v1/query")
    output = ("--format", "json", "--aliases", "on", "--desc", "off", "--output", "stdout")
    cache = ("--cache-dir", f"{context.reports}/pip-audit-cache")
    return (
        Command(
            name=TOOL,
            argv=(context.own_python, "-m", "pip_audit", *flags, *source, *output, *cache),
            environment=OWN_TOOL_ENVIRONMENT,
            files={pins: dependencies.pins()},
            weight=3,
        ),
    )


def measure(context: Context, dependencies: Dependencies, outcome: ToolOutcome | None) -> Part:
    """Return the vulnerabilities by severity, and every dependency that could not be audited with its reason."""
    where = (*context.project.requirements.sources, "pyproject.toml")[0]
    if dependencies.empty:
        return Part(metrics=dict([*_counts((), 0), measured(_UNAUDITED, 0, NAME, n=0)]))
    if outcome is None:
        return _nothing_known(dependencies, where)
    known = {row.name for row in dependencies.known}
    try:
        report = _report(outcome, dependencies, without_credentials(service(context.settings.osv_url)))
    except ReportError as error:
        unknown = tuple(row for row in dependencies.unaudited if row.name not in known)
        return Part(unmeasured={_VULNERABILITIES: str(error)}, findings=_unaudited(unknown, where))
    found = tuple((row, entry) for row in report.audited for entry in row.vulnerabilities)
    ratings = rate_all((entry for _, entry in found), context.settings.osv_url, context.fetch)
    skipped = (*dependencies.unaudited, *_left_out(dependencies, report))
    metrics = [
        *_counts(tuple(ratings[entry.ids].severity for _, entry in found), len(report.audited)),
        measured(_UNAUDITED, len(skipped), NAME, n=len({*known, *(row.name for row in skipped)})),
    ]
    findings = tuple(_finding(row, entry, ratings[entry.ids], where) for row, entry in found)
    return Part(metrics=dict(metrics), findings=(*findings, *_unaudited(skipped, where)))


def _nothing_known(dependencies: Dependencies, where: str) -> Part:
    """Return the part of a project none of whose dependencies has a known version."""
    count = len(dependencies.unaudited)
    reason = (
        f"none of the {count} declared dependencies could be audited, because none is installed; "
        "install the project in an environment and name it with --python"
    )
    return Part(
        metrics=dict([measured(_UNAUDITED, count, NAME, n=count)]),
        findings=_unaudited(dependencies.unaudited, where),
        unmeasured={_VULNERABILITIES: reason},
    )


def _report(outcome: ToolOutcome, dependencies: Dependencies, address: str) -> AuditReport:
    """Return the report of an audit that reached its service.

    Raises ReportError when it did not, when nothing was audited, or when advisories were passed over.
    """
    unreachable = f"no advisory service could be reached at {address}"
    if not outcome.problem and outcome.exit_code != 0 and any(sign in outcome.stderr for sign in _NO_ANSWER):
        raise ReportError(unreachable)
    data = outcome.require(0, 1)
    if not data.strip():
        outcome.require(0)
    report = parse(data)
    if not report.audited:
        reasons = [row.reason for row in report.skipped] or ["its report is empty"]
        msg = f"{unreachable}: pip-audit audited none of {len(dependencies.known)} dependencies ({reasons[0]})"
        raise ReportError(msg)
    passed_over = [line for line in outcome.stderr.splitlines() if any(sign in line for sign in _IGNORED)]
    if passed_over:
        msg = f"pip-audit passed over an advisory that it does not understand: {passed_over[0][:300]}"
        raise ReportError(msg)
    return report


def _left_out(dependencies: Dependencies, report: AuditReport) -> tuple[Unaudited, ...]:
    """Return the dependencies that were to be audited and were not."""
    audited = {row.name for row in report.audited}
    reasons = {row.name: row.reason for row in report.skipped}
    return tuple(
        Unaudited(name=row.name, reason=f"not audited: {reasons.get(row.name, 'pip-audit did not report on it')}")
        for row in dependencies.known
        if row.name not in audited
    )


def _counts(severities: tuple[Severity, ...], audited: int) -> list[tuple[str, Metric]]:
    """Return the number of vulnerabilities of each severity."""
    counted = Counter(severities)
    return [measured(f"{_VULNERABILITIES}.{name}", counted[name], NAME, n=audited) for name in _SEVERITIES]


def _finding(row: Audited, entry: Vulnerability, rating: Rating, where: str) -> Finding:
    """Return a vulnerability of a dependency as a finding at the place where dependencies are declared."""
    fix = f"fixed in {', '.join(entry.fixed)}" if entry.fixed else "no fixed version is known"
    others = f" (also {', '.join(entry.ids[1:])})" if entry.ids[1:] else ""
    why = f"; its severity is unknown: {rating.reason}" if rating.reason else ""
    message = f"{row.name} {row.version}: {entry.ids[0]}{others}, {fix}{why}"
    return Finding(
        tool=TOOL,
        rule=entry.ids[0],
        severity=rating.severity,
        path=where,
        message=message[:LONGEST_MESSAGE],
    )


def _unaudited(rows: tuple[Unaudited, ...], where: str) -> tuple[Finding, ...]:
    """Return the dependencies that could not be audited as findings."""
    return tuple(
        Finding(
            tool=TOOL,
            rule="unaudited",
            severity="unknown",
            path=where,
            message=f"{row.name}: {row.reason}"[:LONGEST_MESSAGE],
        )
        for row in rows
    )
