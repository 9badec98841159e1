"""How the version of each slot is doing now, what to go back to, and whether going back has helped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from ratchetry.analyze.mantel_haenszel import pooled
from ratchetry.domain.moment import date_of, time_of
from ratchetry.domain.versions import (
    ActiveVersion,
    ActiveVersions,
    Drop,
    Rollback,
    RollbackState,
    VersionsReport,
    WatchState,
    WatchStatus,
    Window,
)
from ratchetry.learn.decision_log import DecisionLog
from ratchetry.learn.degradation import (
    COOL_DOWN_DAYS,
    LEAST_DROP,
    RECENT_DAYS,
    Alarm,
    Watch,
    compared,
    drop_at,
    judge,
    watches,
)
from ratchetry.learn.promotion import Period, timeline
from ratchetry.learn.stream import added

SHOWN_DAYS: Final = 120
"""Days of the past that are shown."""


def watch_report(log: DecisionLog) -> VersionsReport:
    """Return how the active versions of all slots are doing."""
    history = timeline(log)
    promotions = (
        period.promotion for periods in history.slots.values() for period in periods if period.promotion.since
    )
    return VersionsReport(
        as_of=time_of(log.as_of),
        slots=tuple(status_of(watch, log.as_of) for watch in watches(log)),
        promotions=tuple(promotions),
        refused=(*log.refused, *history.refused),
    )


def status_of(watch: Watch, as_of: float) -> WatchStatus:
    """Return how the active version of a slot is doing."""
    alarms, path = judge(watch)
    current = watch.periods[-1]
    drop = drop_at(watch, len(watch.days) - 1) if watch.days else Drop(before=Window(), after=Window())
    state, reason = _state(watch, alarms, drop)
    shown = watch.days[-SHOWN_DAYS:]
    versions = [period.promotion.version for period in watch.periods]
    return WatchStatus(
        slot=watch.slot,
        version=current.promotion.version,
        since=current.promotion.since,
        state=state,
        reason=reason,
        drop=drop,
        evidence=path[-1] if path else 0.0,
        path=path[-SHOWN_DAYS:],
        rates=tuple(pooled(day.of(dict.fromkeys(versions))).mean for day in shown),
        first_day=date_of(shown[0].day) if shown else "",
        alarms=tuple(date_of(alarm.day) for alarm in alarms),
        alarm=alarms[-1].drop if alarms else None,
        rollback_to=rollback_target(watch),
        newest=max((day.newest for day in watch.days), default=(0.0, ""))[1],
        runs=alarms[-1].runs if alarms else (),
        rollbacks=tuple(
            _rollback(watch, before, after, as_of)
            for before, after in zip(watch.periods, watch.periods[1:], strict=False)
            if after.promotion.cause == "rollback"
        ),
    )


def _state(watch: Watch, alarms: Sequence[Alarm], drop: Drop) -> tuple[WatchState, str]:
    """Return the state of the active version, and why."""
    current = watch.periods[-1]
    last = watch.days[-1].day if watch.days else 0
    if alarms:
        since = drop_at(watch, len(watch.days) - 1, alarms[-1].day - watch.days[0].day - RECENT_DAYS + 1)
        told = f"alarm of {date_of(alarms[-1].day)}: {alarms[-1].drop.relative or 0.0:.0%} less than before"
        if since.relative is None or since.relative >= LEAST_DROP:
            return "degraded", told
        return "steady", f"{told}; it has recovered since"
    if current.promotion.cause == "rollback" and last < current.start + COOL_DOWN_DAYS:
        return "cooling-down", f"rolled back on {current.promotion.since[:10]}: no alarm for {COOL_DOWN_DAYS} days"
    if drop.relative is None:
        told = f"{drop.after.n} results in the last {RECENT_DAYS} days, {drop.before.n} in the 30 before"
        return "too-little", f"too few to compare: {told}"
    if drop.relative >= LEAST_DROP:
        return "steady", f"{drop.relative:.0%} less than before, which may be chance so far"
    return "steady", "no fall that matters"


def rollback_target(watch: Watch) -> str:
    """Return the newest earlier version that was never found to be degraded and is not the current one, or nothing."""
    current = watch.periods[-1].promotion.version
    bad = {current, *watch.raised}
    earlier = (period.promotion.version for period in reversed(watch.periods[:-1]))
    return next((version for version in earlier if version not in bad), "")


def rollbacks(report: VersionsReport, active: ActiveVersions) -> dict[str, ActiveVersion]:
    """Return the versions to go back to, by slot: where the active one is degraded and a good one is known.

    Where the file shows another version already, somebody has acted.
    """
    found: dict[str, ActiveVersion] = {}
    for status in report.slots:
        current = active.slots.get(status.slot)
        if status.state != "degraded" or not status.rollback_to:
            continue
        if current is None or current.version == status.version:
            found[status.slot] = ActiveVersion(
                version=status.rollback_to,
                since=status.newest,
                previous=status.version,
                cause="rollback",
                reason=status.reason,
                evidence=_evidence(status),
            )
    return found


def _evidence(status: WatchStatus) -> dict[str, float | int | str | None]:
    """Return what a rollback rests on."""
    drop = status.alarm or status.drop
    return {
        "drop": _rounded(drop.relative),
        "low": _rounded(drop.low),
        "high": _rounded(drop.high),
        "n_before": drop.before.n,
        "n_after": drop.after.n,
        "runs": ", ".join(status.runs),
    }


def _rollback(watch: Watch, before: Period, after: Period, as_of: float) -> Rollback:
    """Return what a rollback did, judged once: the seven days after it beside the seven before it."""
    day = math.floor(after.start)
    left, to = before.promotion.version, after.promotion.version
    old = added(row.of([left]) for row in watch.days if day - RECENT_DAYS <= row.day <= day)
    new = added(row.of([to]) for row in watch.days if day <= row.day < day + RECENT_DAYS)
    gain = compared(old, new, falling=False)
    over = bool(watch.days) and watch.days[-1].day >= day + RECENT_DAYS - 1 and as_of >= day + RECENT_DAYS
    return Rollback(
        slot=watch.slot, left=left, to=to, time=after.promotion.since, state=_verdict(gain, over=over), gain=gain
    )


def _verdict(gain: Drop, *, over: bool) -> RollbackState:
    """Return what the interval of a gain says, once the days it needs are over."""
    if not over:
        return "too-early"
    if gain.low is not None and gain.low > 0:
        return "helped"
    return "worse" if gain.high is not None and gain.high < 0 else "unclear"


def _rounded(value: float | None) -> float | None:
    """Return a number with six digits."""
    return None if value is None else float(f"{value:.6g}")
