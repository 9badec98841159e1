"""What a backfill would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.record import RunRecord
from ratchetry.pipeline.backfill.plan import EVENT
from ratchetry.pipeline.backfill.prepare import Prepared
from ratchetry.pipeline.backfill.report import estimated
from ratchetry.ports import History
from ratchetry.report.text import duration

_MANY: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be done, as data and for people."""

    document: Mapping[str, object]
    lines: tuple[str, ...]


def preview(prepared: Prepared, history: History, jobs: int) -> Preview:
    """Return what a backfill would do: which commits in which order, what is there already, how long it takes."""
    plan = prepared.plan
    seconds = estimated(plan, _backfilled(history) if not plan.known else (), jobs)
    document = {
        "branch": prepared.branch,
        "jobs": jobs,
        "known": [record.run.commit for record in plan.known],
        "commits": [
            {"commit": task.commit.sha, "started": task.started, "stages": list(task.stages), "attempt": task.attempt}
            for task in plan.tasks
        ],
        "seconds": seconds,
        "tags_without_commit": list(prepared.left_out),
        "cut_off": prepared.cut_off,
        "writes": str(prepared.places.output),
    }
    return Preview(document=document, lines=tuple(_lines(prepared, seconds, jobs)))


def _backfilled(history: History) -> Iterator[RunRecord]:
    """Yield the runs of earlier backfills."""
    return (record for record in history.records() if record.run.event == EVENT)


def _lines(prepared: Prepared, seconds: float | None, jobs: int) -> Iterator[str]:
    """Yield what would be done, for people."""
    plan = prepared.plan
    for task in plan.tasks[:_MANY]:
        again = f", attempt {task.attempt}" if task.attempt > 1 else ""
        yield f"{task.commit.sha[:12]}  {task.started}  {', '.join(task.stages)}{again}"
    if len(plan.tasks) > _MANY:
        yield f"... and {len(plan.tasks) - _MANY} more"
    where = f" of {prepared.branch}" if prepared.branch else ""
    yield f"{len(plan.tasks)} commits{where} to measure, {jobs} at a time; {len(plan.known)} are in the history already"
    about = "not known before the first commit has been measured" if seconds is None else f"about {duration(seconds)}"
    yield f"time: {about}"
    if prepared.left_out:
        yield f"tags that lead to no commit: {', '.join(prepared.left_out[:5])}"
    if prepared.cut_off:
        yield prepared.cut_off
