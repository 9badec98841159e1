"""The start of an experiment: checked, written as an event, and read back from one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.experiment import REWARD, Experiment, ExperimentMetric, MetricKind, Plan
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import Better

MOST_TREATMENTS: Final = 10
MOST_METRICS: Final = 10
LONGEST_DAYS: Final = 365
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@:-]{0,99}")
_SHARE: Final = re.compile(r"reward|.*(?:_|\b)(?:rate|share|ratio)")
_DIRECTIONS: Final[Mapping[str, Better]] = {"higher": "higher", "lower": "lower"}
_KINDS: Final[Mapping[str, MetricKind]] = {"share": "share", "size": "size"}
_NUMBERS: Final = ("traffic", "alpha", "min_lift")
_COUNTS: Final = ("min_days", "min_units", "max_days", "maturity_days")


def metric_of(text: str) -> ExperimentMetric:
    """Return the metric that NAME:higher or NAME:lower names, with :share or :size behind it if wanted.

    Without that, `reward` and names that end in rate, share or ratio are shares, all others sizes.
    Raises ValueError saying what is wrong.
    """
    name, _, rest = text.partition(":")
    direction, _, kind = rest.partition(":")
    better = _DIRECTIONS.get(direction)
    chosen = _KINDS.get(kind or ("share" if _SHARE.fullmatch(name) else "size"))
    if not _NAME.fullmatch(name) or better is None or chosen is None:
        msg = f"{text!r}: a metric is NAME:higher or NAME:lower, with :share (0 to 1) or :size (positive) if wanted"
        raise ValueError(msg)
    return ExperimentMetric(name=name, better=better, kind=chosen)


def primary_first(metrics: Sequence[ExperimentMetric], primary: str) -> tuple[ExperimentMetric, ...]:
    """Return metrics with the primary one first, which is the first already where none is named."""
    found = [metric for metric in metrics if metric.name == primary]
    if primary and not found:
        msg = f"the primary metric {primary!r} is none of {', '.join(metric.name for metric in metrics)}"
        raise ValueError(msg)
    return (*found, *(metric for metric in metrics if metric not in found))


def checked(experiment: Experiment) -> Experiment:
    """Return an experiment whose definition makes sense; raises ValueError saying what does not."""
    for problem, wrong in _problems(experiment).items():
        if wrong:
            raise ValueError(problem)
    return experiment


def _problems(one: Experiment) -> dict[str, bool]:
    """Return what may be wrong with an experiment, and whether it is."""
    names = (one.name, one.slot, *one.arms, *(metric.name for metric in one.metrics))
    odd = next((name for name in names if not _NAME.fullmatch(name)), None)
    metrics = [metric.name for metric in one.metrics]
    rewards = [metric for metric in one.metrics if metric.name == REWARD]
    return {
        f"the name {odd!r} may have 1 to 100 letters, digits and . _ / @ : -": odd is not None,
        f"an experiment has 1 to {MOST_TREATMENTS} treatments": not 1 <= len(one.treatments) <= MOST_TREATMENTS,
        "control and treatments must differ from each other": len(set(one.arms)) != len(one.arms),
        f"an experiment has 1 to {MOST_METRICS} metrics": not 1 <= len(metrics) <= MOST_METRICS,
        "each metric may be named once": len(set(metrics)) != len(metrics),
        "the reward is a share that is better when higher": any(
            (metric.kind, metric.better) != ("share", "higher") for metric in rewards
        ),
        "traffic must be above 0 and at most 1": not 0 < one.traffic <= 1,
        "alpha must be from 0.0001 to 0.2": not 0.0001 <= one.alpha <= 0.2,
        "the smallest lift must be above 0 and below 1": not 0 < one.min_lift < 1,
        f"days must be at least 1 and at most {LONGEST_DAYS}, the longest time at least the shortest": not (
            1 <= one.min_days <= one.max_days <= LONGEST_DAYS and 1 <= one.maturity_days <= LONGEST_DAYS
        ),
        "each arm needs at least 2 units": one.min_units < 2,
        f"its start {one.started!r} is no time": days_of(one.started) is None,
    }


def start_event(experiment: Experiment, actor: str = "") -> Event:
    """Return the event that starts an experiment."""
    data: dict[str, Value] = {
        "phase": "start",
        "slot": experiment.slot,
        "control": experiment.control,
        "treatments": experiment.treatments,
        "metrics": tuple(f"{metric.name}:{metric.better}:{metric.kind}" for metric in experiment.metrics),
        "salt": experiment.salt,
        "plan": {name.name: getattr(experiment.plan, name.name) for name in fields(Plan)},
        **{name: getattr(experiment, name) for name in (*_NUMBERS, *_COUNTS)},
    }
    return event(
        "experiment",
        time=experiment.started,
        repository=experiment.repository,
        subject=experiment.name,
        actor=actor,
        data=data,
    )


def experiment_of(kept: Event) -> Experiment:
    """Return the experiment that a start event defines; raises ValueError saying which field makes no sense."""
    data = kept.data
    treatments, metrics = (_texts(data, name) for name in ("treatments", "metrics"))
    numbers = {name: _number(data, name) for name in (*_NUMBERS, *_COUNTS)}
    found = Experiment(
        name=kept.subject,
        slot=_text(data, "slot"),
        control=_text(data, "control"),
        treatments=treatments,
        metrics=tuple(metric_of(text) for text in metrics),
        traffic=numbers["traffic"],
        alpha=numbers["alpha"],
        min_lift=numbers["min_lift"],
        min_days=_whole(numbers, "min_days"),
        min_units=_whole(numbers, "min_units"),
        max_days=_whole(numbers, "max_days"),
        maturity_days=_whole(numbers, "maturity_days"),
        salt=_text(data, "salt"),
        started=kept.time,
        repository=kept.repository,
        plan=_plan(data.get("plan")),
    )
    return checked(found)


def _text(data: Mapping[str, Value], name: str) -> str:
    """Return a text of an event's data; raises ValueError for anything else."""
    value = data.get(name)
    found = value if isinstance(value, str) else None
    if found is None:
        msg = f"{name}: must be a text, not {value!r}"
        raise ValueError(msg)
    return found


def _texts(data: Mapping[str, Value], name: str) -> tuple[str, ...]:
    """Return a list of texts of an event's data; raises ValueError for anything else."""
    value = data.get(name)
    found = tuple(part for part in value if isinstance(part, str)) if isinstance(value, tuple | list) else ()
    if not isinstance(value, tuple | list) or len(found) != len(value):
        msg = f"{name}: must be a list of texts, not {value!r}"
        raise ValueError(msg)
    return found


def _number(data: Mapping[str, Value], name: str) -> float:
    """Return a finite number of an event's data; raises ValueError for anything else."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        msg = f"{name}: must be a finite number, not {value!r}"
        raise ValueError(msg)
    return value


def _whole(numbers: Mapping[str, float], name: str) -> int:
    """Return a whole number; raises ValueError for another."""
    if numbers[name] != int(numbers[name]):
        msg = f"{name}: must be a whole number, not {numbers[name]!r}"
        raise ValueError(msg)
    return int(numbers[name])


def _plan(value: Value) -> Plan:
    """Return the plan of an event, an empty one for what is none: nothing is decided by it."""
    import msgspec

    try:
        return msgspec.convert(value if isinstance(value, Mapping) else {}, Plan)
    except msgspec.ValidationError:
        return Plan()
