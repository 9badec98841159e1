"""What a worker does: it keeps one checkout and moves it from commit to commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.leases import shared
from ratchetry.domain.record import StageResult
from ratchetry.pipeline.backfill.measure import Measurement, Site, measure_commit
from ratchetry.pipeline.backfill.plan import Task


class Unheard:
    """Progress that nobody hears: the backfill tells of commits, not of their tools."""

    def preparing(self, what: str) -> None:
        """Ignore it."""

    def planned(self, stages: Sequence[str]) -> None:
        """Ignore it."""

    def started(self, stage: str, command: str) -> None:
        """Ignore it."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Ignore it."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Ignore it."""


class _Bench:
    """One worker's checkout, and the lock by which the next backfill knows whether this process has ended."""

    def __init__(self, site: Site) -> None:
        self._held = ExitStack()
        self._held.enter_context(shared(site.place.parent.parent.with_name("backfill.workers")))
        self._site, self._checkout = site, site.checkout()

    def __call__(self, task: Task) -> Measurement:
        """Return the run of a commit."""
        return measure_commit(self._site, self._checkout, task, clock=SystemClock(), progress=Unheard())


def start(site: Site) -> Callable[[Task], Measurement]:
    """Return the function that measures a commit in a worker's directory."""
    return _Bench(site)
