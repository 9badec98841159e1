"""The matured days of an experiment: what each arm's units came to, day by day, fixed once a day counts.

A day counts when it is over, each of its units has an outcome or is too old to get one, and so is every day before it:
otherwise quick failures would be counted before slow successes.  An outcome that comes later is left out, whoever asks
when.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ratchetry.domain.bandit import ArmOutcome
from ratchetry.domain.event import Refusal
from ratchetry.domain.experiment import MEASURES_ONLY, REWARD, Experiment, ExperimentMetric
from ratchetry.domain.moment import days_of
from ratchetry.learn.decision_log import Decided, DecisionLog
from ratchetry.learn.experiment.assignment import assigned_arm

Values = Mapping[str, Mapping[str, tuple[float, ...]]]
"""The values of units, by arm and metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The units that were assigned on one day."""

    day: int
    """Days since 1970."""
    assigned: Mapping[str, int]
    values: Values
    left_out: int = 0
    newest: tuple[float, str] = (0.0, "")
    """When the newest event about them is from."""
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The days of an experiment that count, and what does not count (yet)."""

    cohorts: tuple[Cohort, ...]
    waiting: int
    refused: tuple[Refusal, ...]


def evidence_of(experiment: Experiment, log: DecisionLog, until: float = math.inf) -> Evidence:
    """Return the evidence on an experiment; decisions after `until`, when it was stopped, are left out.

    An experiment without a start, which `definition.checked` refuses, has none.
    """
    refused: dict[str, str] = {}
    started = days_of(experiment.started)
    if started is None:
        return Evidence(cohorts=(), waiting=0, refused=())
    mine = [one for one in log.decisions if one.decision.experiment == experiment.name and one.at <= until]
    units = _units(experiment, started, mine, refused)
    by_day: dict[int, list[Decided]] = {}
    for one in units:
        by_day.setdefault(math.floor(one.at), []).append(one)
    days = _counting_days(experiment, math.floor(started), by_day, min(log.as_of, until))
    cohorts = tuple(_cohort(experiment, day, by_day.get(day, ()), refused) for day in days)
    counted = sum(sum(cohort.assigned.values()) for cohort in cohorts)
    return Evidence(
        cohorts=cohorts,
        waiting=len(units) - counted,
        refused=tuple(Refusal(event=name, reason=why) for name, why in sorted(refused.items())),
    )


def _units(
    experiment: Experiment, started: float, decisions: Iterable[Decided], refused: dict[str, str]
) -> list[Decided]:
    """Return the first decision about each unit; refuses those that are not what the experiment would decide."""
    found: dict[str, Decided] = {}
    for one in decisions:
        decision = one.decision
        if decision.arm not in experiment.arms:
            refused[one.event] = f"the arm {decision.arm!r} is none of the experiment"
        elif one.at < started:
            refused[one.event] = "it is older than the experiment"
        elif assigned_arm(experiment, decision.unit) != decision.arm:
            refused[one.event] = f"the unit {decision.unit!r} does not fall to the arm {decision.arm!r}"
        elif not _same(decision.propensities, experiment.propensities):
            refused[one.event] = "its probabilities are not those of the experiment"
        else:
            found.setdefault(decision.unit, one)
    return list(found.values())


def _same(given: Mapping[str, float], wanted: Mapping[str, float]) -> bool:
    """Tell whether probabilities are the same but for rounding."""
    return given.keys() == wanted.keys() and all(abs(given[arm] - wanted[arm]) < 1e-6 for arm in wanted)


def _counting_days(
    experiment: Experiment, first: int, by_day: Mapping[int, Sequence[Decided]], as_of: float
) -> Iterator[int]:
    """Yield the days that count, from the first on without a gap, at most as many as the experiment may take."""
    for day in range(first, first + experiment.max_days):
        matured = as_of >= day + 1 + experiment.maturity_days
        complete = all(one.in_time(experiment.maturity_days) and one.outcome_at <= as_of for one in by_day.get(day, ()))
        if as_of < day + 1 or not (matured or complete):
            return
        yield day


def _cohort(experiment: Experiment, day: int, units: Sequence[Decided], refused: dict[str, str]) -> Cohort:
    """Return the cohort of a day."""
    values: dict[str, dict[str, list[float]]] = {arm: {} for arm in experiment.arms}
    newest, runs, left_out = (0.0, ""), set[str](), 0
    for one in units:
        outcome = one.in_time(experiment.maturity_days)
        newest = max(newest, (one.at, one.decision.time))
        found = dict(_values(experiment.metrics, one, outcome, refused)) if outcome else {}
        left_out += not found
        for metric, value in found.items():
            values[one.decision.arm].setdefault(metric, []).append(value)
        if outcome and found:
            newest = max(newest, (one.outcome_at, outcome.time))
            runs.update(outcome.runs)
    return Cohort(
        day=day,
        assigned=Counter(one.decision.arm for one in units),
        values={arm: {name: tuple(row) for name, row in metrics.items()} for arm, metrics in values.items()},
        left_out=left_out,
        newest=newest,
        runs=tuple(sorted(runs)),
    )


def _values(
    metrics: Iterable[ExperimentMetric], one: Decided, outcome: ArmOutcome, refused: dict[str, str]
) -> Iterator[tuple[str, float]]:
    """Yield the metrics that an outcome has, unless it is missing or censored; refuses impossible values."""
    if outcome.status != "rewarded" and outcome.reason != MEASURES_ONLY:
        return
    for metric in metrics:
        value = outcome.reward if metric.name == REWARD else outcome.measures.get(metric.name)
        if value is None:
            continue
        if metric.kind == "share" and not 0.0 <= value <= 1.0:
            refused[one.outcome_event] = f"{metric.name} is a share, which {value!r} is not"
        elif metric.kind == "size" and value < 0.0:
            refused[one.outcome_event] = f"{metric.name} is a size, which {value!r} is not"
        else:
            yield metric.name, value
