"""The step that keeps the issues about the default branch: history in, actions out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from ratchetry.act.plan import plan
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.action import Action
from ratchetry.domain.record import RunRecord
from ratchetry.pipeline.ci.batch import read_batch
from ratchetry.pipeline.ci.reconcile import earlier
from ratchetry.pipeline.history import history_at
from ratchetry.settings import Settings

PERIOD: Final = timedelta(days=60)
"""How far back the evidence goes, from the newest run."""


def recent_records(history: Path, settings: Settings, batch: Path | None) -> tuple[RunRecord, ...]:
    """Return the runs of the last weeks before the newest one: those that are kept, and those of a batch.

    Raises StateError naming a file that cannot be read.
    """
    fresh = read_batch(batch).records if batch else ()
    kept = history_at(history, settings)
    newest = max((record.run.started for record in fresh), default="") or _newest(kept)
    since = earlier(newest, PERIOD)
    known = {(record.run.run_id, record.run.attempt): record for record in (*kept.records(since), *fresh)}
    return tuple(known.values())


def planned(
    records: Iterable[RunRecord], open_issues: Collection[str], *, branch: str, server: str
) -> tuple[Action, ...]:
    """Return what to do about the gates of the default branch."""
    return plan(records, open_issues, branch=branch, server=server)


def default_branch_of(path: str, batch: str | None, environ: Mapping[str, str]) -> str:
    """Return the default branch: what the batch was collected from or, without one, what the checkout knows."""
    from ratchetry.adapters.default_branch import default_branch

    branch = read_batch(Path(batch)).manifest.branch if batch else ""
    return branch or default_branch(str(Path(path).resolve()), environ) or "main"


def _newest(history: HistoryDirectory) -> str:
    """Return when the newest run that is kept has started, empty when there is none."""
    return max((columns.run.started for columns in history.columns()), default="")
