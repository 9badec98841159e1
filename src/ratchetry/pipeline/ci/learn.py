"""The step that learns: every learner looks at the history, and what follows is appended as events.

Nothing depends on the clock: what is known is known as of the start of the newest run that may teach, and an event has
the time of its evidence.  So two learners that see the same runs append the same events, and a second look appends
none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import Event, Refusal
from ratchetry.domain.lesson import Lesson, Lessons, Wait
from ratchetry.domain.moment import days_of
from ratchetry.errors import RatchetryError
from ratchetry.learn import degradation
from ratchetry.learn.decision_log import FUTURE_DAYS, read_log
from ratchetry.learn.experiment import learn as experiments
from ratchetry.learn.promotion import observed
from ratchetry.learn.watch_report import watch_report
from ratchetry.pipeline.bounds import load_thresholds
from ratchetry.pipeline.ci.improve import learned_advice
from ratchetry.pipeline.degradation import active_versions
from ratchetry.pipeline.ratchet import look, may_teach, policy_of
from ratchetry.pipeline.rewards import learned_rewards
from ratchetry.report.text import plural
from ratchetry.report.versions import gain_line
from ratchetry.settings import Settings

FROZEN: Final = "learning is disabled (disable-learning, RATCHETRY_DISABLE_LEARNING)"

_NOTHING: Final[Mapping[str, str]] = {}
_READ: Final = frozenset({"decision", "outcome", "arm", "threshold_move", "experiment", "promotion", "alarm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a learner works with: the repository, its history, and the events in it and those of learners before."""

    root: Path
    settings: Settings
    history: HistoryDirectory
    branch: str
    as_of: str
    events: tuple[Event, ...]
    environ: Mapping[str, str]


Learner = Callable[[Desk], Lesson]


def learn(
    root: Path, settings: Settings, history: HistoryDirectory, *, branch: str, environ: Mapping[str, str] = _NOTHING
) -> Lessons:
    """Return what the history teaches and does not hold yet; nothing while learning is disabled.

    `environ` is what git is asked with.  A learner that cannot read what is its own leaves the others alone.  Raises
    StateError for a damaged history.
    """
    if settings.disable_learning:
        return Lessons(branch=branch, idle=FROZEN)
    as_of = newest_lesson(history, branch)
    if not as_of:
        return Lessons(branch=branch, idle=f"the history has no run of branch {branch!r} that may teach")
    events = tuple(history.events())
    ahead = ahead_of(events, as_of)
    lessons: list[Lesson] = []
    for name, step in LEARNERS.items():
        desk = Desk(
            root=root, settings=settings, history=history, branch=branch, as_of=as_of, events=events, environ=environ
        )
        lesson = _asked(name, step, desk)
        lessons.append(lesson)
        events = (*events, *lesson.events)
    return Lessons(branch=branch, as_of=as_of, lessons=tuple(lessons), ahead=ahead)


def ahead_of(events: Iterable[Event], as_of: str) -> tuple[Event, ...]:
    """Return the events that learners read from after a moment, more than clocks differ, oldest first."""
    limit = (days_of(as_of) or 0.0) + FUTURE_DAYS
    return tuple(one for one in events if one.kind in _READ and (days_of(one.time) or 0.0) > limit)


def newest_lesson(history: HistoryDirectory, branch: str) -> str:
    """Return when the newest run that may teach has started, empty when there is none."""
    return max((run.run.started for run in history.columns() if may_teach(run, branch)), default="")


def append(history: HistoryDirectory, lessons: Lessons) -> int:
    """Append the events of some lessons to a history and return how many were new to it."""
    return sum(history.add_event(one) for one in lessons.events)


def _asked(name: str, step: Learner, desk: Desk) -> Lesson:
    """Return what a learner says, its events as the history keeps them."""
    try:
        lesson = step(desk)
    except RatchetryError as error:
        return Lesson(learner=name, problem=str(error))
    return replace(lesson, learner=name, events=tuple(map(desk.history.kept_event, lesson.events)))


def _bounds(desk: Desk) -> Lesson:
    """Return the moves of bounds that the newest runs support."""
    thresholds = load_thresholds(desk.root, desk.settings)
    if not thresholds.rows:
        reason = f"waits for a file with bounds, {desk.settings.thresholds}: `ratchetry init` seeds one"
        return Lesson(waits=(Wait(subject="all bounds", reason=reason),))
    found = look(desk.history, thresholds, policy_of(desk.settings), branch=desk.branch)
    waiting = (row for row in found.outlooks if row.move is None)
    outages = Counter(row.outage for row in found.observations if row.outage)
    return Lesson(
        events=found.moves,
        waits=(
            *(Wait(subject=plural(count, "run"), reason=f"left out: {why}") for why, count in sorted(outages.items())),
            *(Wait(subject=row.metric, reason=f"waits for {row.waits_for}") for row in waiting),
        ),
        refused=tuple(Refusal(event=row.event, reason=row.reason) for row in found.folded.refused),
    )


def _rewards(desk: Desk) -> Lesson:
    """Return the outcomes that decisions have by now."""
    found = learned_rewards(desk.history, desk.settings, branch=desk.branch, write=False)
    pending = [
        Wait(subject=name, reason="waits for a run that counts, and for the others of its day")
        for name in found.pending
    ]
    strangers = [
        Wait(subject=name, reason=f"named by {', '.join(runs[:3])}, and nobody has taken such a decision")
        for name, runs in found.unknown.items()
    ]
    return Lesson(
        events=found.outcomes,
        waits=(*pending, *strangers),
        refused=tuple(Refusal(event=row.event, reason=row.reason) for row in found.refused),
    )


def _promotions(desk: Desk) -> Lesson:
    """Return the promotions that somebody has accepted by merging the file that says which versions are in use."""
    log = read_log(desk.events, desk.as_of)
    repository = next((one.decision.repository for one in reversed(log.decisions)), "")
    return Lesson(events=observed(active_versions(desk.root), log, repository))


def _verdicts(desk: Desk) -> Lesson:
    """Return the verdicts of the experiments that are decided."""
    log = read_log(desk.events, desk.as_of)
    known = experiments.courses(log)
    statuses = (experiments.status_of(one, log) for one in known.by_name.values() if one.verdict is None)
    running = (status for status in statuses if status.state == "running")
    return Lesson(
        events=experiments.learn(desk.events, desk.as_of),
        waits=tuple(Wait(subject=status.experiment.name, reason=status.reason) for status in running),
        refused=(*log.refused, *known.refused),
    )


def _alarms(desk: Desk) -> Lesson:
    """Return the alarms about versions that became worse, and what rollbacks did."""
    alarms = degradation.learn(desk.events, desk.as_of)
    report = watch_report(read_log((*desk.events, *alarms), desk.as_of))
    waits = [Wait(subject=status.slot, reason=f"{status.version}: {status.reason}") for status in report.slots]
    gains = [Wait(subject="rollback", reason=gain_line(one)) for status in report.slots for one in status.rollbacks]
    return Lesson(events=alarms, waits=_others(waits, alarms) + tuple(gains), refused=report.refused)


def _advice(desk: Desk) -> Lesson:
    """Return the advice to give and to close, and what became of that which was given."""
    events = learned_advice(
        desk.history, root=desk.root, settings=desk.settings, environ=desk.environ, branch=desk.branch
    )
    return Lesson(events=events)


def _others(waits: Iterable[Wait], alarms: Iterable[Event]) -> tuple[Wait, ...]:
    """Return what waits of the slots that no alarm is about."""
    named = {one.subject for one in alarms}
    return tuple(row for row in waits if row.subject not in named)


LEARNERS: Final[Mapping[str, Learner]] = {
    "bounds": _bounds,
    "rewards": _rewards,
    "promotions": _promotions,
    "experiments": _verdicts,
    "versions": _alarms,
    "advice": _advice,
}
"""Who learns, in the order in which one builds on another; a new learner is one line."""
