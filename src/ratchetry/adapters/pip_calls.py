"""Calling pip, and finding in what it prints why it failed."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.domain.command import ToolOutcome

INSTALL: Final = (
    *("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--no-warn-script-location", "--retries", "2"),
)
_NOT_BUILT: Final = re.compile(
    r"subprocess-exited-with-error|metadata-generation-failed|failed to build|failed building|could not build|"
    r"neither 'setup\.py' nor|invalid pyproject|does not appear to be a python project",
    re.IGNORECASE,
)
_UNREACHABLE: Final = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|Network is unreachable|"
    r"ConnectTimeoutError|ReadTimeoutError|ProxyError|Connection refused"
)


def failed(outcome: ToolOutcome) -> bool:
    """Tell whether a command did not do what it was to."""
    return outcome.exit_code != 0 or bool(outcome.problem)


def could_not_build(outcome: ToolOutcome) -> bool:
    """Tell whether pip failed because a project could not be built, not because something could not be installed."""
    return failed(outcome) and _NOT_BUILT.search(_output(outcome)) is not None


def _output(outcome: ToolOutcome) -> str:
    """Return all that a command printed."""
    return f"{outcome.stdout.decode('utf-8', 'replace')}\n{outcome.stderr}"


def reason(outcome: ToolOutcome) -> str:
    """Return the line in which pip says why it failed, or the last one; of a conflict, who is in it."""
    if outcome.problem:
        return outcome.problem
    text = _output(outcome)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("[notice]")]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith(("ERROR:", "error:"))]
    conflict = [line for line in errors if line.startswith("Cannot install ")]
    said = next(iter((conflict or errors or lines)[-1:]), "it printed nothing")[:300]
    return f"the package index could not be reached ({said})" if _UNREACHABLE.search(text) else said


def is_requirement(row: str) -> bool:
    """Tell whether a text is a PEP 508 requirement: an option of pip never is."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(row)
    except (InvalidRequirement, RecursionError):
        return False
    return "\n" not in row
