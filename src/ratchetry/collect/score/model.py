"""Applying the score model: a weighted mean of what was measured, held against the model's bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.record import Verdict
from ratchetry.domain.score_model import ScoreModel

_DIGITS: Final = 12
"""Digits of the total: 0.65 made of weighted parts must not miss a bound of 0.65 by a binary fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One measured metric: its weight in the model, its share of the total after renormalizing, and its minimum."""

    value: float
    weight: float
    share: float
    minimum: float

    @property
    def is_below(self) -> bool:
        """Tell whether it falls short of its minimum."""
        return self.value < self.minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The total of a score (None: nothing could be measured), what it is made of and what was left out, and why."""

    total: float | None
    verdict: Verdict
    metrics: Mapping[str, Scored] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def below_minimum(self) -> tuple[str, ...]:
        """Return the metrics that fall short of their minima."""
        return tuple(name for name, metric in self.metrics.items() if metric.is_below)


def evaluate(model: ScoreModel, values: Mapping[str, float], left_out: Mapping[str, str]) -> Evaluation:
    """Return the score of measured values; the weights of what was left out are shared out among the rest.

    Values of metrics that are not in the model are ignored; metrics of the model without a value are left out, with
    the reason given or saying that nothing measures them.  The verdict is fail below `model.fail` or when a metric is
    below its minimum, warn below `model.warn`, and not_measured without any weight to divide by.
    """
    measured = {name: metric for name, metric in model.metrics.items() if name in values}
    missing = {name: left_out.get(name, "it was not measured") for name in model.metrics if name not in values}
    weight = math.fsum(metric.weight for metric in measured.values())
    if not weight > 0:
        return Evaluation(total=None, verdict="not_measured", left_out=missing)
    metrics = {
        name: Scored(value=values[name], weight=metric.weight, share=metric.weight / weight, minimum=metric.minimum)
        for name, metric in measured.items()
    }
    mean = math.fsum(metric.weight * metric.value for metric in metrics.values()) / weight
    total = round(mean, _DIGITS)
    return Evaluation(total=total, verdict=_verdict(model, total, metrics), metrics=metrics, left_out=missing)


def _verdict(model: ScoreModel, total: float, metrics: Mapping[str, Scored]) -> Verdict:
    """Return what a total and its parts mean."""
    if total < model.fail or any(metric.is_below for metric in metrics.values()):
        return "fail"
    return "warn" if total < model.warn else "pass"
