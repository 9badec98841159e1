"""Secrets in the repository's files, through detect-secrets, without contacting any service."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from ratchetry.collect.security import secrets_baseline
from ratchetry.collect.security.part import NAME, Part
from ratchetry.collect.security.secrets_baseline import FILE, Baseline
from ratchetry.collect.security.secrets_report import Secret, SecretsReport, parse
from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context, measured
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.record import Finding
from ratchetry.errors import ReportError

TOOL: Final = "detect-secrets"
_METRIC: Final = "security.secrets"
_FILES_PER_COMMAND: Final = 1500
_SCANNER: Final = "ratchetry.adapters.secret_scanner"
_LOCK_FILES: Final = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "Package.resolved")


def commands(context: Context) -> tuple[Command, ...]:
    """Return the scan, a large one in parts that can run side by side; nothing when the baseline cannot be used."""
    files = scanned_files(context)
    try:
        baseline = _baseline(context)
    except ReportError:
        return ()
    settings = baseline and {"plugins_used": baseline.plugins, "filters_used": baseline.filters}
    parts = -(-len(files) // _FILES_PER_COMMAND)
    return tuple(
        _command(context, number, {"files": files[number::parts], "settings": settings}) for number in range(parts)
    )


def measure(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Part:
    """Return the number of probable secrets; unmeasured when the baseline or one of the files cannot be read."""
    files = scanned_files(context)
    parts = -(-len(files) // _FILES_PER_COMMAND)
    try:
        baseline = _baseline(context)
        reports = [_complete(outcomes[_name(number)]) for number in range(parts)]
    except ReportError as error:
        return Part(unmeasured={_METRIC: str(error)})
    dismissed = baseline.dismissed if baseline else frozenset()
    secrets = [row for report in reports for row in report.secrets if (row.path, row.kind, row.digest) not in dismissed]
    scanned = sum(report.scanned or 0 for report in reports)
    return Part(
        metrics=dict([measured(_METRIC, len(secrets), NAME, n=scanned)]), findings=tuple(map(_finding, secrets))
    )


def scanned_files(context: Context) -> tuple[str, ...]:
    """Return the files to scan: all but excluded ones, lock files, which are full of hashes, and the baseline."""
    return tuple(
        path
        for path in context.project.files
        if path != FILE and not _is_lock_file(path) and not _is_excluded(path, context.settings.exclude)
    )


def _is_lock_file(path: str) -> bool:
    """Tell whether a file is written by a package manager."""
    name = path.rpartition("/")[2]
    return name.endswith(".lock") or name in _LOCK_FILES or fnmatchcase(name, "pylock*.toml")


def _is_excluded(path: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a glob names a file or a directory above it."""
    return any(fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern.rstrip('/')}/*") for pattern in patterns)


def _baseline(context: Context) -> Baseline | None:
    """Return the project's baseline, None if it has none; raises ReportError when it cannot be used."""
    return secrets_baseline.parse(context.tree.read(FILE, 50_000_000)) if context.tree.exists(FILE) else None


def _name(number: int) -> str:
    """Return the name of one part of the scan."""
    return f"{TOOL}-{number + 1}" if number else TOOL


def _command(context: Context, number: int, job: Mapping[str, object]) -> Command:
    """Return one part of the scan."""
    path = f"{context.reports}/{_name(number)}-job.json"
    return Command(
        name=_name(number),
        argv=(context.own_python, "-m", _SCANNER, path),
        environment=OWN_TOOL_ENVIRONMENT,
        files={path: msgspec.json.encode(job).decode()},
        weight=3,
    )


def _complete(outcome: ToolOutcome) -> SecretsReport:
    """Return the report of a scan that got through all its files; raises ReportError naming one it did not."""
    report = parse(outcome.require(0))
    if report.scanned is None:
        msg = "detect-secrets' report does not tell how many files were scanned"
        raise ReportError(msg)
    if report.unreadable:
        path, reason = report.unreadable[0]
        msg = f"detect-secrets could not scan {path}: {reason}"
        raise ReportError(msg)
    return report


def _finding(secret: Secret) -> Finding:
    """Return a secret as a finding that does not tell it."""
    return Finding(
        tool=TOOL,
        rule=secret.kind,
        severity="high",
        path=secret.path,
        line=secret.line,
        message=f"probable secret: {secret.kind}",
    )
