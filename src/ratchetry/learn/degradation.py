"""Whether a version in use has become worse, and what to go back to.

An alarm needs both: the last seven days fall short of the thirty before by a fifth or more, contexts compared like with
like, which says that it matters; and the detector has reached 1,000, which says that it is no chance.  Each day is
judged once, in order, on what counted then, so that whoever looks whenever finds the same alarms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.analyze.e_detector import REFERENCE_DAYS, RUN_LENGTH, detector
from ratchetry.analyze.mantel_haenszel import pooled, stratified_ratio
from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.moment import date_of, days_of
from ratchetry.domain.versions import Drop, Window
from ratchetry.learn.decision_log import DecisionLog, read_log
from ratchetry.learn.experiment.learn import courses
from ratchetry.learn.promotion import Period, timeline
from ratchetry.learn.stream import StreamDay, added, stream

RECENT_DAYS: Final = 7
LEAST_DROP: Final = 0.2
"""Fall that matters, as a share of what was."""
LEAST_RESULTS: Final = 10
"""Results that either side of a comparison needs."""
COOL_DOWN_DAYS: Final = 7
"""Days after a rollback in which there is no alarm: versions must not be swapped to and fro."""
REARM_DAYS: Final = REFERENCE_DAYS + RECENT_DAYS
"""Days after an alarm in which there is no other about the same version."""
_RUNS_CITED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A day on which a version was found to be degraded, and the evidence of that day."""

    day: int
    drop: Drop
    evidence: float
    newest: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The days of a slot, the periods of its versions, and what was raised already, by version."""

    slot: str
    periods: tuple[Period, ...]
    days: tuple[StreamDay, ...]
    raised: Mapping[str, tuple[float, ...]]
    repository: str = ""


def learn(events: Iterable[Event], as_of: str) -> tuple[Event, ...]:
    """Return the alarms that are due: one for each degradation that has none yet.

    The same events give the same alarms, whatever their order, and with these among them there are no more.
    Raises ValueError when `as_of` is no time.
    """
    found: list[Event] = []
    for watch in watches(read_log(events, as_of)):
        new = (alarm for alarm in judge(watch)[0] if not _is_raised(alarm, watch))
        found.extend(alarm_event(watch, alarm) for alarm in new)
    return tuple(found)


def watches(log: DecisionLog) -> tuple[Watch, ...]:
    """Return what is known of every slot that something was promoted in."""
    slots = {name: course.experiment.slot for name, course in courses(log).by_name.items()}
    raised: dict[tuple[str, str], list[float]] = {}
    for kept in log.others:
        if kept.kind == "alarm":
            key = (kept.subject, str(kept.data.get("version", "")))
            raised.setdefault(key, []).append(days_of(kept.time) or 0.0)  # a log holds no event without a time
    return tuple(
        Watch(
            slot=slot,
            periods=periods,
            days=stream(slot, periods, log, slots),
            raised={version: tuple(times) for (name, version), times in raised.items() if name == slot},
            repository=next((one.decision.repository for one in log.decisions), ""),
        )
        for slot, periods in timeline(log).slots.items()
    )


def judge(watch: Watch) -> tuple[tuple[Alarm, ...], tuple[float, ...]]:
    """Return the alarms about the active version, oldest first, and the detector after each day, 0 before it began.

    After an alarm the detector begins anew once all that it compares with is from after the alarm: what is known is no
    news, another fall is.
    """
    path = [0.0] * min(_first_day(watch), len(watch.days))
    alarms: list[Alarm] = []
    while len(path) < len(watch.days):
        first = len(path)
        part = detector(_rows(watch), _good_rows(watch), first)
        place = _alarm_place(watch, part, first)
        if place is None:
            path.extend(part)
        else:
            alarms.append(_alarm(watch, place, part[place - first]))
            path.extend(part[: place - first + REARM_DAYS])
    return tuple(alarms), tuple(path)


def _alarm_place(watch: Watch, part: Sequence[float], first: int) -> int | None:
    """Return the first day on which both the evidence and the fall are enough, None without one."""
    current = watch.periods[-1]
    begun = current.start + COOL_DOWN_DAYS if current.promotion.cause == "rollback" else -math.inf
    for place, value in enumerate(part, start=first):
        if value >= RUN_LENGTH and watch.days[place].day >= begun:
            drop = drop_at(watch, place).relative
            if drop is not None and drop >= LEAST_DROP:
                return place
    return None


def _alarm(watch: Watch, place: int, value: float) -> Alarm:
    """Return the alarm of a day, citing the newest runs of the days that it rests on."""
    days = watch.days[max(0, place - RECENT_DAYS + 1) : place + 1]
    runs = [run for day in reversed(days) for run in day.runs]
    return Alarm(
        day=watch.days[place].day,
        drop=drop_at(watch, place),
        evidence=value,
        newest=max(day.newest for day in days)[1],
        runs=tuple(sorted(dict.fromkeys(runs[:_RUNS_CITED]))),
    )


def drop_at(watch: Watch, place: int, until: int | None = None) -> Drop:
    """Return how far the active version's last seven days, up to one, fall short of the thirty before.

    Those before end at `until` where it is given: what was before an alarm.
    """
    begin = max(_first_day(watch), place - RECENT_DAYS + 1)
    end = begin if until is None else until
    after = added(_rows(watch)[begin : place + 1])
    before = added(_good_rows(watch)[max(0, end - REFERENCE_DAYS) : end])
    return compared(before, after, falling=True)


def compared(before: Mapping[str, Window], after: Mapping[str, Window], *, falling: bool) -> Drop:
    """Return how results compare, as a fall or as a gain; without enough of them nothing is said."""
    old, new = pooled(before), pooled(after)
    ratio = stratified_ratio(before, after) if min(old.n, new.n) >= LEAST_RESULTS else None
    if ratio is None:
        return Drop(before=old, after=new)
    sign = -1.0 if falling else 1.0
    low, high = sorted(sign * (end - 1.0) for end in ratio[1:] if end is not None) or (None, None)
    return Drop(before=old, after=new, relative=sign * (ratio[0] - 1.0), low=low, high=high)


def _rows(watch: Watch) -> list[dict[str, Window]]:
    """Return the results of each day by context."""
    versions = {period.promotion.version for period in watch.periods}
    return [day.of(sorted(versions)) for day in watch.days]


def _good_rows(watch: Watch) -> list[dict[str, Window]]:
    """Return the results of each day that may serve as a reference: not of others that were found to be degraded."""
    current = watch.periods[-1].promotion.version
    versions = {period.promotion.version for period in watch.periods}
    good = sorted(version for version in versions if version == current or version not in watch.raised)
    return [day.of(good) for day in watch.days]


def _first_day(watch: Watch) -> int:
    """Return the place of the first day of the active version."""
    start = watch.periods[-1].start
    if not watch.days or math.isinf(start):
        return 0
    return max(0, math.floor(start) - watch.days[0].day)


def _is_raised(alarm: Alarm, watch: Watch) -> bool:
    """Tell whether an alarm was raised already, by whoever saw a little more or less of its days."""
    current = watch.periods[-1]
    known = watch.raised.get(current.promotion.version, ())
    return any(time >= current.start and abs(math.floor(time) - alarm.day) <= REARM_DAYS for time in known)


def alarm_event(watch: Watch, alarm: Alarm) -> Event:
    """Return the event of an alarm, at the time of its newest evidence."""
    data: dict[str, Value] = {
        "version": watch.periods[-1].promotion.version,
        "day": date_of(alarm.day),
        "drop": _rounded(alarm.drop.relative),
        "interval": (_rounded(alarm.drop.low), _rounded(alarm.drop.high)),
        "before": _rounded(alarm.drop.before.mean),
        "after": _rounded(alarm.drop.after.mean),
        "n_before": alarm.drop.before.n,
        "n_after": alarm.drop.after.n,
        "e_value": _rounded(alarm.evidence),
        "threshold": RUN_LENGTH,
    }
    return event(
        "alarm", time=alarm.newest, repository=watch.repository, subject=watch.slot, runs=alarm.runs, data=data
    )


def _rounded(value: float | None) -> float | None:
    """Return a number with six digits, so that the last bits of a sum make no other event."""
    return None if value is None else float(f"{value:.6g}")
