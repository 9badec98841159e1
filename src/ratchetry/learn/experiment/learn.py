"""What the events say of experiments, and the one event that each of them ends with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, get_args

from ratchetry.domain.event import Event, Refusal, Value, event
from ratchetry.domain.experiment import Experiment, ExperimentState, ExperimentStatus
from ratchetry.domain.moment import days_of
from ratchetry.learn.decision_log import DecisionLog, read_log
from ratchetry.learn.experiment.cohorts import evidence_of
from ratchetry.learn.experiment.definition import experiment_of
from ratchetry.learn.experiment.judge import judged

_STATES: Final[Mapping[str, ExperimentState]] = {state: state for state in get_args(ExperimentState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One experiment: how it was defined, and the events that ended it, if any did."""

    experiment: Experiment
    stop: Event | None = None
    verdict: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """All experiments by name, and the events about experiments that make no sense."""

    by_name: Mapping[str, Course] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def learn(events: Iterable[Event], as_of: str) -> tuple[Event, ...]:
    """Return the verdicts that are due: one for each experiment that is decided and has none yet.

    The same events give the same verdicts, whatever their order, and with these among them there are no more.
    Raises ValueError when `as_of` is no time.
    """
    log = read_log(events, as_of)
    open_ones = [course for course in courses(log).by_name.values() if course.verdict is None]
    found = (status_of(course, log) for course in open_ones)
    return tuple(verdict_event(status) for status in found if status.state != "running")


def courses(log: DecisionLog) -> Courses:
    """Return the experiments of a log; of two starts, stops or verdicts of one the first counts."""
    found: dict[str, Course] = {}
    refused: dict[str, str] = {}
    for kept in log.others:
        if kept.kind != "experiment":
            continue
        phase, known = kept.data.get("phase"), found.get(kept.subject)
        try:
            found[kept.subject] = _moved(kept, phase, known)
        except ValueError as error:
            refused[kept.id] = str(error)
    return Courses(
        by_name=dict(sorted(found.items())),
        refused=tuple(Refusal(event=name, reason=why) for name, why in sorted(refused.items())),
    )


def _moved(kept: Event, phase: Value, known: Course | None) -> Course:
    """Return an experiment after an event; raises ValueError when the event makes no sense."""
    match phase:
        case "start" if known is None:
            return Course(experiment=experiment_of(kept))
        case "start":
            msg = f"there is an experiment {kept.subject[:100]!r} already"
            raise ValueError(msg)
        case _ if known is None:
            msg = f"there is no experiment {kept.subject[:100]!r} at that time"
            raise ValueError(msg)
        case "stop":
            return known if known.stop else replace(known, stop=kept)
        case "verdict" if kept.data.get("state") in _STATES and kept.data.get("winner") in {
            "",
            *known.experiment.treatments,
        }:
            return known if known.verdict else replace(known, verdict=kept)
        case _:
            msg = f"its phase {phase!r}, state or winner makes no sense"
            raise ValueError(msg)


def status_of(course: Course, log: DecisionLog) -> ExperimentStatus:
    """Return where an experiment stands; a verdict that was given stays."""
    until = days_of(course.stop.time) if course.stop else None
    evidence = evidence_of(course.experiment, log, math.inf if until is None else until)
    status = judged(course.experiment, evidence)
    if course.verdict is not None:
        data = course.verdict.data
        return replace(
            status,
            state=_STATES[str(data["state"])],
            winner=str(data.get("winner", "")),
            reason=str(data.get("reason", status.reason)),
        )
    if course.stop is not None and status.state == "running":
        told = str(course.stop.data.get("reason", "")) or "no reason was given"
        return replace(status, state="inconclusive", reason=f"stopped: {told}", newest=course.stop.time)
    return status


def verdict_event(status: ExperimentStatus) -> Event:
    """Return the event that an experiment ends with, at the time of its newest evidence."""
    arm = status.winner or (status.treatments[0].arm if status.treatments else "")
    primary = next(one.metrics[0] for one in status.treatments if one.arm == arm)
    data: dict[str, Value] = {
        "phase": "verdict",
        "state": status.state,
        "winner": status.winner,
        "reason": status.reason,
        "treatment": arm,
        "metric": primary.metric,
        "lift": _rounded(primary.lift),
        "low": _rounded(primary.low),
        "high": _rounded(primary.high),
        "e_value": _rounded(primary.e_value),
        "threshold": _rounded(status.threshold),
        "units_control": primary.n_control,
        "units_treatment": primary.n_treatment,
        "days": status.days,
        "last_day": status.last_day,
    }
    one = status.experiment
    time = status.newest or one.started
    return event("experiment", time=time, repository=one.repository, subject=one.name, runs=status.runs, data=data)


def stop_event(experiment: Experiment, reason: str, *, time: str, actor: str = "") -> Event:
    """Return the event by which somebody stops an experiment."""
    data: dict[str, Value] = {"phase": "stop", "reason": reason}
    return event(
        "experiment", time=time, repository=experiment.repository, subject=experiment.name, actor=actor, data=data
    )


def _rounded(value: float | None) -> float | None:
    """Return a number with six digits, so that the last bits of a sum make no other event."""
    return None if value is None else float(f"{value:.6g}")
