"""Envelopes and summaries for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

from ratchetry.collect.stage import measured
from ratchetry.domain.envelope import Envelope, SummaryContext
from ratchetry.domain.record import Fragment, Gate, RunInfo, RunRecord, StageResult, Status, Verdict
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.state.envelope import dumps_context
from ratchetry.state.record import dumps
from tests.builders import RUN

REPOSITORY = "octocat/hello"
WORKFLOW = ".github/workflows/ci.yml"
SHA = "1" * 40


def run_info(**changes: object) -> RunInfo:
    """Return where a record of the default branch comes from."""
    told = {"repository": REPOSITORY, "run_id": "7", "event": "push", "workflow": WORKFLOW, "commit": SHA}
    return replace(RUN, **{**told, "branch": "main", **changes})  # type: ignore[arg-type]  # a wrong field fails the test


def envelope(
    stage: str = "quality",
    key: str = "3.13",
    *,
    status: Status = "passed",
    reason: str = "",
    value: float | None = None,
    **changes: object,
) -> Envelope:
    """Return the envelope of a stage; the value is that of its lint findings."""
    why = reason or ("" if status == "passed" else "so")
    fragment = Fragment(
        stages={stage: StageResult(status=status, reason=why)},
        metrics={} if value is None else dict([measured("lint.findings", value, stage)]),
    )
    return Envelope(run=run_info(**changes), stage=stage, key=key, fragment=fragment)


def ended(**changes: object) -> EndedRun:
    """Return GitHub's facts about the run of `run_info()`."""
    facts = EndedRun(
        id="7",
        attempt=1,
        event="push",
        head_sha=SHA,
        head_branch="main",
        head_repository=REPOSITORY,
        repository=REPOSITORY,
        path=WORKFLOW,
        created="2026-01-02T03:04:05Z",
        url=f"https://github.com/{REPOSITORY}/actions/runs/7",
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def record_of(verdict: Verdict = "pass", gates: tuple[Gate, ...] = (), /, **changes: object) -> RunRecord:
    """Return a record of the default branch."""
    return RunRecord(run=run_info(**changes), verdict=verdict, gates=gates)


def summary(record: RunRecord, context: SummaryContext | None = None, **extra: bytes) -> bytes:
    """Return the archive that a score job uploads."""
    return zipped({"record.json": dumps(record), "context.json": dumps_context(context or SummaryContext()), **extra})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of some files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()
