"""What an experiment takes: planned at its start from what the history says of its metric and of its units."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Final

from ratchetry.analyze.power import detectable_lift, planned_units
from ratchetry.domain.bandit import ArmOutcome
from ratchetry.domain.experiment import REWARD, Experiment, Plan
from ratchetry.learn.decision_log import DecisionLog

LEAST_VALUES: Final = 10
"""Earlier values that a plan needs."""
RATE_DAYS: Final = 30


def plan(
    experiment: Experiment, earlier: Sequence[float], per_day: float | None, expected: float | None = None
) -> Plan:
    """Return the plan of an experiment.

    `earlier` are values of its primary metric under the control, `per_day` the units that come in a day; a share that
    is `expected` of the control goes before them.
    """
    arms = len(experiment.arms)
    each = per_day * experiment.traffic / arms if per_day else None
    base = expected if expected is not None and experiment.primary.kind == "share" else _base(experiment, earlier)
    if base is None:
        return Plan(units_per_day=each)
    alpha = experiment.alpha / len(experiment.treatments)
    falling = experiment.primary.better == "lower"
    lift = _lift(experiment, earlier)
    units = planned_units(base, lift, alpha)
    found = detectable_lift(base, each * experiment.max_days, alpha, falling=falling) if each else None
    return Plan(
        base=base,
        units_per_arm=units,
        units_per_day=each,
        days=units / each if units and each else None,
        detectable_lift=found if experiment.primary.kind == "share" else None,
    )


def earlier_values(experiment: Experiment, log: DecisionLog) -> tuple[float, ...]:
    """Return earlier values of the primary metric: of the control, or of all arms where there are too few of it."""
    found = [
        (one.decision.arm, value) for one in log.decisions if (value := _value(experiment, one.outcome)) is not None
    ]
    own = tuple(value for arm, value in found if arm == experiment.control)
    return own if len(own) >= LEAST_VALUES else tuple(value for _, value in found)


def units_per_day(units: Iterable[tuple[float, str]], as_of: float) -> float | None:
    """Return how many different units came in a day of the last 30, None without any; each has a time in days."""
    names = {unit for at, unit in units if as_of - RATE_DAYS <= at <= as_of}
    return len(names) / RATE_DAYS if names else None


def _value(experiment: Experiment, outcome: ArmOutcome | None) -> float | None:
    """Return what an outcome says of the primary metric."""
    if outcome is None:
        return None
    name = experiment.primary.name
    return outcome.reward if name == REWARD else outcome.measures.get(name)


def _base(experiment: Experiment, earlier: Sequence[float]) -> float | None:
    """Return the share that is expected of the control: half of all sizes are above their median."""
    if len(earlier) < LEAST_VALUES:
        return None
    if experiment.primary.kind == "size":
        return 0.5
    mean = statistics.fmean(earlier)
    return mean if 0 < mean < 1 else None


def _lift(experiment: Experiment, earlier: Sequence[float]) -> float:
    """Return the smallest lift of interest as a change of the share.

    For sizes that is how many more of the earlier ones would be above their median, were all changed by the lift.
    """
    sign = -1.0 if experiment.primary.better == "lower" else 1.0
    if experiment.primary.kind == "share":
        return sign * experiment.min_lift
    median = statistics.median(earlier)
    above = sum(value * (1.0 + sign * experiment.min_lift) > median for value in earlier)
    return above / len(earlier) / 0.5 - 1.0
