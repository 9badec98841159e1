"""The shared history as the learning jobs use it: pulled, added to, pushed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.pipeline.ci.batch import keep, write_cursor
from ratchetry.pipeline.ci.reconcile import Batch
from ratchetry.ports import Progress
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.pipeline.sync import Sent, Sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class Persisted:
    """How many runs of a batch were new to the history, and what became of sending them."""

    added: int
    sent: Sent


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

    Raises UnreachableError when the server cannot be reached: then nothing is lost, for the cursor has not moved there.
    """
    from ratchetry.pipeline.sync import pull, push

    share = _sharing(path, settings, environ, progress, history)
    pull(share)
    added = keep(batch, HistoryDirectory(share.history))
    write_cursor(share.history, batch.manifest.cursor)
    return Persisted(added=added, sent=push(share))


def _sharing(
    path: str, settings: Settings, environ: Mapping[str, str], progress: Progress, history: str | None
) -> Sharing:
    """Return how the history is shared."""
    from ratchetry.pipeline.sync import sharing

    return sharing(path, settings, environ=environ, clock=SystemClock(), progress=progress, history=history)
