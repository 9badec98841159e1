"""Findings as SARIF 2.1.0, the way GitHub's code scanning reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal
from urllib.parse import quote

import msgspec

from ratchetry import __version__
from ratchetry.domain.record import Finding, Fragment, Severity
from ratchetry.report.text import clip, neutralize, plural
from ratchetry.report.view import finding_order

MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more."""
MOST_BYTES: Final = 9_000_000
"""Of a whole file: GitHub takes 10 MB of it compressed, and what cannot be compressed has to fit as well."""
_MESSAGE: Final = 1000
_NAME: Final = 200
_INFORMATION: Final = "https://github.com/ratchetry/ratchetry"
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Json = Mapping[str, object]
Level = Literal["error", "warning", "note"]

_LEVELS: Final[Mapping[Severity, Level]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "unknown": "warning",
    "low": "note",
    "info": "note",
}
_SECURITY_SEVERITIES: Final[Mapping[Severity, str]] = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "unknown": "5.0",
    "low": "3.0",
    "info": "0.1",
}
"""The middle of what GitHub calls critical (above 9.0), high (7.0), medium (4.0) and low."""


def render(fragments: Mapping[str, Fragment], *, prefix: str = "") -> bytes:
    """Return the findings of stages as one SARIF file, with a run and a category for each stage.

    `fragments` holds the stages that were measured, and no others: GitHub takes an alert that a category does not
    name any more for fixed.  `prefix` is where the measured project lies in the checkout.
    """
    room = MOST_BYTES
    runs: list[Json] = []
    for stage, fragment in sorted(fragments.items()):
        rows, left_out = _that_fit(fragment.findings, prefix, room)
        room -= sum(size for _, _, size in rows)
        runs.append(_run(stage, [finding for finding, _, _ in rows], [result for _, result, _ in rows], left_out))
    return msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, order="sorted") + b"\n"


def _that_fit(findings: Iterable[Finding], prefix: str, room: int) -> tuple[Sequence[tuple[Finding, Json, int]], int]:
    """Return the findings that fit, worst first, each as a result with its size, and how many were left out."""
    kept: list[tuple[Finding, Json, int]] = []
    left_out = 0
    for finding in sorted(findings, key=finding_order):
        if finding.tool == "pytest":
            continue  # a failing test is no alert about the code: it has its own gate
        result = _result(finding, prefix)
        size = len(msgspec.json.encode(result)) if result else 0
        if result is None or len(kept) >= MOST_RESULTS or size > room:
            left_out += 1
            continue
        room -= size
        kept.append((finding, result, size))
    return kept, left_out


def _run(stage: str, findings: Sequence[Finding], results: Sequence[Json], left_out: int) -> Json:
    """Return what one stage has found."""
    invocation: dict[str, object] = {"executionSuccessful": True}
    if left_out:
        text = f"{plural(left_out, 'finding')} without a place in the repository, or more than fit, were left out."
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    driver = {
        "name": "ratchetry",
        "semanticVersion": __version__,
        "informationUri": _INFORMATION,
        "rules": _rules(findings, security=stage == "security"),
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"ratchetry/{stage}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }


def _rules(findings: Iterable[Finding], *, security: bool) -> list[Json]:
    """Return the rules that findings break, each with the worst severity that it was found with."""
    worst: dict[str, Finding] = {}
    for finding in findings:  # worst first
        worst.setdefault(_rule_id(finding), finding)
    rules: list[Json] = []
    for name, finding in sorted(worst.items()):
        properties: dict[str, object] = {"tags": [_text(finding.tool, _NAME), *(["security"] if security else [])]}
        if security:
            properties["security-severity"] = _SECURITY_SEVERITIES[finding.severity]
        rules.append(
            {
                "id": name,
                "shortDescription": {"text": f"{_text(finding.tool, _NAME)}: {_text(finding.rule, _NAME)}"},
                "defaultConfiguration": {"level": _LEVELS[finding.severity]},
                "properties": properties,
            }
        )
    return rules


def _result(finding: Finding, prefix: str) -> Json | None:
    """Return a finding as a result, None for one whose path is none in the repository: GitHub asks for a place."""
    path = posixpath.normpath(posixpath.join(prefix, finding.path)) if finding.path else "."
    if path == "." or path.startswith(("/", "../")) or path == "..":
        return None
    location: dict[str, object] = {
        "artifactLocation": {"uri": quote(path.encode("utf-8", "replace")), "uriBaseId": "%SRCROOT%"}
    }
    if finding.line:
        location["region"] = {"startLine": min(finding.line, 2**31 - 1)}
    return {
        "ruleId": _rule_id(finding),
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(finding.message, _MESSAGE) or _rule_id(finding)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"primaryLocationLineHash": f"{_text(finding.fingerprint, _NAME)}:1"},
    }


def _rule_id(finding: Finding) -> str:
    """Return the identifier of the rule that a finding breaks, unique over all tools."""
    return f"{_text(finding.tool, _NAME)}/{_text(finding.rule, _NAME)}"


def _text(text: str, most: int) -> str:
    """Return foreign text as SARIF's plain text, in which brackets would make links."""
    told = clip(neutralize(text), most).encode("utf-8", "replace").decode()
    return told.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
