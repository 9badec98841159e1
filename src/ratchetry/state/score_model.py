"""`PromptScoreModel.json`: the weights and minima that documents are scored with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

from ratchetry.domain.score_model import DEFAULT_METRICS, ScoreMetric, ScoreModel
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

NEWEST: Final = 1

Share = Annotated[float, Meta(ge=0, le=1)]


class MetricEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weight of one score metric and the least value it may have."""

    weight: Annotated[float, Meta(ge=0)]
    minimum: Share = 0.0


class Totals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The totals below which a run warns or is blocked."""

    warn: Share = 0.65
    fail: Share = 0.50


class Ci(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What continuous integration asks for on top."""

    minimum_score: Share = 0.80


class ScoreModelFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document as it stands on disk."""

    metrics: Mapping[str, MetricEntry]
    version: Annotated[int, Meta(ge=1)] = NEWEST
    thresholds: Totals = Totals()
    ci: Ci = Ci()


def loads(data: bytes, origin: str) -> ScoreModel:
    """Return the score model of a JSON document.

    Raises StateError naming file and field, also when a metric is unknown, all weights are zero or `fail` is
    above `warn`.
    """
    file = decode(data, ScoreModelFile, origin, newest=NEWEST)
    for name in file.metrics:
        if name not in DEFAULT_METRICS:
            msg = f"{origin}: metrics.{name}: unknown score metric; known are {', '.join(DEFAULT_METRICS)}"
            raise StateError(msg)
    if not any(entry.weight > 0 for entry in file.metrics.values()):
        msg = f"{origin}: metrics: at least one weight must be above 0"
        raise StateError(msg)
    if file.thresholds.fail > file.thresholds.warn:
        msg = f"{origin}: thresholds.fail: {file.thresholds.fail} is above thresholds.warn {file.thresholds.warn}"
        raise StateError(msg)
    return ScoreModel(
        version=file.version,
        metrics={name: ScoreMetric(weight=entry.weight, minimum=entry.minimum) for name, entry in file.metrics.items()},
        warn=file.thresholds.warn,
        fail=file.thresholds.fail,
        ci_minimum_score=file.ci.minimum_score,
    )


def dumps(model: ScoreModel) -> bytes:
    """Return a score model as JSON for people to edit."""
    file = ScoreModelFile(
        version=model.version,
        metrics={
            name: MetricEntry(weight=metric.weight, minimum=metric.minimum) for name, metric in model.metrics.items()
        },
        thresholds=Totals(warn=model.warn, fail=model.fail),
        ci=Ci(minimum_score=model.ci_minimum_score),
    )
    return encode(file, indent=2)
