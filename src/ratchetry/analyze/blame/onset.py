"""Where a failure or a step began: between which two measured commits, and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ratchetry.analyze.blame.observations import Look, looks
from ratchetry.domain.attribution import AttributedKind
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.run_evidence import RunEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """What began between two commits; `last_good` is empty when it was there from the first run on."""

    kind: AttributedKind
    subject: str
    told: str
    last_good: str = ""
    first_bad: str = ""
    run: str = ""
    time: str = ""
    changed: tuple[str, ...] = ()
    """The files that the runs say to have changed in between."""
    also: tuple[str, ...] = ()
    """What else began to fail at once."""


def failure_onset(runs: Iterable[RunEvidence], broken: str = "") -> Onset | None:
    """Return where the newest failure of a test or gate began, of whatever broke last when none is named.

    None when it never failed, so that it counts.
    """
    rows = [row for row in looks(runs) if row.counts]
    last = next((at for at in range(len(rows) - 1, -1, -1) if _is_broken(rows[at], broken)), None)
    if last is None:
        return None
    subject = broken or _newest(rows, last)
    first = last
    while first > 0 and subject in rows[first - 1].broken:
        first -= 1
    return _onset("failure", subject, rows, first, failing=last - first + 1)


def run_onset(runs: Iterable[RunEvidence], name: str) -> Onset | None:
    """Return what began to fail in a run, named by its identifier with or without its attempt; None for a green one."""
    found = sorted(runs, key=lambda run: run.started)
    commit = next((run.commit or run.name for run in found if name in {run.run_id, run.name}), "")
    rows = [row for row in looks(found) if row.counts]
    at = next((at for at, row in enumerate(rows) if commit and commit in {row.commit, row.run} and row.broken), None)
    if at is None:
        return None
    before = rows[at - 1].broken if at else frozenset[str]()
    new = sorted(rows[at].broken - before) or sorted(rows[at].broken)
    return _onset("run", new[0], rows, at, failing=1)


def step_onset(name: str, point: ChangePoint) -> Onset:
    """Return where the level of a series changed."""
    size = f"{100 * abs(point.effect):.3g}%" if point.relative else f"{abs(point.effect):.4g}"
    told = f"went {point.direction} by {size}, from {point.before:.6g} to {point.after:.6g}"
    return Onset(
        kind="step", subject=name, told=told, last_good=point.last_good, first_bad=point.first_bad, time=point.time
    )


def _is_broken(row: Look, broken: str) -> bool:
    """Tell whether something is broken at a commit, anything when nothing is named."""
    return broken in row.broken if broken else bool(row.broken)


def _newest(rows: Sequence[Look], last: int) -> str:
    """Return what broke last among all that is broken at a commit."""
    begun: dict[str, int] = {}
    for name in sorted(rows[last].broken):
        at = last
        while at > 0 and name in rows[at - 1].broken:
            at -= 1
        begun[name] = at
    return max(begun, key=lambda name: begun[name])


def _onset(kind: AttributedKind, subject: str, rows: Sequence[Look], first: int, *, failing: int) -> Onset:
    """Return what began at one of the commits."""
    row, before = rows[first], rows[first - 1] if first else None
    new = sorted(row.broken - (before.broken if before else frozenset()) - {subject})
    since = f"fails since {row.started}" if failing > 1 else f"failed at {row.started}"
    return Onset(
        kind=kind,
        subject=subject,
        told=f"{since}, in {failing} measured commits in a row" if failing > 1 else since,
        last_good=before.commit if before else "",
        first_bad=row.commit,
        run=row.run,
        time=row.started,
        changed=row.changed,
        also=tuple(new),
    )
