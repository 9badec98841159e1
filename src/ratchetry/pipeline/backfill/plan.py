"""Which commits are measured, under which moment and name they are kept, and in which order it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from ratchetry.domain.commit import Commit
from ratchetry.domain.record import RunRecord

EVENT: Final = "backfill"
_SHIFT: Final = 3600
"""Seconds by which a commit is moved at most, to stand behind the one before it."""
_LAST: Final = 253_402_300_799
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Each `step`-th commit, counted from the newest, `limit` of them at most (None: all)."""

    step: int = 1
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenly:
    """So many commits, spread evenly over all, the newest and the oldest among them."""

    count: int


Thinning = Every | Evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One commit to measure: when it counts as measured, on which branch, and as which attempt of its run."""

    commit: Commit
    started: str
    branch: str
    stages: tuple[str, ...]
    attempt: int = 1

    @property
    def group(self) -> str:
        """Return what it has in common with the commits that can use the same environment."""
        return self.commit.declared or self.commit.sha

    @property
    def run_id(self) -> str:
        """Return the identifier of its run: the same commit always has the same."""
        return run_id_of(self.commit.sha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, in this order, and what the history holds already."""

    tasks: tuple[Task, ...]
    known: tuple[RunRecord, ...] = ()


def run_id_of(sha: str) -> str:
    """Return the identifier of the run of a commit."""
    return f"{EVENT}-{sha[:12]}"


def next_task(tasks: Sequence[Task], last: str, others: Collection[str]) -> int:
    """Return the place of the task that a worker should take next.

    That is one of the group it has worked on last; else one of a group that no other worker is at, because two would
    wait for the same environment; else the first.
    """
    own = (place for place, task in enumerate(tasks) if task.group == last)
    free = (place for place, task in enumerate(tasks) if task.group not in others)
    return next(own, next(free, 0))


def thinned(commits: Sequence[Commit], thinning: Thinning) -> tuple[Commit, ...]:
    """Return the commits to measure of those that are in question, newest first."""
    match thinning:
        case Every(step=step, limit=limit):
            return tuple(commits[::step][:limit])
        case Evenly(count=count):
            last = len(commits) - 1
            if count > last:
                return tuple(commits)
            places = {round(index * last / max(1, count - 1)) for index in range(count)}
            return tuple(commits[place] for place in sorted(places))
        case _:
            assert_never(thinning)


def since(commits: Iterable[Commit], moment: datetime) -> tuple[Commit, ...]:
    """Return the commits that were committed at a moment or later, wherever clocks that went wrong have put them."""
    return tuple(commit for commit in commits if commit.committed >= moment.timestamp())


def moments(branch: Sequence[Commit]) -> dict[str, str]:
    """Return for each commit of a branch (newest first) when its run counts as started, ISO 8601 in UTC.

    That is when it was committed.  Rebased commits share a second and clocks of several people differ: a commit that
    is not later than the one before it is moved to a second after that, unless this would be more than an hour.  A
    commit's moment depends on its ancestors only, so that it is the same however many commits are measured.
    """
    found = {}
    previous = -1
    for commit in reversed(branch):
        behind = previous + 1
        previous = behind if commit.committed < behind <= commit.committed + _SHIFT else commit.committed
        found[commit.sha] = moment_of(previous)
    return found


def moment_of(seconds: int) -> str:
    """Return seconds since 1970 in ISO 8601, in UTC, at most the last second that it can write."""
    return f"{_EPOCH + timedelta(seconds=min(seconds, _LAST)):%Y-%m-%dT%H:%M:%SZ}"


def ordered(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    """Return commits, given from the newest to the oldest, in the order in which they are best measured.

    The newest and the oldest come first, then the middle of every gap, so that the series is coarse early and gets
    finer.  Commits that declare the same needs follow each other, because they share an environment, which is the
    most expensive part: the order is that of the groups first, then the same within each group.
    """
    groups: dict[str, list[Commit]] = {}
    for commit in commits:
        groups.setdefault(commit.declared or commit.sha, []).append(commit)
    rows = list(groups.values())
    return tuple(rows[group][place] for group in spread(len(rows)) for place in spread(len(rows[group])))


def spread(count: int) -> tuple[int, ...]:
    """Return the numbers below a count, the first and the last first, then the middle of each gap, the widest first."""
    if count < 3:
        return tuple(range(count))
    found = [0, count - 1]
    gaps = [(0, count - 1)]
    while gaps:
        wider = []
        for first, last in gaps:
            middle = (first + last) // 2
            if middle != first:
                found.append(middle)
                wider += [(first, middle), (middle, last)]
        gaps = wider
    return tuple(found)


def planned(
    commits: Sequence[Commit],
    branch: Sequence[Commit],
    branch_name: str,
    *,
    stages: tuple[str, ...],
    records: Iterable[RunRecord],
    retry_failed: bool,
) -> Plan:
    """Return what is to be done for the chosen commits, in order, without what the history holds already.

    A commit counts as measured when its run has every stage that is wanted; with `retry_failed`, only when none of
    them went unmeasured.  Its next attempt measures what the earlier ones did as well, because the highest counts.
    """
    when = moments(branch)
    latest = _latest(records)
    tasks, known = [], []
    for commit in ordered(commits):
        earlier = latest.get(run_id_of(commit.sha))
        if earlier is not None and not _is_due(earlier, stages, retry_failed=retry_failed):
            known.append(earlier)
            continue
        before = tuple(earlier.stages) if earlier else ()
        task = Task(
            commit=commit,
            started=when.get(commit.sha, moment_of(commit.committed)),
            branch=branch_name if commit.sha in when else "",
            stages=tuple(dict.fromkeys((*before, *stages))),
            attempt=earlier.run.attempt + 1 if earlier else 1,
        )
        tasks.append(task)
    return Plan(tasks=tuple(tasks), known=tuple(known))


def _latest(records: Iterable[RunRecord]) -> Mapping[str, RunRecord]:
    """Return the highest attempt of each run that was backfilled, by its identifier."""
    latest: dict[str, RunRecord] = {}
    for record in records:
        run = record.run
        if run.event == EVENT and (run.run_id not in latest or run.attempt > latest[run.run_id].run.attempt):
            latest[run.run_id] = record
    return latest


def _is_due(record: RunRecord, stages: tuple[str, ...], *, retry_failed: bool) -> bool:
    """Tell whether a commit that has a run is to be measured again."""
    missing = any(name not in record.stages for name in stages)
    return missing or (retry_failed and any(is_blank(record, name) for name in stages))


def is_blank(record: RunRecord, stage: str) -> bool:
    """Tell whether nothing of a stage was measured: what some of its tools could not tell is no reason to try again."""
    unmeasured = record.stages[stage].status == "not_measured"
    return unmeasured and all(metric.stage != stage for metric in record.metrics.values())
