"""What varies by itself: the runs of the base say how far one run lies from another.

The rounds of a benchmark share their run's machine and its mood: they support what the runs say, and prove nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Final

from ratchetry.analyze.change_point.preparation import prepared
from ratchetry.analyze.comparison.samples import compare_rounds
from ratchetry.analyze.comparison.verdict import doubtful, settled, spoken
from ratchetry.analyze.regression.level import LEAST, Level, Prediction, level_of, predicted, stable_points
from ratchetry.analyze.regression.subject import TIMES, Subject, margin_of
from ratchetry.domain.comparison import Comparison

COMMON: Final = 5
"""Times of one run that are needed to tell what they have in common: the speed of the machine."""
SEGMENT: Final = 10
"""Newest runs of a level whose rounds are looked at."""
LEAST_ROUNDS: Final = 4
"""Rounds of either side that are needed to say anything."""
SIDE_BY_SIDE: Final = "`ratchetry bench compare` measures both sides on one machine"
_DECLARED: Final = frozenset({"regressed", "improved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A metric of a run beside the level of its base, or the reason why there is none."""

    subject: Subject
    level: Level | None = None
    prediction: Prediction | None = None
    rounds: tuple[float, ...] = ()
    """Those of the newest runs of the level."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the times of a run have in common: by how much all lie beside their levels, in logarithms (0: not known).

    `residuals` are how far the runs of the base lie from their levels, in standard deviations, of all times together:
    what one run of this project does now and then, whatever the code.
    """

    common: float = 0.0
    residuals: tuple[float, ...] = ()

    def chance(self, distance: float, runs: int) -> float:
        """Return how likely so many runs all lie that far from a level, by what runs of the base did.

        Beyond the farthest of them, four times the distance is taken to be half as likely: a very heavy tail.
        """
        farther = len(self.residuals) - bisect_left(self.residuals, distance)
        beyond = math.sqrt(self.residuals[-1] / distance) if self.residuals and not farther else 1.0
        return float((beyond * (farther + 1) / (len(self.residuals) + 1)) ** runs)


def looked_at(subject: Subject) -> Looked:
    """Return what varies beside the level of its base."""
    points = stable_points(subject.base)
    machine = subject.head[-1].machine if subject.base.unit == TIMES else ""
    alike = [point for point in points if not machine or not point.machine or point.machine == machine]
    values = [point.value for point in alike]
    level = level_of(values, relative=margin_of(subject.base.name, subject.base.unit).relative)
    if level is None:
        where = f" on {machine}" if len(alike) < len(points) else ""
        few = f"{len(alike)} values of the base since its last change{where} are too few: it takes {LEAST}"
        return Looked(subject=subject, reason=few)
    prediction = predicted(level, subject.observed)
    reason = "" if prediction else "the base is always positive, and this is not"
    rounds = tuple(value for point in alike[-SEGMENT:] for value in subject.base_rounds.get(point.run, ()))
    return Looked(subject=subject, level=level, prediction=prediction, rounds=rounds, reason=reason)


def times_of(looked: Sequence[Looked]) -> Times:
    """Return what the times of a run have in common."""
    times = [each for each in looked if each.subject.base.unit == TIMES]
    moved = [each.prediction.difference for each in times if each.prediction and each.level and each.level.logs]
    return Times(
        common=median(moved) if len(moved) >= COMMON else 0.0,
        residuals=tuple(sorted(far for each in times if each.level for far in each.level.residuals)),
    )


def compared_with_level(looked: Looked, times: Times, rate: float) -> Comparison:
    """Return the comparison of what varies with the level of its base."""
    subject, level, prediction = looked.subject, looked.level, looked.prediction
    if level is None or prediction is None:
        return _unknown(subject, looked.reason)
    comparison = _compared(subject, level, prediction)
    if subject.base.unit == TIMES:
        moved = (predicted(level, subject.observed, times.common) if level.logs else None) or prediction
        chance = times.chance(min(prediction.nearest, moved.nearest), len(subject.observed))
        doubted = replace(comparison, p_value=max(prediction.p_value, moved.p_value, chance))
        return _time(doubted, looked, level, moved, rate)
    return _checked(settled(comparison, subject.base.better, rate), _in_range(level, prediction))


def _unknown(subject: Subject, reason: str) -> Comparison:
    """Return a comparison that says why there is no verdict; its interval is from the base's least to its greatest."""
    values, head = [point.value for point in prepared(subject.base).points], median(subject.observed)
    base = median(values)
    return Comparison(
        name=subject.base.name,
        unit=subject.base.unit,
        verdict="inconclusive",
        base=base,
        head=head,
        difference=head - base,
        interval=(head - max(values), head - min(values)),
        relative=False,
        margin=0.0,
        n_base=len(values),
        n_head=len(subject.observed),
        reason=reason,
    )


def _compared(subject: Subject, level: Level, prediction: Prediction) -> Comparison:
    """Return the comparison that a prediction makes, before any verdict."""
    margin = margin_of(subject.base.name, subject.base.unit)
    low, high = prediction.interval
    base = math.exp(level.center) if level.logs else level.center
    bound = margin.size if level.logs or not margin.relative else margin.size * abs(base)
    return Comparison(
        name=subject.base.name,
        unit=subject.base.unit,
        verdict="inconclusive",
        base=base,
        head=median(subject.observed),
        difference=_size(prediction.difference, level),
        interval=(_size(low, level), _size(high, level)),
        relative=level.logs,
        margin=bound,
        p_value=prediction.p_value,
        n_base=level.n,
        n_head=len(subject.observed),
    )


def _time(comparison: Comparison, looked: Looked, level: Level, moved: Prediction, rate: float) -> Comparison:
    """Return the comparison of a time, which lies beside its level also when what all times share is `moved` away.

    A verdict takes more than one run that lies far out: its own rounds must say so, or another run of the head.
    """
    subject, rounds = looked.subject, _rounds(looked.subject, looked.rounds)
    p_values = [each.p_value for each in (comparison, rounds) if each and each.p_value is not None]
    found = settled(replace(comparison, p_value=max(p_values)), subject.base.better, rate)
    if found.verdict == "inconclusive":
        return _hinted(found)
    left = _size(moved.difference, level)
    machine = abs(left) <= found.margin or left * found.difference < 0
    reasons = (
        f"all times of this run lie beside their levels; without that it is {spoken(found, left)}" if machine else "",
        _in_range(level, moved),
        _unsupported(subject, found, rounds),
    )
    checked = _checked(found, next(filter(None, reasons), ""))
    if checked.verdict == "inconclusive":
        return _hinted(checked)
    told = f"{len(subject.observed)} runs" if rounds is None else f"rounds {spoken(rounds, rounds.difference)}"
    return replace(checked, reason=told if checked.verdict in _DECLARED else "")


def _rounds(subject: Subject, base: Sequence[float]) -> Comparison | None:
    """Return the comparison of the rounds, None where there are too few."""
    if min(len(base), len(subject.head_rounds)) < LEAST_ROUNDS:
        return None
    name, unit, better = subject.base.name, subject.base.unit, subject.base.better
    try:
        return compare_rounds(base, subject.head_rounds, name=name, unit=unit, better=better)
    except ValueError:
        return None


def _unsupported(subject: Subject, found: Comparison, rounds: Comparison | None) -> str:
    """Return why a verdict has too little support, nothing when it has enough."""
    if rounds is None:
        alone = len(subject.observed) < 2
        return "one run cannot tell the change from a busy machine, and its rounds are not known" if alone else ""
    worse = found.difference > 0
    quarters = quantiles(subject.head_rounds, n=4)
    apart = quarters[0] > rounds.base if worse else quarters[2] < rounds.base
    if rounds.verdict in _DECLARED and rounds.verdict == found.verdict and apart:
        return ""
    return f"its rounds do not bear it out ({spoken(rounds, rounds.difference)})"


def _hinted(comparison: Comparison) -> Comparison:
    """Return a comparison without a verdict, with what would give it one."""
    if not comparison.name.startswith("benchmark."):
        return comparison
    return replace(comparison, reason=f"{comparison.reason}; {SIDE_BY_SIDE}")


def _checked(comparison: Comparison, objection: str) -> Comparison:
    """Return a comparison whose verdict, if something was declared, stands against an objection."""
    return doubtful(comparison, objection) if objection and comparison.verdict in _DECLARED else comparison


def _in_range(level: Level, prediction: Prediction) -> str:
    """Return that some run of the base lies as far out as the head, nothing where none does."""
    if prediction.outside:
        return ""
    return f"runs of the base reach from {_value(min(level.values), level)} to {_value(max(level.values), level)}"


def _size(difference: float, level: Level) -> float:
    """Return a difference as a share of the base where it is one of logarithms."""
    return math.expm1(min(difference, 700.0)) if level.logs else difference


def _value(value: float, level: Level) -> str:
    """Return a value of a level as people read it."""
    return f"{math.exp(value) if level.logs else value:.4g}"
