"""`quality-thresholds.json`: the bounds of every metric and the history of their moves.

`coverage` and `score` stand at the top of the document and hold `coverage.line` and `score.total`; all other
metrics stand under `metrics`, where the six names of the score model may be written without their prefix.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ratchetry.domain.catalog import CATALOG, definition
from ratchetry.domain.score_model import DEFAULT_METRICS
from ratchetry.domain.thresholds import BoundKind, Move, Threshold, Thresholds
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

NEWEST: Final = 1

_TOP_LEVEL: Final = {"coverage": "coverage.line", "score": "score.total"}


class Bound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bound of one metric: a minimum or a maximum, and how the ratchet may move it."""

    minimum: float | UnsetType = UNSET
    maximum: float | UnsetType = UNSET
    target: float | UnsetType = UNSET
    ratchet_increment: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    weight: Annotated[float, Meta(ge=0)] | UnsetType = UNSET


class ThresholdsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document as it stands on disk."""

    version: Annotated[int, Meta(ge=1)] = NEWEST
    updated_at: str = ""
    coverage: Bound | UnsetType = UNSET
    score: Bound | UnsetType = UNSET
    metrics: Mapping[str, Bound] = field(default_factory=dict)
    history: tuple[Move, ...] = ()


def loads(data: bytes, origin: str) -> Thresholds:
    """Return the thresholds of a JSON document, in the order of their metrics' names.

    Raises StateError naming file and field when a metric is unknown or named twice, has no bound or two, or its
    bound does not match the direction in which the metric improves.
    """
    file = decode(data, ThresholdsFile, origin, newest=NEWEST)
    entries = [(name, name, bound) for name, bound in file.metrics.items()]
    entries += [(key, key, bound) for key in _TOP_LEVEL if not isinstance(bound := getattr(file, key), UnsetType)]
    bounds: dict[str, Threshold] = {}
    for key, name, bound in entries:
        field_name = key if key in _TOP_LEVEL and key not in file.metrics else f"metrics.{key}"
        threshold = _threshold(_canonical(name), bound, f"{origin}: {field_name}")
        if threshold.metric in bounds:
            msg = f"{origin}: {field_name}: {threshold.metric} has a bound already"
            raise StateError(msg)
        bounds[threshold.metric] = threshold
    return Thresholds(
        version=file.version,
        updated_at=file.updated_at,
        bounds=tuple(bounds[name] for name in sorted(bounds)),
        history=file.history,
    )


def dumps(thresholds: Thresholds) -> bytes:
    """Return thresholds as JSON for people to read and for reviews to compare."""
    bounds = {threshold.metric: _bound(threshold) for threshold in thresholds.bounds}
    file = ThresholdsFile(
        version=thresholds.version,
        updated_at=thresholds.updated_at,
        coverage=bounds.pop("coverage.line", UNSET),
        score=bounds.pop("score.total", UNSET),
        metrics=bounds,
        history=thresholds.history,
    )
    return encode(file, indent=2)


def _canonical(name: str) -> str:
    """Return the catalogued name of a metric that may be written short."""
    if name in DEFAULT_METRICS:
        return f"score.{name}"
    return _TOP_LEVEL.get(name, name)


def _threshold(metric: str, bound: Bound, where: str) -> Threshold:
    """Return the threshold of one metric; raises StateError, opening with `where`, when it makes no sense."""
    entry = definition(metric)
    if entry is None or metric.endswith("*"):
        near = difflib.get_close_matches(metric, _names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `ratchetry explain` lists the metrics"
        msg = f"{where}: unknown metric{hint}"
        raise StateError(msg)
    side: BoundKind = "minimum" if entry.better == "higher" else "maximum"
    value, other = (bound.minimum, bound.maximum) if side == "minimum" else (bound.maximum, bound.minimum)
    if isinstance(value, UnsetType) or not isinstance(other, UnsetType):
        msg = f"{where}: needs a {side} and nothing else, since {metric} is better when {entry.better}"
        raise StateError(msg)
    numbers = (value, bound.target, bound.ratchet_increment, bound.weight)
    if any(not isinstance(number, UnsetType) and not math.isfinite(number) for number in numbers):
        msg = f"{where}: every number must be finite"
        raise StateError(msg)
    return Threshold(
        metric=metric,
        kind=side,
        bound=value,
        target=_known(bound.target),
        increment=_known(bound.ratchet_increment),
        weight=_known(bound.weight),
    )


def _bound(threshold: Threshold) -> Bound:
    """Return a threshold the way it stands on disk."""
    return Bound(
        minimum=_written(threshold.bound) if threshold.kind == "minimum" else UNSET,
        maximum=_written(threshold.bound) if threshold.kind == "maximum" else UNSET,
        target=_written(threshold.target),
        ratchet_increment=_written(threshold.increment),
        weight=_written(threshold.weight),
    )


def _known(value: float | UnsetType) -> float | None:
    """Return None for what a document leaves out."""
    return None if isinstance(value, UnsetType) else value


def _written(value: float | None) -> float | UnsetType:
    """Return the number as people write it, whole ones without a fraction; leave out what is not known."""
    if value is None:
        return UNSET
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _names() -> Iterable[str]:
    """Return every name that a bound may have."""
    return (entry.name for entry in CATALOG if not entry.name.endswith("*"))
