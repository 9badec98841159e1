"""Where an experiment stands: judged after each day that counts, in order, until the first day that decides.

| sample ratio | evidence | gates | state |
| --- | --- | --- | --- |
| mismatch | any | any | running: nothing is judged |
| as planned | worse, in any metric | none | harmful, when every treatment is |
| as planned | better in the primary metric | days, units and lift | winner |
| as planned | not better by the smallest lift | days, units | futile, when every other treatment is harmful |
| as planned | anything else | before the last day | running |
| as planned | anything else | time is up | inconclusive |

Evidence is enough at (treatments) / alpha, for harm at (treatments x metrics) / alpha: Bonferroni's correction of
e-values.  What is decided stays so: later days are not looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ratchetry.analyze.e_process import running_maximum
from ratchetry.analyze.sample_ratio import chi_square_p, mismatch_log_e
from ratchetry.domain.experiment import Experiment, ExperimentState, ExperimentStatus, TreatmentStatus
from ratchetry.domain.moment import date_of, time_of
from ratchetry.learn.experiment.cohorts import Cohort, Evidence
from ratchetry.learn.experiment.comparing import (
    better_path,
    compared,
    lift_of,
    short_path,
    worse_path,
)

MISMATCH_P: Final = 0.001
_RUNS_CITED: Final = 20

States = Mapping[str, tuple[ExperimentState, str]]
"""The state of each treatment, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The state of a whole experiment after a day."""

    state: ExperimentState
    reason: str
    states: States
    winner: str = ""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """The evidence on one treatment, as logarithms, after each day."""

    experiment: Experiment
    cohorts: Sequence[Cohort]
    arm: str

    @cached_property
    def better(self) -> tuple[float, ...]:
        """Return the most evidence so far, after each day, for being better in the primary metric."""
        return running_maximum(better_path(self.experiment, self.experiment.primary, self.cohorts, self.arm))

    @cached_property
    def worse(self) -> dict[str, tuple[float, ...]]:
        """Return the most evidence so far, after each day, for being worse in each metric."""
        one = self.experiment
        paths = {metric.name: worse_path(one, metric, self.cohorts, self.arm) for metric in one.metrics}
        return {name: running_maximum(path) for name, path in paths.items()}

    @cached_property
    def short(self) -> tuple[float, ...]:
        """Return the most evidence so far, after each day, against the smallest lift that is worth it."""
        return running_maximum(short_path(self.experiment, self.cohorts, self.arm))

    @property
    def bound(self) -> float:
        """Return the evidence, as a logarithm, that is enough."""
        return math.log(len(self.experiment.treatments) / self.experiment.alpha)

    def at(self, day: int, *, mature: bool) -> tuple[ExperimentState, str]:
        """Return the state after a day, counted from 0; `mature` tells whether days and units are enough."""
        harm_bound = self.bound + math.log(len(self.experiment.metrics))
        harmed = [name for name, path in self.worse.items() if path[day] >= harm_bound]
        if harmed:
            return "harmful", f"it is worse in {', '.join(harmed)}"
        if self.better[day] >= self.bound:
            return self._improved(day, mature=mature)
        if mature and self.short[day] >= self.bound:
            return "futile", f"a lift of {self.experiment.min_lift:.0%} is ruled out"
        return "running", "there is not enough evidence yet"

    def _improved(self, day: int, *, mature: bool) -> tuple[ExperimentState, str]:
        """Return the state of a treatment that is better beyond doubt, if maybe by too little."""
        one = self.experiment
        lift = lift_of(one, one.primary, self.cohorts[: day + 1], self.arm)
        if not mature:
            return "running", "the evidence is enough; days or units are not yet"
        if lift is not None and lift >= one.min_lift:
            return "winner", f"it is better by {lift:.1%}, on enough evidence"
        if self.short[day] >= self.bound:
            return "futile", f"it is better, but by less than {one.min_lift:.0%}"
        return "running", f"it is better, but not by {one.min_lift:.0%} so far"


def judged(experiment: Experiment, evidence: Evidence) -> ExperimentStatus:
    """Return where an experiment stands."""
    judges = [Judge(experiment=experiment, cohorts=evidence.cohorts, arm=arm) for arm in experiment.treatments]
    for day in range(len(evidence.cohorts)):
        cohorts = evidence.cohorts[: day + 1]
        decision = _overall(experiment, _states(judges, day), cohorts)
        if decision.state != "running":
            return _status(evidence, judges, cohorts, decision)
    states = _states(judges, len(evidence.cohorts) - 1)
    return _status(evidence, judges, evidence.cohorts, _overall(experiment, states, evidence.cohorts))


def _states(judges: Sequence[Judge], day: int) -> States:
    """Return the state of each treatment after a day."""
    if day < 0:
        return {judge.arm: ("running", "no day counts yet") for judge in judges}
    first = judges[0]
    cohorts = first.cohorts[: day + 1]
    if _mismatch(first.experiment, _assigned(first.experiment, cohorts)):
        return {judge.arm: ("running", "sample ratio mismatch, not judged") for judge in judges}
    return {judge.arm: judge.at(day, mature=_mature(judge, cohorts)) for judge in judges}


def _mature(judge: Judge, cohorts: Sequence[Cohort]) -> bool:
    """Tell whether there are enough days, and units with the primary metric in both arms."""
    one = judge.experiment
    counts = [
        sum(len(cohort.values[arm].get(one.primary.name, ())) for cohort in cohorts) for arm in (one.control, judge.arm)
    ]
    return len(cohorts) >= one.min_days and min(counts) >= one.min_units


def _overall(experiment: Experiment, states: States, cohorts: Sequence[Cohort]) -> Decision:
    """Return the state of the whole experiment."""
    won = [arm for arm, (state, _) in states.items() if state == "winner"]
    if won:
        lifts = {arm: lift_of(experiment, experiment.primary, cohorts, arm) or 0.0 for arm in won}
        best = max(won, key=lambda arm: lifts[arm])
        return Decision(state="winner", reason=f"{best}: {states[best][1]}", winner=best, states=states)
    named = {state for state, _ in states.values()}
    told = "; ".join(f"{arm}: {reason}" for arm, (_, reason) in states.items())
    if named == {"harmful"}:
        return Decision(state="harmful", reason=told, states=states)
    if named <= {"harmful", "futile"}:
        return Decision(state="futile", reason=told, states=states)
    if len(cohorts) >= experiment.max_days:
        over = f"the {experiment.max_days} days are over; {told}"
        return Decision(state="inconclusive", reason=over, states=states)
    return Decision(state="running", reason=told, states=states)


def _status(
    evidence: Evidence, judges: Sequence[Judge], cohorts: Sequence[Cohort], decision: Decision
) -> ExperimentStatus:
    """Return the status on the evidence of some days."""
    experiment = judges[0].experiment
    assigned = _assigned(experiment, cohorts)
    newest = max((cohort.newest for cohort in cohorts), default=(0.0, ""))
    runs = [run for cohort in reversed(cohorts) for run in cohort.runs]
    return ExperimentStatus(
        experiment=experiment,
        state=decision.state,
        reason=decision.reason,
        winner=decision.winner,
        days=len(cohorts),
        first_day=date_of(cohorts[0].day) if cohorts else "",
        last_day=date_of(cohorts[-1].day) if cohorts else "",
        newest=newest[1] or (time_of(cohorts[-1].day + 1) if cohorts else ""),
        runs=tuple(sorted(dict.fromkeys(runs[:_RUNS_CITED]))),
        assigned=dict(assigned),
        waiting=evidence.waiting,
        left_out=sum(cohort.left_out for cohort in cohorts),
        sample_ratio_p=chi_square_p(*_counts(experiment, assigned)),
        mismatch=_mismatch(experiment, assigned),
        threshold=len(experiment.treatments) / experiment.alpha,
        treatments=tuple(_treatment(judge, cohorts, *decision.states[judge.arm]) for judge in judges),
        refused=evidence.refused,
    )


def _treatment(judge: Judge, cohorts: Sequence[Cohort], state: ExperimentState, reason: str) -> TreatmentStatus:
    """Return where one treatment stands."""
    one = judge.experiment
    level = one.alpha / len(one.treatments)
    return TreatmentStatus(
        arm=judge.arm,
        state=state,
        reason=reason,
        metrics=tuple(compared(one, metric, cohorts, judge.arm, level) for metric in one.metrics),
        path=better_path(one, one.primary, cohorts, judge.arm),
        harm_path=worse_path(one, one.primary, cohorts, judge.arm),
    )


def _assigned(experiment: Experiment, cohorts: Sequence[Cohort]) -> Counter[str]:
    """Return how many units fell to each arm."""
    total: Counter[str] = Counter(dict.fromkeys(experiment.arms, 0))
    for cohort in cohorts:
        total.update(cohort.assigned)
    return total


def _counts(experiment: Experiment, assigned: Counter[str]) -> tuple[list[int], list[float]]:
    """Return the units of each arm and the shares that were planned."""
    return [assigned[arm] for arm in experiment.arms], list(experiment.propensities.values())


def _mismatch(experiment: Experiment, assigned: Counter[str]) -> bool:
    """Tell whether units did not fall to the arms as planned, by evidence that may be looked at daily."""
    return mismatch_log_e(*_counts(experiment, assigned)) >= -math.log(MISMATCH_P)
