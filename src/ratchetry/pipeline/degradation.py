"""What the commands of `ratchetry versions` do: load, call what is pure, save."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.versions import ACTIVE_VERSIONS_FILE, ActiveVersion, ActiveVersions, VersionsReport
from ratchetry.errors import UsageError
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.promotion import moved, observed, promotion_event
from ratchetry.learn.watch_report import watch_report
from ratchetry.pipeline.quarantine import Author
from ratchetry.state.active_versions import NAME, dumps, loads


def active_versions(root: Path) -> ActiveVersions:
    """Return the active versions of a repository, none without the file; raises StateError for a damaged one."""
    path = root / ACTIVE_VERSIONS_FILE
    return loads(read_bounded(path, ACTIVE_VERSIONS_FILE), ACTIVE_VERSIONS_FILE) if path.exists() else ActiveVersions()


def versions_report(history: HistoryDirectory, active: ActiveVersions, now: datetime) -> VersionsReport:
    """Return how versions are doing, also those that the file shows and no event tells of yet."""
    events = tuple(history.events())
    time = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    new = observed(active, read_log(events, time))
    return watch_report(read_log((*events, *new), time))


def promote(
    history: HistoryDirectory, root: Path, slot: str, version: str, *, reason: str, author: Author
) -> ActiveVersion:
    """Make a version the active one of a slot, in the file and in the history, and return it.

    Raises UsageError for a name that is none, without a reason, or when it is active already.
    """
    active = active_versions(root)
    for what, name in (("slot", slot), ("version", version)):
        if not NAME.fullmatch(name):
            msg = f"the {what} {name[:100]!r} may have 1 to 100 letters, digits and . _ / @ : + -"
            raise UsageError(msg)
    if not reason.strip():
        msg = "a promotion needs a reason: --reason says why"
        raise UsageError(msg)
    current = active.slots.get(slot)
    if current and current.version == version:
        msg = f"{slot}: {version} is active already, since {current.since[:10]}"
        raise UsageError(msg)
    one = ActiveVersion(
        version=version,
        since=author.time,
        previous=current.version if current else "",
        cause="human",
        reason=reason.strip()[:1000],
    )
    write_atomic(root / ACTIVE_VERSIONS_FILE, dumps(moved(active, {slot: one})))
    history.add_event(promotion_event(slot, one, repository=author.repository, actor=author.actor))
    return one


def of_slot(report: VersionsReport, slot: str) -> VersionsReport:
    """Return what a report says of one slot; raises UsageError when nothing was promoted in it."""
    chosen = tuple(status for status in report.slots if status.slot == slot)
    if not chosen:
        names = [status.slot for status in report.slots]
        near = difflib.get_close_matches(slot, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there is {', '.join(names) or 'none'}"
        msg = f"there is no slot {slot!r}{hint}"
        raise UsageError(msg)
    return replace(report, slots=chosen)


def near_slot(active: ActiveVersions, slot: str) -> str:
    """Return the slot that somebody may have meant by one that is new, empty where there is none like it."""
    if slot in active.slots:
        return ""
    return next(iter(difflib.get_close_matches(slot, active.slots, n=1)), "")
