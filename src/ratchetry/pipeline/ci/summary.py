"""The summary of a run: the archive that its score job has uploaded, believed only as far as GitHub confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.adapters.artifact_archive import Limits, read_archive
from ratchetry.domain.envelope import SummaryContext
from ratchetry.domain.record import RunRecord
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import ReportError, StateError
from ratchetry.state.envelope import loads_context
from ratchetry.state.record import loads

LIMITS: Final = Limits(archive=32 * 1024 * 1024, entries=20)
"""What a summary may hold: the record of a run of 100,000 tests has about 2 MB compressed."""
RECORD: Final = "record.json"
CONTEXT: Final = "context.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run says of itself."""

    record: RunRecord
    context: SummaryContext = field(default_factory=SummaryContext)


def open_summary(data: bytes, run: EndedRun) -> Summary:
    """Return the summary in an archive of a run.

    Raises ReportError or StateError when the archive or a document in it is malformed, or of another run.
    """
    contents = read_archive(data, LIMITS)
    if RECORD not in contents:
        msg = f"the summary holds no {RECORD}"
        raise ReportError(msg)
    record = loads(contents[RECORD], RECORD)
    refusal = mismatch(record, run)
    if refusal:
        msg = f"the summary was refused: {refusal}"
        raise StateError(msg)
    return Summary(record=record, context=_context(contents))


def mismatch(record: RunRecord, run: EndedRun) -> str:
    """Return what a record claims that is not so, nothing when GitHub's facts confirm it."""
    claims = {
        "repository": (record.run.repository, run.repository),
        "run": (record.run.run_id, run.id),
        "attempt": (str(record.run.attempt), str(run.attempt)),
        "event": (record.run.event, run.event),
    }
    if run.event not in {"pull_request", "pull_request_target"}:  # theirs is a merge that no other place names
        claims["commit"] = (record.run.commit, run.head_sha)
    wrong = (
        f"its {what} is {said[:100]!r}, but the run's is {fact!r}"
        for what, (said, fact) in claims.items()
        if said != fact
    )
    return next(wrong, "")


def _context(contents: Mapping[str, bytes]) -> SummaryContext:
    """Return the hints of a summary, none where it holds none."""
    return loads_context(contents[CONTEXT], CONTEXT) if CONTEXT in contents else SummaryContext()
