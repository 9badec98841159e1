"""Commits and runs for tests of backfilling."""

from __future__ import annotations

from dataclasses import replace

from ratchetry.domain.commit import Commit
from ratchetry.domain.record import RunRecord, StageResult
from ratchetry.pipeline.backfill.plan import EVENT, run_id_of
from tests.builders import metric, record

HOUR = 3600
START = 1_700_000_000


def sha(number: int) -> str:
    """Return the name of a commit."""
    return f"{number:040x}"[::-1]


def line(*committed: int, declared: str = "") -> tuple[Commit, ...]:
    """Return the commits of a branch, newest first, given from the oldest by the seconds when they were committed."""
    found = [
        Commit(sha=sha(number), tree=sha(number), committed=seconds, declared=declared)
        for number, seconds in enumerate(committed, start=1)
    ]
    return tuple(reversed(found))


def declaring(*declared: str) -> tuple[Commit, ...]:
    """Return the commits of a branch, newest first, given in this order by what they declare."""
    count = len(declared)
    return tuple(
        replace(commit, declared=text)
        for commit, text in zip(line(*range(START, START + count)), declared, strict=True)
    )


def backfilled(commit: Commit, attempt: int = 1, **stages: StageResult) -> RunRecord:
    """Return the run of a commit, which has a metric for each stage that was not unmeasured."""
    kept = {name: metric(stage=name) for name, result in stages.items() if result.status != "not_measured"}
    made = record(stages=stages, metrics=kept)
    run = replace(made.run, run_id=run_id_of(commit.sha), attempt=attempt, event=EVENT, commit=commit.sha)
    return replace(made, run=run)
