"""The step outputs of a run, as lines for the file that GITHUB_OUTPUT names."""

from __future__ import annotations

from collections.abc import Mapping

from ratchetry.domain.record import RunRecord
from ratchetry.report.view import score


def step_outputs(record: RunRecord, record_path: str) -> Mapping[str, str]:
    """Return the step outputs of a run: `verdict`, `score`, empty if not measured, and `record-path`."""
    total = score(record)
    return {"verdict": record.verdict, "score": "" if total is None else f"{total:.6g}", "record-path": record_path}


def render(record: RunRecord, record_path: str) -> bytes:
    """Return one line for each output; a path that is no line of text is left out: it could set other outputs."""
    lines = (f"{name}={value}\n" for name, value in step_outputs(record, record_path).items() if value.isprintable())
    return "".join(lines).encode("utf-8")
