"""Measuring commits with several workers at once, each kept as soon as it is measured, and nothing left behind."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from ratchetry import __version__
from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.workers import Worker, ready
from ratchetry.domain.event import event
from ratchetry.errors import UsageError
from ratchetry.pipeline.backfill.measure import Measurement, Site, unmeasured
from ratchetry.pipeline.backfill.plan import EVENT, Task, next_task
from ratchetry.pipeline.backfill.prepare import Prepared
from ratchetry.pipeline.backfill.report import Row, row_of, seconds_left
from ratchetry.ports import Clock, History

_GRACE: Final = 60.0
"""Seconds beyond its time limit after which a commit's worker is ended, whatever it is doing."""
_ENDING: Final = 30.0
"""Seconds that workers of a backfill that was killed may take to end themselves."""
_RUNS_OF_AN_EVENT: Final = 500
_LOCKS: Final = ("backfill.lock", "backfill.workers")

Crew = Worker[Site, Task, Measurement]


class Listener(Protocol):
    """Hears how a backfill goes."""

    def waiting(self, what: str) -> None:
        """Hear what the backfill is waiting for."""
        ...

    def started(self, task: Task) -> None:
        """Hear that a commit is being measured."""
        ...

    def finished(self, row: Row, done: int, left: float) -> None:
        """Hear how a commit ended, how many have by now, and how many seconds the others will take."""
        ...


@dataclass(slots=True, kw_only=True)
class _Conductor:
    """The state of the work: who does what since when, and where each worker may write."""

    prepared: Prepared
    session: Path
    clock: Clock
    listener: Listener
    tasks: list[Task]
    jobs: int
    cores: int
    crew: dict[Crew, tuple[Task, float] | None] = field(default_factory=dict)
    groups: dict[Crew, str] = field(default_factory=dict)
    started: int = 0

    def measured(self) -> Iterator[Measurement]:
        """Yield the runs of all commits, each as soon as it is there."""
        for _ in range(min(self.jobs, len(self.tasks))):
            self._hand_out(self._hire())
        while busy := {worker: work for worker, work in self.crew.items() if work}:
            for worker in ready(busy, self._patience()):
                task, began = busy[worker]
                answer = worker.answer()
                if answer is None:
                    reason = f"the process that measured it {worker.ending()}"
                    yield self._replaced(worker, task, began, reason)
                else:
                    self._hand_out(worker)
                    yield answer
            yield from self._overdue()

    def close(self) -> None:
        """End all workers with all that they run."""
        for worker in self.crew:
            worker.stop()
        for worker in self.crew:
            worker.end()

    def _hire(self) -> Crew:
        """Return a new worker with a directory to itself."""
        from ratchetry.pipeline.backfill.worker import start

        self.started += 1
        settings = replace(self.prepared.settings, jobs=max(1, self.cores // self.jobs))
        site = Site(
            place=self.session / str(self.started),
            cache=self.prepared.cache,
            identity=str(self.prepared.places.root),
            repository=self.prepared.repository,
            prefix=self.prepared.prefix,
            original=self.prepared.original,
            settings=settings,
            environ={**self.prepared.environ, self.prepared.mark: "1"},
        )
        worker: Crew = Worker(start, site)
        self.crew[worker] = None
        return worker

    def _hand_out(self, worker: Crew) -> None:
        """Give a worker the next commit, if there is one."""
        if not self.tasks:
            self.crew[worker] = None
            return
        others = {work[0].group for other, work in self.crew.items() if work and other is not worker}
        task = self.tasks.pop(next_task(self.tasks, self.groups.get(worker, ""), others))
        self.groups[worker] = task.group
        self.crew[worker] = task, self.clock.monotonic()
        self.listener.started(task)
        worker.give(task)

    def _overdue(self) -> Iterator[Measurement]:
        """Yield the runs of commits whose time is up, their workers ended."""
        for worker, work in tuple(self.crew.items()):
            if work and self.clock.monotonic() - work[1] > self._limit:
                reason = f"it took longer than the {self.prepared.settings.timeout:g} s that a commit may take"
                yield self._replaced(worker, *work, reason)

    def _replaced(self, worker: Crew, task: Task, began: float, reason: str) -> Measurement:
        """Return the run of a commit that cost its worker, whose place another one takes."""
        del self.crew[worker]
        worker.end(seconds=5)
        if self.tasks:
            self._hand_out(self._hire())
        seconds = self.clock.monotonic() - began
        return Measurement(record=unmeasured(task, self.prepared.repository, reason, seconds=seconds))

    def _patience(self) -> float:
        """Return the seconds until the first commit is overdue."""
        now = self.clock.monotonic()
        return max(0.1, min(began + self._limit - now for _, began in filter(None, self.crew.values())) + 0.1)

    @property
    def _limit(self) -> float:
        """Return the seconds after which a commit is overdue."""
        return self.prepared.settings.timeout + _GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How every commit ended, in the order it did, and what of ratchetry itself broke."""

    rows: tuple[Row, ...]
    broken: tuple[str, ...] = ()


def execute(prepared: Prepared, history: History, *, jobs: int, cores: int, listener: Listener) -> Outcome:
    """Measure what is planned and keep it; return how it went.

    Whatever ends it, each commit that was measured is in the history, and all else that was written is gone.
    Raises UsageError when another backfill is at work here, or when nothing can be written.
    """
    clock = SystemClock()
    rows: list[Row] = []
    broken: list[str] = []
    with _workplace(prepared, listener) as session:
        conductor = _Conductor(
            prepared=prepared,
            session=session,
            clock=clock,
            listener=listener,
            tasks=list(prepared.plan.tasks),
            jobs=jobs,
            cores=cores,
        )
        began, total = clock.monotonic(), len(prepared.plan.tasks)
        try:
            for measurement in conductor.measured():
                history.add(measurement.record)
                rows.append(row_of(measurement.record))
                broken += measurement.broken
                left = seconds_left(len(rows), total, clock.monotonic() - began)
                listener.finished(rows[-1], len(rows), left)
        finally:
            conductor.close()
            _remember(history, prepared, rows, clock, seconds=clock.monotonic() - began)
    return Outcome(rows=tuple(rows), broken=tuple(broken))


@contextmanager
def _workplace(prepared: Prepared, listener: Listener) -> Iterator[Path]:
    """Yield a directory that will be gone, with all that a killed backfill has left; raises UsageError if taken."""
    from ratchetry.adapters.environment_cache import prune
    from ratchetry.adapters.leases import exclusive
    from ratchetry.adapters.process_tree import kill_left_behind
    from ratchetry.pipeline.run import make_output

    make_output(prepared.places)
    work = prepared.work
    work.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(work.with_name("backfill.lock"), seconds=0) as alone:
        if not alone:
            msg = f"{prepared.places.output}: another backfill is at work here; wait for it to end"
            raise UsageError(msg)
        _await_workers(work, listener)
        kill_left_behind(prepared.mark)
        shutil.rmtree(work, ignore_errors=True)
        session = work / secrets.token_hex(4)
        session.mkdir(parents=True)
        # Without a configuration of its own, pytest would take that of a directory above, which is today's.
        (work / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        try:
            yield session
        finally:
            kill_left_behind(prepared.mark)
            _remove(work)
            prune(str(prepared.cache))
            for name in _LOCKS:
                work.with_name(name).unlink(missing_ok=True)


def _await_workers(work: Path, listener: Listener) -> None:
    """Wait until the workers of a backfill that was killed have ended themselves."""
    from ratchetry.adapters.leases import exclusive

    place = work.with_name("backfill.workers")
    with exclusive(place, seconds=0) as ended:
        if ended:
            place.unlink(missing_ok=True)
            return
    listener.waiting("the end of a backfill that was killed")
    with exclusive(place, seconds=_ENDING):
        place.unlink(missing_ok=True)


def _remove(work: Path) -> None:
    """Remove the directory of the work, what measured code has locked included."""
    from ratchetry.adapters.scratch import remove

    if work.is_dir():
        remove(str(work))


def _remember(history: History, prepared: Prepared, rows: list[Row], clock: Clock, *, seconds: float) -> None:
    """Keep an event that says when, with what and how fast the runs were measured: they bear the commits' moments."""
    for first in range(0, len(rows), _RUNS_OF_AN_EVENT):
        part = rows[first : first + _RUNS_OF_AN_EVENT]
        history.add_event(
            event(
                "log",
                time=f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
                repository=prepared.repository,
                subject=EVENT,
                runs=tuple(row.run for row in part),
                data={"ratchetry": __version__, "commits": len(rows), "seconds": round(seconds, 1)},
            )
        )
