"""What the commands of `ratchetry experiment` do: load, call what is pure, save."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Refusal
from ratchetry.domain.experiment import MEASURES_ONLY, REWARD, Experiment, ExperimentStatus
from ratchetry.errors import UsageError
from ratchetry.learn.decision_log import DecisionLog, read_log
from ratchetry.learn.experiment.assignment import decided
from ratchetry.learn.experiment.definition import checked, start_event
from ratchetry.learn.experiment.learn import Course, courses, status_of, stop_event
from ratchetry.pipeline.quarantine import Author

_LONGEST_UNIT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Which arm to use for a unit: drawn now, drawn before, or the default of those who do not take part."""

    arm: str
    state: Literal["new", "known", "outside", "ended", "frozen"]
    decision: str = ""
    propensities: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where experiments stand, and the events that were left out."""

    as_of: str
    statuses: tuple[ExperimentStatus, ...] = ()
    refused: tuple[Refusal, ...] = ()


def log_of(history: HistoryDirectory, now: datetime) -> DecisionLog:
    """Return the events of a history, as of now."""
    return read_log(history.events(), f"{now:%Y-%m-%dT%H:%M:%SZ}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What somebody expects of an experiment, where the history does not say it or says something else."""

    base: float | None = None
    """The control's share."""
    per_day: float | None = None
    """Units that come in a day."""


def start(
    history: HistoryDirectory, draft: Experiment, author: Author, expected: Expected, *, write: bool = True
) -> Experiment:
    """Start an experiment and return it with its plan; raises UsageError for one that makes no sense."""
    from ratchetry.learn.experiment.planning import earlier_values, plan

    log = log_of(history, author.moment)
    salted = replace(draft, started=author.time, salt=f"{draft.name}@{author.time}", repository=author.repository)
    try:
        defined = checked(salted)
    except ValueError as error:
        raise UsageError(str(error)) from error
    known = courses(log).by_name
    if defined.name in known:
        msg = (
            f"there is an experiment {defined.name!r} already, started {known[defined.name].experiment.started[:10]}: "
        )
        raise UsageError(msg + "its results would be mixed up; take another name")
    rate = expected.per_day or _units_per_day(history, log, author.moment)
    planned = replace(defined, plan=plan(defined, earlier_values(defined, log), rate, expected.base))
    if write:
        history.add_event(start_event(planned, author.actor))
    return planned


def standing(history: HistoryDirectory, now: datetime, name: str = "") -> Standing:
    """Return where all experiments stand, or one; raises UsageError when there is none of that name."""
    log = log_of(history, now)
    known = courses(log)
    chosen = [_course(known.by_name, name)] if name else list(known.by_name.values())
    statuses = tuple(replace(status_of(course, log), as_of=f"{now:%Y-%m-%dT%H:%M:%SZ}") for course in chosen)
    return Standing(as_of=f"{now:%Y-%m-%dT%H:%M:%SZ}", statuses=statuses, refused=(*log.refused, *known.refused))


def stop(history: HistoryDirectory, name: str, reason: str, author: Author) -> ExperimentStatus:
    """Stop an experiment and return where it stands then; raises UsageError when it has ended already."""
    log = log_of(history, author.moment)
    course = _course(courses(log).by_name, name)
    status = status_of(course, log)
    if status.state != "running":
        msg = f"{name}: it has ended already: {status.state}, {status.reason}"
        raise UsageError(msg)
    if not reason.strip():
        msg = "a stop needs a reason: --reason says why"
        raise UsageError(msg)
    kept = stop_event(course.experiment, reason.strip()[:1000], time=author.time, actor=author.actor)
    history.add_event(kept)
    return status_of(replace(course, stop=kept), log)


def assign(history: HistoryDirectory, name: str, unit: str, now: datetime, *, frozen: bool = False) -> Assigned:
    """Return the arm of a unit; one that takes part is noted, once.

    The first decision about a unit counts, whoever asks again.  Raises UsageError for a name that is none.
    """
    unit = _unit(unit)
    log = log_of(history, now)
    course = _course(courses(log).by_name, name)
    one = course.experiment
    if frozen:
        return Assigned(arm=one.control, state="frozen")
    if course.stop or course.verdict:
        winner = course.verdict.data.get("winner") if course.verdict else ""
        return Assigned(arm=str(winner or one.control), state="ended")
    known = _decision(log, one, unit)
    if known is not None:
        return Assigned(arm=known.arm, state="known", decision=known.id, propensities=known.propensities)
    decision = decided(one, unit, now)
    if decision is None:
        return Assigned(arm=one.control, state="outside")
    history.add_event(decision_event(decision))
    return Assigned(arm=decision.arm, state="new", decision=decision.id, propensities=decision.propensities)


def record(history: HistoryDirectory, name: str, unit: str, measures: Mapping[str, float], now: datetime) -> bool:
    """Note what became of a unit; return False when the same was noted before.

    Raises UsageError for a unit that takes no part, a metric that the experiment has not, a value that none has, and
    for a unit of which something else was noted before.
    """
    unit = _unit(unit)
    log = log_of(history, now)
    one = _course(courses(log).by_name, name).experiment
    decision = _decision(log, one, unit)
    if decision is None:
        msg = f"{unit}: no arm was assigned to it: `ratchetry experiment assign {name} --unit ...` does, when it begins"
        raise UsageError(msg)
    _check(one, measures)
    outcome = _outcome(one, decision.id, measures, now)
    before = next((row.outcome for row in log.decisions if row.decision.id == decision.id), None)
    if before is not None:
        if (before.reward, dict(before.measures)) == (outcome.reward, dict(outcome.measures)):
            return False
        msg = f"{unit}: something else was recorded {before.time}; the first record of a unit counts"
        raise UsageError(msg)
    return history.add_event(outcome_event(outcome))


def _outcome(one: Experiment, decision: str, measures: Mapping[str, float], now: datetime) -> ArmOutcome:
    """Return an outcome: its reward is the metric of that name, or the primary one where that is a share."""
    primary = measures.get(one.primary.name) if one.primary.kind == "share" else None
    derived = 1.0 - primary if primary is not None and one.primary.better == "lower" else primary
    reward = measures.get(REWARD, derived)
    return ArmOutcome(
        decision=decision,
        time=f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
        status="missing" if reward is None else "rewarded",
        reward=reward,
        reason=MEASURES_ONLY if reward is None else "",
        measures={name: value for name, value in measures.items() if name != REWARD},
        repository=one.repository,
    )


def _check(one: Experiment, measures: Mapping[str, float]) -> None:
    """Raise UsageError unless measures are of the experiment's metrics, with values that these may have."""
    kinds = {metric.name: metric.kind for metric in one.metrics}
    if not measures:
        msg = f"name a metric with its value: --metric {one.primary.name}=..."
        raise UsageError(msg)
    for name, value in measures.items():
        if name not in kinds:
            msg = f"{one.name} has no metric {name!r}{_hint(name, kinds)}"
            raise UsageError(msg)
        if not math.isfinite(value) or value < 0 or (kinds[name] == "share" and value > 1):
            wanted = "from 0 to 1" if kinds[name] == "share" else "0 or more"
            msg = f"{name}: {value!r} is none of its values, which are {wanted}"
            raise UsageError(msg)


def _decision(log: DecisionLog, one: Experiment, unit: str) -> ArmDecision | None:
    """Return the first decision of an experiment about a unit."""
    mine = (row.decision for row in log.decisions if row.decision.experiment == one.name)
    return next((decision for decision in mine if decision.unit == unit and decision.arm in one.arms), None)


def _course(known: Mapping[str, Course], name: str) -> Course:
    """Return an experiment by its name; raises UsageError with the nearest one."""
    if name not in known:
        msg = f"there is no experiment {name!r}{_hint(name, known)}"
        raise UsageError(msg)
    return known[name]


def _hint(name: str, known: Iterable[str]) -> str:
    """Return what somebody may have meant."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return (
        f"; there is {', '.join(names[:10])}"
        if names
        else "; there is none yet: `ratchetry experiment start` begins one"
    )


def _unit(text: str) -> str:
    """Return the name of a unit; raises UsageError for none, or one that is too long."""
    if not 0 < len(text.strip()) <= _LONGEST_UNIT:
        msg = f"a unit has 1 to {_LONGEST_UNIT} characters, such as pr-12, this one has {len(text.strip())}"
        raise UsageError(msg)
    return text.strip()


def _units_per_day(history: HistoryDirectory, log: DecisionLog, now: datetime) -> float | None:
    """Return how many units come in a day: of decisions, or else the pull requests of the runs."""
    from ratchetry.learn.experiment.planning import RATE_DAYS, units_per_day

    found: Sequence[tuple[float, str]] = [(one.at, one.decision.unit or one.decision.id) for one in log.decisions]
    rate = units_per_day(found, log.as_of)
    if rate is not None:
        return rate
    since = f"{now - timedelta(days=RATE_DAYS):%Y-%m-%dT%H:%M:%SZ}"
    runs = (columns.run for columns in history.columns(since))
    return units_per_day(((log.as_of, str(run.pull_request)) for run in runs if run.pull_request), log.as_of)
