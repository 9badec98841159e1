"""Which advice is given: from what is suggested to the events that say so, whoever opens an issue about it.

| the newest event about the thing | suggested | its goal | event |
| --- | --- | --- | --- |
| none | yes | open | opened, within the limits |
| opened | either | reached | closed, with the runs that show it |
| opened | either | open, or not measured | none |
| closed within the cool-down | yes | open | none |
| closed before | yes | open | opened again, within the limits |

The time of what is opened is the start of the newest run, and that of what is closed the start of the newest run that
shows it: looking again appends nothing, and learners that see the same runs append the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ratchetry.domain.bandit import decision_event
from ratchetry.domain.event import Event
from ratchetry.domain.improvement import Limits
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Ranked
from ratchetry.learn.suggestions.advice import Advice, advice_in, closed_event, closings, opened_event
from ratchetry.learn.suggestions.made import run_name
from ratchetry.learn.suggestions.measure import measured, recovered

DEFAULT = Limits()


def give(
    events: Iterable[Event],
    ranked: Sequence[Ranked],
    newest_first: Sequence[RunRecord],
    as_of: str,
    limits: Limits = DEFAULT,
) -> tuple[Event, ...]:
    """Return the advice to open and to close, as events that are not among the others yet, by the table above."""
    known = tuple(events)
    standing = open_advice(known, as_of)
    closed = {name: done for name, one in standing.items() if (done := _closed(one, newest_first)) is not None}
    ended = {**closings(known, as_of), **{name: days_of(one.time) or 0.0 for name, one in closed.items()}}
    now = days_of(as_of) or 0.0
    fresh = sum(one.time == as_of for one in advice_in(known, as_of)[0])
    room = max(0, min(limits.new - fresh, limits.total - (len(standing) - len(closed))))
    found = list(closed.values())
    for row in ranked:
        one = row.suggestion
        cooling = now - ended.get(one.fingerprint, -limits.cool_down) < limits.cool_down
        if room > 0 and not cooling and one.fingerprint not in standing and not recovered(one.goal, newest_first):
            room -= 1
            found += _opened(row, as_of)
    return tuple(found)


def open_advice(events: Iterable[Event], as_of: str) -> dict[str, Advice]:
    """Return the advice that was given and not closed since, by what it is about: of each the oldest since then."""
    known = tuple(events)
    ended: Mapping[str, float] = closings(known, as_of)
    found: dict[str, Advice] = {}
    for one in advice_in(known, as_of)[0]:
        if one.at > ended.get(one.fingerprint, float("-inf")):
            found.setdefault(one.fingerprint, one)
    return found


def _opened(row: Ranked, as_of: str) -> tuple[Event, ...]:
    """Return the events that advice was given, and which decision chose it where it was drawn."""
    one, decision = row.suggestion, row.decision
    repository = decision.repository if decision else ""
    given = opened_event(one, decision=decision.id if decision else "", time=as_of, repository=repository)
    return (decision_event(decision), given) if decision else (given,)


def _closed(one: Advice, newest_first: Sequence[RunRecord]) -> Event | None:
    """Return the event that the goal of some advice was reached since it was given, None where it was not."""
    since = tuple(record for record in newest_first if (days_of(record.run.started) or 0.0) > one.at)
    shown = recovered(one.goal, since)
    if not shown:
        return None
    value = measured(one.goal, shown)[0][1]
    runs = tuple(map(run_name, (record.run for record in shown)))
    time = shown[0].run.started
    return closed_event(one.fingerprint, one.goal, value, time=time, repository=one.repository, runs=runs)
