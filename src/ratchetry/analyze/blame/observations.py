"""From runs to what each commit showed: nothing new broke, something broke there, or nothing can be said.

A commit that both passed and failed was not broken by its change.  A failure that goes on over the following commits is
one event, at the commit where it began; one that is there from the first run on began nobody knows where.  What changed
while nothing could be said joins what changed next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ratchetry.domain.run_evidence import RunEvidence, order


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What changed since the commit observed before, whether something broke with it, and which run says so."""

    changed: tuple[str, ...]
    failed: bool
    run: str = ""
    started: str = ""
    commit: str = ""
    broken: tuple[str, ...] = ()
    """What broke here first, of a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that the runs of one commit say: what is broken in each of those that count, nothing if one passed."""

    run: str
    started: str
    commit: str
    changed: tuple[str, ...]
    broken: frozenset[str]
    counts: bool


def observations(runs: Iterable[RunEvidence]) -> tuple[Observation, ...]:
    """Return what the runs of one branch show, oldest first; the order in which they are given does not matter."""
    return tuple(_observed(looks(runs)))


def looks(runs: Iterable[RunEvidence]) -> list[Look]:
    """Return what is known of each commit, in the order in which they were measured first."""
    groups: dict[str, list[RunEvidence]] = {}
    for run in sorted({run.name: run for run in runs}.values(), key=order):
        groups.setdefault(run.commit or run.name, []).append(run)
    return [_look(group) for group in groups.values()]


def _look(group: Sequence[RunEvidence]) -> Look:
    """Return what the runs of one commit say together."""
    counted = [run for run in group if run.ending != "missing"]
    failing = [frozenset(run.broken or (run.reason,)) for run in counted if run.ending == "failed"]
    passed = len(failing) < len(counted)
    first = counted[0] if counted else group[0]
    return Look(
        run=first.name,
        started=first.started,
        commit=first.commit,
        changed=group[0].changed,
        broken=frozenset() if passed or not failing else frozenset.intersection(*failing),
        counts=bool(counted),
    )


def _observed(rows: Iterable[Look]) -> Iterator[Observation]:
    """Yield the observations; a commit with old failures alone says nothing of its change."""
    broken: frozenset[str] = frozenset()
    begun = False
    waiting: tuple[str, ...] = ()
    for row in rows:
        changed = tuple(sorted({*waiting, *row.changed}))
        if not row.counts:
            waiting = changed
            continue
        waiting = ()
        new, broken = row.broken - broken, row.broken
        known, begun = begun, True
        if row.broken and not (new and known):
            continue
        yield Observation(
            changed=changed,
            failed=bool(new),
            run=row.run,
            started=row.started,
            commit=row.commit,
            broken=tuple(sorted(new)),
        )
