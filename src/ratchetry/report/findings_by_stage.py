"""The findings of a record by the stage that found them, for reports that have one part for each stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ratchetry.domain.record import Finding, Fragment, RunRecord

STAGE_OF: Final[Mapping[str, str]] = {
    "bandit": "security",
    "check-jsonschema": "validate",
    "coverage": "test",
    "detect-secrets": "security",  # pragma: allowlist secret
    "mypy": "quality",
    "pip-audit": "security",
    "pytest": "test",
    "pytest-benchmark": "benchmark",
    "ratchetry": "validate",
    "ratchetry-score": "score",
    "ruff": "quality",
    "validate-pyproject": "validate",
}
"""The stage that runs each tool that has findings."""


def findings_by_stage(record: RunRecord) -> Mapping[str, Fragment]:
    """Return each stage that was measured as a whole, with its findings.

    What is left out may stand where findings are read: a stage of which something was not measured says nothing of
    what it did not find.  A tool that no stage runs here is the validate stage's.
    """
    found: dict[str, list[Finding]] = {}
    for row in record.findings:
        found.setdefault(STAGE_OF.get(row.tool, "validate"), []).append(row)
    return {
        name: Fragment(stages={name: stage}, findings=tuple(found.get(name, ())))
        for name, stage in record.stages.items()
        if stage.status in {"passed", "failed"} and not stage.unmeasured
    }
