"""One metric of one treatment beside the control: evidence day by day, the lift, and its interval."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final

from ratchetry.analyze.e_process import (
    Block,
    Step,
    always_valid_p,
    fixed_step,
    lift_step,
    log_e_process,
)
from ratchetry.analyze.predictable_split import Sizes, split_blocks
from ratchetry.analyze.ratio_bounds import lower_bound, upper_bound
from ratchetry.domain.experiment import Experiment, ExperimentMetric, MetricResult
from ratchetry.learn.experiment.cohorts import Cohort

SIZE_STEP: Final = 0.25
"""Smallest effect that is bet on for sizes, as a logarithm of an odds ratio: 56 of 100 lie on the better side."""
_LARGEST: Final = 700.0


def more_path(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str, ratio: float = 1.0
) -> tuple[float, ...]:
    """Return the evidence, as logarithms, that the treatment has more of a metric than `ratio` times the control."""
    if metric.kind == "size":
        return log_e_process(split_blocks(_sizes(experiment, metric, cohorts, arm), ratio), fixed_step(SIZE_STEP))
    return log_e_process(_shares(experiment, metric, cohorts, arm), _step(experiment), ratio)


def less_path(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str, ratio: float = 1.0
) -> tuple[float, ...]:
    """Return the evidence, as logarithms, that the treatment has less of a metric than `ratio` times the control."""
    if metric.kind == "size":
        blocks = split_blocks(_sizes(experiment, metric, cohorts, arm), ratio)
        return log_e_process([block.swapped() for block in blocks], fixed_step(SIZE_STEP))
    swapped = [block.swapped() for block in _shares(experiment, metric, cohorts, arm)]
    return log_e_process(swapped, _step(experiment), 1.0 / ratio)


def better_path(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str
) -> tuple[float, ...]:
    """Return the evidence, as logarithms, that the treatment is better than the control."""
    path = more_path if metric.better == "higher" else less_path
    return path(experiment, metric, cohorts, arm)


def worse_path(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str
) -> tuple[float, ...]:
    """Return the evidence, as logarithms, that the treatment is worse than the control."""
    path = less_path if metric.better == "higher" else more_path
    return path(experiment, metric, cohorts, arm)


def short_path(experiment: Experiment, cohorts: Sequence[Cohort], arm: str) -> tuple[float, ...]:
    """Return the evidence, as logarithms, that the treatment lacks the lift that was asked for."""
    metric = experiment.primary
    if metric.better == "higher":
        return less_path(experiment, metric, cohorts, arm, 1.0 + experiment.min_lift)
    return more_path(experiment, metric, cohorts, arm, 1.0 - experiment.min_lift)


def compared(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str, level: float
) -> MetricResult:
    """Return how a treatment compares with the control; each end of the interval holds but for `level`."""
    control, treatment = (_all(cohorts, name, metric) for name in (experiment.control, arm))
    low, high = _interval(experiment, metric, cohorts, arm, level)
    better = better_path(experiment, metric, cohorts, arm)
    worse = worse_path(experiment, metric, cohorts, arm)
    return MetricResult(
        metric=metric.name,
        better=metric.better,
        n_control=len(control),
        n_treatment=len(treatment),
        control=_middle(metric, control),
        treatment=_middle(metric, treatment),
        lift=lift_of(experiment, metric, cohorts, arm),
        low=low,
        high=high,
        e_value=e_value(better),
        e_harm=e_value(worse),
        p_value=always_valid_p(better),
    )


def e_value(path: Sequence[float]) -> float:
    """Return the most that evidence given as logarithms has been, at least the 1 that it starts with."""
    return math.exp(min(_LARGEST, max((0.0, *path))))


def lift_of(experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str) -> float | None:
    """Return the improvement over the control as a share of its value, None where that makes no sense."""
    control, treatment = (_middle(metric, _all(cohorts, name, metric)) for name in (experiment.control, arm))
    if control is None or treatment is None or control <= 0:
        return None
    return _improvement(metric, treatment / control)


def _improvement(metric: ExperimentMetric, ratio: float) -> float:
    """Return a ratio of treatment to control as an improvement in the metric's own direction."""
    return ratio - 1.0 if metric.better == "higher" else 1.0 - ratio


def _interval(
    experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str, level: float
) -> tuple[float | None, float | None]:
    """Return the bounds of the improvement, None for one that is not bounded."""
    bound = -math.log(level)

    def more(ratio: float) -> bool:
        return max(more_path(experiment, metric, cohorts, arm, ratio), default=0.0) >= bound

    def less(ratio: float) -> bool:
        return max(less_path(experiment, metric, cohorts, arm, ratio), default=0.0) >= bound

    low, high = lower_bound(more), upper_bound(less)
    if metric.better == "higher":
        return (low - 1.0 if low > 0 else None, high - 1.0 if math.isfinite(high) else None)
    return (1.0 - high if math.isfinite(high) else None, 1.0 - low if low > 0 else None)


def _middle(metric: ExperimentMetric, values: Sequence[float]) -> float | None:
    """Return the mean of a share or the median of a size, None without values."""
    if not values:
        return None
    return statistics.fmean(values) if metric.kind == "share" else statistics.median(values)


def _all(cohorts: Sequence[Cohort], arm: str, metric: ExperimentMetric) -> list[float]:
    """Return all values of an arm."""
    return [value for cohort in cohorts for value in cohort.values[arm].get(metric.name, ())]


def _step(experiment: Experiment) -> Step:
    """Return the smallest effect that is bet on for shares: that which is worth it."""
    return lift_step(experiment.min_lift)


def _shares(experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str) -> list[Block]:
    """Return the days as blocks of shares."""
    blocks: list[Block] = []
    for control, treatment in _sizes(experiment, metric, cohorts, arm):
        blocks.append(
            Block(
                control=math.fsum(control),
                control_n=len(control),
                treatment=math.fsum(treatment),
                treatment_n=len(treatment),
            )
        )
    return blocks


def _sizes(experiment: Experiment, metric: ExperimentMetric, cohorts: Sequence[Cohort], arm: str) -> list[Sizes]:
    """Return the values of each day: those of the control and those of the treatment."""
    names = (experiment.control, arm)
    rows = ([cohort.values[name].get(metric.name, ()) for name in names] for cohort in cohorts)
    return [(control, treatment) for control, treatment in rows]
