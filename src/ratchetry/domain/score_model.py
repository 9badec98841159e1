"""The score model: what a prompt or instruction document is scored by, and how much each metric weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreMetric:
    """One metric of the model: its weight among the others and the least value it may have."""

    weight: float
    minimum: float = 0.0


DEFAULT_METRICS: Final[Mapping[str, ScoreMetric]] = {
    "test_pass_rate": ScoreMetric(weight=0.40, minimum=1.0),
    "semantic_relevance": ScoreMetric(weight=0.20),
    "syntactic_correctness": ScoreMetric(weight=0.15),
    "selector_accuracy_at_1": ScoreMetric(weight=0.10),
    "structure": ScoreMetric(weight=0.10),
    "efficiency": ScoreMetric(weight=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreModel:
    """Weights, minima and the two totals below which a run warns or is blocked."""

    version: int = 1
    metrics: Mapping[str, ScoreMetric] = field(default_factory=lambda: dict(DEFAULT_METRICS))
    warn: float = 0.65
    fail: float = 0.50
    ci_minimum_score: float = 0.80
