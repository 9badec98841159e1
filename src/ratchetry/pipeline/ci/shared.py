"""The shared history as the learning jobs use it: pulled, added to, pushed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ratchetry.adapters.clock import SystemClock
from ratchetry.history.layout import LAYOUT_FILE
from ratchetry.pipeline.ci.batch import keep, write_cursor
from ratchetry.pipeline.ci.reconcile import Batch
from ratchetry.pipeline.history import history_at
from ratchetry.ports import Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.pipeline.sync import Sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class Persisted:
    """How many runs of a batch were new to the history, how many files were sent, and why they wait if they do."""

    added: int
    sent: int = 0
    waiting: str = ""


def shared_history(
    path: str, settings: Settings, environ: Mapping[str, str], progress: Progress, history: str | None = None
) -> Path:
    """Return the directory of the local history after bringing in what the shared one has.

    Raises UnreachableError when the server cannot be reached, StateError when what is there cannot be read.
    """
    from ratchetry.pipeline.sync import pull

    share = _sharing(path, settings, environ, progress, history)
    pull(share)
    return share.history


def persist(
    path: str,
    settings: Settings,
    batch: Batch,
    *,
    environ: Mapping[str, str],
    progress: Progress,
    history: str | None = None,
) -> Persisted:
    """Add a batch to the shared history and move the cursor with it; doing so again changes nothing.

    A batch without records begins no history: what it rejects is rejected again next time.  Raises UnreachableError
    when the server cannot be reached: then nothing is lost, for the cursor has not moved there.
    """
    from ratchetry.pipeline.sync import pull, push

    share = _sharing(path, settings, environ, progress, history)
    pull(share)
    added = keep(batch, history_at(share.history, settings))
    if not (share.history / LAYOUT_FILE).is_file():
        return Persisted(added=added)
    write_cursor(share.history, batch.manifest.cursor)
    sent = push(share)
    return Persisted(added=added, sent=len(sent.paths), waiting=sent.waiting)


def share_back(
    path: str, settings: Settings, environ: Mapping[str, str], progress: Progress, history: str | None = None
) -> Persisted:
    """Push what the local history has and the shared one lacks, where there is a history at all.

    Raises UnreachableError when the server cannot be reached: what waits is pushed the next time.
    """
    from ratchetry.pipeline.sync import push

    share = _sharing(path, settings, environ, progress, history)
    if not (share.history / LAYOUT_FILE).is_file():
        return Persisted(added=0)
    sent = push(share)
    return Persisted(added=0, sent=len(sent.paths), waiting=sent.waiting)


def _sharing(
    path: str, settings: Settings, environ: Mapping[str, str], progress: Progress, history: str | None
) -> Sharing:
    """Return how the history is shared."""
    from ratchetry.pipeline.sync import sharing

    return sharing(path, settings, environ=environ, clock=SystemClock(), progress=progress, history=history)
